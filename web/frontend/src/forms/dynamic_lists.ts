// Lists of rows that grow and shrink; every row's names carry its index: members[0].name.
import { announce, origin } from "../page/elements";
import { text } from "../page/messages";

const INDEXED = [
  "name",
  "id",
  "for",
  "list",
  "aria-controls",
  "aria-describedby",
  "aria-labelledby",
  "data-name",
  "data-part",
  "data-dynamic-list",
];

function escaped(path: string): string {
  return path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function pathOf(list: HTMLElement): string {
  return list.dataset.dynamicList ?? "";
}

function rowsOf(list: HTMLElement): HTMLElement[] {
  const holder = list.querySelector("[data-rows]");
  return holder ? [...holder.querySelectorAll<HTMLElement>(":scope > [data-dynamic-row]")] : [];
}

function setIndex(row: ParentNode, path: string, index: number): void {
  const pattern = new RegExp(`${escaped(path)}\\[(?:\\d+|__index__)\\]`, "g");
  for (const node of row.querySelectorAll<HTMLElement>("*")) {
    for (const attribute of INDEXED) {
      const value = node.getAttribute(attribute);
      if (value !== null) node.setAttribute(attribute, value.replace(pattern, `${path}[${index}]`));
    }
    // A list inside this row keeps its own template, whose names begin with ours.
    if (node instanceof HTMLTemplateElement) setIndex(node.content, path, index);
  }
}

function renumber(list: HTMLElement): void {
  const rows = rowsOf(list);
  rows.forEach((row, index) => {
    setIndex(row, pathOf(list), index);
    const number = row.querySelector("[data-row-number]");
    if (number) number.textContent = String(index + 1);
  });
  const own = (selector: string) =>
    [...list.querySelectorAll<HTMLButtonElement>(selector)].filter(
      (each) => each.closest("[data-dynamic-list]") === list,
    );
  for (const each of own("[data-add-row]")) each.disabled = rows.length >= Number(list.dataset.max ?? Infinity);
  for (const each of own("[data-remove-row]")) each.disabled = rows.length <= Number(list.dataset.min ?? 0);
}

function ownTemplate(list: HTMLElement): HTMLTemplateElement | undefined {
  return [...list.querySelectorAll("template")].find((each) => each.closest("[data-dynamic-list]") === list);
}

function append(list: HTMLElement): HTMLElement | null {
  const template = ownTemplate(list);
  const row = template?.content.querySelector("[data-dynamic-row]")?.cloneNode(true);
  if (!(row instanceof HTMLElement)) return null;
  list.querySelector("[data-rows]")?.append(row);
  renumber(list);
  return row;
}

function changed(list: HTMLElement): void {
  // Drafts and conditional parts listen to changes of the form.
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Add rows until every indexed name among `names` has its row. */
export function growTo(form: HTMLFormElement, names: readonly string[]): void {
  // Lists in document order: an inner list exists once its outer row does.
  for (let position = 0; ; position += 1) {
    const list = form.querySelectorAll<HTMLElement>("[data-dynamic-list]")[position];
    if (!list) return;
    const pattern = new RegExp(`^${escaped(pathOf(list))}\\[(\\d+)\\]`);
    const wanted = Math.max(0, ...names.map((name) => Number(pattern.exec(name)?.[1] ?? -1) + 1));
    while (rowsOf(list).length < wanted) if (!append(list)) break;
  }
}

export function startDynamicLists(): void {
  for (const list of document.querySelectorAll<HTMLElement>("[data-dynamic-list]")) renumber(list);
  document.addEventListener("click", (event) => {
    const list = origin(event, "[data-dynamic-list]");
    if (!list) return;
    if (origin(event, "[data-add-row]")) {
      const row = append(list);
      row?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
      announce(text("list.added", { number: rowsOf(list).length }));
      changed(list);
    } else if (origin(event, "[data-remove-row]")) {
      origin(event, "[data-dynamic-row]")?.remove();
      renumber(list);
      list.querySelector<HTMLElement>("[data-add-row]")?.focus();
      announce(text("list.removed"));
      changed(list);
    }
  });
}
