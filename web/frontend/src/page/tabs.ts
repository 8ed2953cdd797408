// Tabs with arrow keys; the address may name the panel to open.
import { origin } from "./elements";

function tabsOf(list: Element): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[role=tab]")];
}

function select(list: Element, chosen: HTMLElement): void {
  for (const tab of tabsOf(list)) {
    const active = tab === chosen;
    tab.setAttribute("aria-selected", String(active));
    tab.tabIndex = active ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
    if (!panel) continue;
    panel.hidden = !active;
    // A diagram drawn in a hidden panel has no size; the viewer listens for this.
    if (active) panel.dispatchEvent(new CustomEvent("panel-shown", { bubbles: true }));
  }
}

function onKey(list: Element, event: KeyboardEvent): void {
  const tabs = tabsOf(list);
  const here = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const target: Record<string, number> = {
    ArrowRight: (here + 1) % tabs.length,
    ArrowLeft: (here - 1 + tabs.length) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  const next = target[event.key];
  if (next === undefined) return;
  event.preventDefault();
  select(list, tabs[next]!);
  tabs[next]!.focus();
}

export function startTabs(): void {
  for (const list of document.querySelectorAll<HTMLElement>("[role=tablist]")) {
    const tabs = tabsOf(list);
    const named = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
    const first = named ?? tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0];
    if (first) select(list, first);
    list.addEventListener("keydown", (event) => onKey(list, event));
    list.addEventListener("click", (event) => {
      const tab = origin(event, "[role=tab]");
      if (tab) select(list, tab);
    });
  }
}
