// The page of the designer: tools on top, canvas and properties side by side, problems below.
import { element } from "../page/elements";
import { text } from "../page/messages";

export interface Layout {
  readonly toolbar: HTMLElement;
  readonly canvas: HTMLElement;
  readonly properties: HTMLElement;
  readonly problems: HTMLDetailsElement;
  readonly status: HTMLElement;
}

export function layOut(island: HTMLElement): Layout {
  const layout = {
    toolbar: element("div", { class: "designer-toolbar", role: "toolbar", "aria-label": text("designer.toolbar") }),
    canvas: element("div", { class: "designer-canvas", role: "region", "aria-label": text("designer.canvas") }),
    properties: element("aside", { class: "designer-properties", "aria-label": text("designer.properties") }),
    problems: element("details", { class: "designer-problems", "data-problems": true }),
    status: element("span", { class: "designer-status", role: "status" }),
  };
  layout.problems.open = true;
  island.append(layout.toolbar, layout.canvas, layout.properties, layout.problems);
  return layout;
}

export function say(layout: Layout, message: string, failed = false): void {
  layout.status.textContent = message;
  layout.status.classList.toggle("is-bad", failed);
}
