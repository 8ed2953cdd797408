// Tick rows and show the bar of bulk actions while any is ticked.
import { text } from "./messages";

function boxes(name: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[type=checkbox]")].filter((box) => box.name === name);
}

function show(name: string): void {
  const all = boxes(name);
  const count = all.filter((box) => box.checked).length;
  for (const bar of document.querySelectorAll<HTMLElement>("[data-bulk]")) {
    if (bar.dataset.bulk !== name) continue;
    bar.hidden = count === 0;
    const label = bar.querySelector("[data-bulk-count]");
    if (label) label.textContent = text("bulk.count", { count });
  }
  for (const head of document.querySelectorAll<HTMLInputElement>("[data-check-all]")) {
    if (head.dataset.checkAll !== name) continue;
    head.checked = count > 0 && count === all.length;
    head.indeterminate = count > 0 && count < all.length;
  }
}

function showAll(): void {
  for (const bar of document.querySelectorAll<HTMLElement>("[data-bulk]")) show(bar.dataset.bulk ?? "");
}

export function startSelection(): void {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const name = box.dataset.checkAll ?? box.name;
    if (box.dataset.checkAll !== undefined) for (const each of boxes(name)) each.checked = box.checked;
    if (name) show(name);
  });
  // htmx may replace the rows, and with them the ticks.
  document.addEventListener("htmx:afterSettle", showAll);
  showAll();
}
