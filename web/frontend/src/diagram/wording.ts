// The diagram in words: the same facts as a list, for screen readers and small screens.
import { element } from "../page/elements";
import { text } from "../page/messages";
import { type Load, loadText, type Mark, type Step, stepText, type Trace } from "./painting";
import type { DiagramElement, ElementRegistry } from "./services";
import { typeName } from "./translation";

export interface Facts extends Trace {
  readonly steps?: Record<string, Step>;
  readonly stats?: Record<string, Load>;
  readonly marks?: Record<string, Mark>;
}

function nameOf(shown: DiagramElement): string {
  return shown.businessObject.name || typeName(shown.type);
}

function isNode(shown: DiagramElement): boolean {
  return !shown.waypoints && !shown.labelTarget && shown.businessObject.$instanceOf("bpmn:FlowNode");
}

function factsOf(id: string, facts: Facts): string[] {
  const said: string[] = [];
  if (facts.current?.includes(id)) said.push(text("diagram.current"));
  else if (facts.visited?.includes(id)) said.push(text("diagram.visited"));
  const step = facts.steps?.[id];
  if (step) said.push(stepText(step));
  const load = facts.stats?.[id];
  if (load) said.push(loadText(load));
  const mark = facts.marks?.[id];
  if (mark) said.push(text(`diagram.${mark}`));
  return said;
}

/** Steps in the order they were taken when the case has a path, else every named element. */
export function wording(registry: ElementRegistry, facts: Facts): HTMLElement {
  const nodes = registry.filter(isNode);
  const told = nodes.filter((node) => factsOf(node.id, facts).length > 0);
  const order = [...(facts.visited ?? []), ...(facts.current ?? [])];
  const listed = told.length > 0 ? told : nodes.filter((node) => node.businessObject.name);
  listed.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const list = element("ol");
  for (const node of listed) {
    const said = factsOf(node.id, facts).join(" · ");
    const href = facts.stats?.[node.id]?.href;
    const name = href ? element("a", { href }, nameOf(node)) : nameOf(node);
    list.append(element("li", {}, name, said ? ` — ${said}` : ""));
  }
  return element("details", { class: "diagram-words" }, element("summary", {}, text("diagram.list")), list);
}
