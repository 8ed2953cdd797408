// The problems the server found: a list that leads to the elements, and badges on them.
import type { DiagramElement, ServiceMap } from "../diagram/services";
import { button, element } from "../page/elements";
import { text } from "../page/messages";

export interface Problem {
  readonly element_id: string | null;
  readonly message: string;
  readonly severity: "error" | "warning";
  readonly hint?: string;
}

interface Selection {
  select(element: DiagramElement): void;
}

const OVERLAY = "server-problem";

export class ProblemList {
  constructor(
    private readonly panel: HTMLDetailsElement,
    private readonly diagram: ServiceMap,
    private readonly selection: Selection,
  ) {
    this.say(text("designer.unchecked"));
  }

  show(problems: readonly Problem[]): void {
    this.diagram.overlays.remove({ type: OVERLAY });
    if (problems.length === 0) {
      this.say(text("designer.clean"));
      return;
    }
    const list = element("ul", { class: "problem-list" });
    for (const problem of problems) list.append(this.item(problem));
    this.panel.replaceChildren(element("summary", {}, text("designer.problems", { count: problems.length })), list);
    this.badges(problems);
  }

  open(): void {
    this.panel.open = true;
  }

  private say(words: string): void {
    this.panel.replaceChildren(
      element("summary", {}, text("designer.problems", { count: 0 })),
      element("p", {}, words),
    );
  }

  private item(problem: Problem): HTMLElement {
    const severity = element("span", { class: `tag ${problem.severity === "error" ? "bad" : "warn"}` });
    severity.textContent = text(problem.severity);
    const target = problem.element_id ? this.diagram.elementRegistry.get(problem.element_id) : undefined;
    const place = target ? target.businessObject.name || target.id : (problem.element_id ?? "");
    const words = place ? `${place}: ${problem.message}` : problem.message;
    const line = target ? button(words, () => this.go(target), "link") : element("span", {}, words);
    const item = element("li", {}, severity, line);
    if (problem.hint) item.append(element("span", { class: "muted" }, problem.hint));
    return item;
  }

  private go(target: DiagramElement): void {
    this.diagram.canvas.scrollToElement(target);
    this.selection.select(target);
  }

  private badges(problems: readonly Problem[]): void {
    const byElement = new Map<string, Problem[]>();
    for (const problem of problems) {
      const id = problem.element_id;
      if (id && this.diagram.elementRegistry.get(id)) byElement.set(id, [...(byElement.get(id) ?? []), problem]);
    }
    for (const [id, found] of byElement) {
      const severe = found.some(({ severity }) => severity === "error");
      const html = element("div", { class: `badge ${severe ? "badge-late" : "badge-changed"}` }, `! ${found.length}`);
      html.title = found.map(({ message }) => message).join("\n");
      this.diagram.overlays.add(id, OVERLAY, { position: { top: -12, right: 12 }, html });
    }
  }
}
