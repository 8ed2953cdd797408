// Walk lists, open, claim and search from the keyboard.

import { showPassing } from "./dialogs";
import { button, element, origin } from "./elements";
import { type MessageKey, text } from "./messages";

const KEYS: readonly (readonly [string, MessageKey])[] = [
  ["j / k", "keys.move"],
  ["Enter", "keys.open"],
  ["c", "keys.claim"],
  ["/ , Ctrl-K", "keys.search"],
  ["?", "keys.help"],
];

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-list] [data-row]")].filter(
    (row) => row.offsetParent !== null,
  );
}

function currentRow(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-row].is-current");
}

function enter(row: HTMLElement): void {
  currentRow()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by: 1 | -1): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const here = all.findIndex((row) => row.classList.contains("is-current"));
  const next = here === -1 ? (by === 1 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by));
  enter(all[next]!);
  return true;
}

function press(selector: string): boolean {
  const target = currentRow()?.querySelector<HTMLElement>(selector);
  target?.click();
  return target != null;
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

function help(): boolean {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "keys-title" });
  const list = element("dl", { class: "facts" });
  for (const [keys, meaning] of KEYS) {
    list.append(element("dt", {}, element("kbd", {}, keys)), element("dd", {}, text(meaning)));
  }
  dialog.append(
    element("h2", { id: "keys-title" }, text("keys.title")),
    list,
    element(
      "div",
      { class: "actions" },
      button(text("close"), () => dialog.close(), "primary"),
    ),
  );
  showPassing(dialog);
  return true;
}

const ACTIONS: Record<string, () => boolean> = {
  j: () => step(1),
  k: () => step(-1),
  c: () => press("[data-claim]"),
  "/": search,
  "?": help,
};

function isTyping(event: KeyboardEvent): boolean {
  return origin(event, "input, select, textarea, [contenteditable], dialog, [data-island=modeler]") !== null;
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (!origin(event, "[data-island=modeler]") && search()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  const onRow = event.target instanceof Element && event.target.matches("[data-row]");
  const action =
    event.key === "Enter" && onRow
      ? () => press("[data-open]")
      : onRow && event.key === "ArrowDown"
        ? () => step(1)
        : onRow && event.key === "ArrowUp"
          ? () => step(-1)
          : ACTIONS[event.key];
  if (action?.()) event.preventDefault();
}

export function startKeyboard(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (origin(event, "[data-keys-help]")) help();
  });
}
