// Paint what has happened, or how much waits where, onto a diagram.
import { element } from "../page/elements";
import { text } from "../page/messages";
import type { ServiceMap } from "./services";

export interface Trace {
  readonly visited?: readonly string[];
  readonly flows?: readonly string[];
  readonly current?: readonly string[];
}

export interface Step {
  readonly who?: string;
  readonly at?: string;
  readonly note?: string;
}

export interface Load {
  readonly count: number;
  readonly late?: number;
  readonly hours?: number;
  readonly label?: string;
  readonly href?: string;
}

export type Mark = "added" | "changed" | "moved";

const HEAT_LEVELS = 5;
const OVERLAY = "rongcuo";
const TOP_LEFT = { top: -14, left: 0 };
const TOP_RIGHT = { top: -14, right: 26 };
const BELOW = { bottom: 4, left: 0 };

export function stepText(step: Step): string {
  return [step.who, step.at, step.note].filter(Boolean).join(" ");
}

export function loadText(load: Load): string {
  if (load.label) return load.label;
  const parts = [text("diagram.count", { count: load.count })];
  if (load.late) parts.push(text("diagram.late", { count: load.late }));
  if (load.hours !== undefined) parts.push(text("diagram.hours", { hours: load.hours }));
  return parts.join(" · ");
}

export class Painter {
  private painted: [string, string][] = [];

  constructor(private readonly diagram: ServiceMap) {}

  clear(): void {
    for (const [id, marker] of this.painted) this.diagram.canvas.removeMarker(id, marker);
    this.painted = [];
    this.diagram.overlays.remove({ type: OVERLAY });
  }

  trace(trace: Trace, steps: Record<string, Step>): void {
    const current = trace.current ?? [];
    for (const id of trace.flows ?? []) this.mark(id, "flow-visited");
    for (const id of trace.visited ?? []) {
      if (this.diagram.elementRegistry.get(id)?.waypoints) this.mark(id, "flow-visited");
      else this.mark(id, "node-visited");
      // Colour is never the only sign.
      if (!current.includes(id) && !steps[id]) this.badge(id, "badge-visited", "✓", TOP_LEFT);
    }
    for (const id of current) {
      this.mark(id, "node-current");
      this.badge(id, "badge-current", text("diagram.current"), TOP_LEFT);
    }
    for (const [id, step] of Object.entries(steps)) this.badge(id, "badge-step", stepText(step), BELOW);
  }

  focus(id: string): void {
    this.mark(id, "node-focus");
    this.badge(id, "badge-focus", text("diagram.focus"), TOP_LEFT);
  }

  heat(loads: Record<string, Load>): void {
    const weight = (load: Load) => load.hours ?? load.count;
    const heaviest = Math.max(1, ...Object.values(loads).map(weight));
    for (const [id, load] of Object.entries(loads)) {
      this.mark(id, `heat-${Math.min(HEAT_LEVELS - 1, Math.floor((HEAT_LEVELS * weight(load)) / heaviest))}`);
      this.badge(id, load.late ? "badge-late" : "badge-count", String(load.count), TOP_RIGHT, load.href);
      this.badge(id, "badge-label", loadText(load), BELOW, load.href);
    }
  }

  marks(marks: Record<string, Mark>): void {
    for (const [id, mark] of Object.entries(marks)) {
      this.mark(id, `diff-${mark}`);
      if (!this.diagram.elementRegistry.get(id)?.waypoints) {
        this.badge(id, `badge-${mark}`, text(`diagram.${mark}`), TOP_LEFT);
      }
    }
  }

  private mark(id: string, marker: string): void {
    // A case on an older version may name elements that this diagram does not have.
    if (!this.diagram.elementRegistry.get(id)) return;
    this.diagram.canvas.addMarker(id, marker);
    this.painted.push([id, marker]);
  }

  private badge(id: string, className: string, words: string, position: object, href?: string): void {
    if (!words || !this.diagram.elementRegistry.get(id)) return;
    const attributes = { class: `badge ${className}`, title: words };
    const html = href ? element("a", { ...attributes, href }, words) : element("div", attributes, words);
    this.diagram.overlays.add(id, OVERLAY, { position, html });
  }
}
