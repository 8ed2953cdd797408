// Small controls: print, dismiss, send on change, canned opinions, menus, send once.
import { origin } from "./elements";

function insert(select: HTMLSelectElement): void {
  const area = document.querySelector(select.dataset.insertInto ?? "");
  if (!(area instanceof HTMLTextAreaElement) || !select.value) return;
  area.setRangeText(select.value, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.dispatchEvent(new Event("change", { bubbles: true }));
  select.selectedIndex = 0;
  area.focus();
}

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";

/** A chosen diagram says itself what its process is called; what was typed already stays. */
async function nameProcess(input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0];
  if (!file || !input.form) return;
  const read = new DOMParser().parseFromString(await file.text(), "application/xml");
  const process = read.getElementsByTagNameNS(BPMN, "process")[0];
  for (const [name, value] of [
    ["process_id", process?.getAttribute("id")],
    ["name", process?.getAttribute("name")],
  ] as const) {
    const field = input.form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && !field.value && value) field.value = value;
  }
}

function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.removeAttribute("open");
  }
}

// Long enough for a double click, short enough for a form whose answer is a download.
const SEND_ONCE_MS = 5000;
const sent = new WeakSet<HTMLFormElement>();

function release(form: HTMLFormElement): void {
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

function sendOnce(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  window.setTimeout(() => release(form), SEND_ONCE_MS);
}

export function startControls(): void {
  document.addEventListener("click", (event) => {
    if (origin(event, "[data-print]")) window.print();
    if (origin(event, "[data-dismiss]")) origin(event, ".flash")?.remove();
    closeMenus(origin(event, "details.menu"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
  });
  document.addEventListener("change", (event) => {
    const select = origin<HTMLSelectElement>(event, "select[data-insert-into]");
    if (select) insert(select);
    origin<HTMLFormElement>(event, "form[data-auto-submit]")?.requestSubmit();
  });
  document.addEventListener("change", (event) => {
    const input = origin<HTMLInputElement>(event, "input[data-names-process]");
    if (input) void nameProcess(input);
  });
  document.addEventListener("submit", sendOnce);
  // The page may come back from the browser's cache with its forms still marked as sent.
  window.addEventListener("pageshow", () => [...document.forms].forEach(release));
  document.querySelector<HTMLElement>(".error-summary")?.focus();
}
