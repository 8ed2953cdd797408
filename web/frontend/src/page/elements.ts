// Build and read page elements without inline markup.

type Attributes = Record<string, string | boolean>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function button(label: string, press: () => void, className = ""): HTMLButtonElement {
  const made = element("button", { type: "button" }, label);
  if (className) made.className = className;
  made.addEventListener("click", press);
  return made;
}

/** The JSON state that the server wrote into an island. */
export function islandState<T>(island: HTMLElement): Partial<T> {
  const source = island.querySelector('script[type="application/json"]')?.textContent;
  return source ? (JSON.parse(source) as Partial<T>) : {};
}

/** The element an event came from, or the nearest one around it that matches. */
export function origin<T extends Element = HTMLElement>(event: Event, selector: string): T | null {
  return event.target instanceof Element ? event.target.closest<T>(selector) : null;
}

/** Run `action` once calls have paused for `milliseconds`. */
export function debounce(action: () => void, milliseconds: number): () => void {
  let timer = 0;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(action, milliseconds);
  };
}

let liveRegion: HTMLElement | undefined;

/** Tell screen readers what has changed. */
export function announce(message: string): void {
  if (!liveRegion) {
    liveRegion = element("div", { class: "hidden-visually", role: "status", "aria-live": "polite" });
    document.body.append(liveRegion);
  }
  liveRegion.textContent = message;
}
