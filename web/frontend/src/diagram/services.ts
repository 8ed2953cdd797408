// The parts of bpmn-js that the viewer and the designer call.

export interface BusinessObject {
  readonly $type: string;
  readonly id: string;
  name?: string | undefined;
  readonly loopCharacteristics?: BusinessObject;
  get(property: string): unknown;
  $instanceOf(type: string): boolean;
}

export interface DiagramElement {
  readonly id: string;
  readonly type: string;
  readonly waypoints?: unknown;
  readonly labelTarget?: unknown;
  readonly businessObject: BusinessObject;
}

export interface ElementRegistry {
  get(id: string): DiagramElement | undefined;
  filter(test: (element: DiagramElement) => boolean): DiagramElement[];
}

export interface Canvas {
  zoom(level?: number | "fit-viewport", center?: "auto"): number;
  addMarker(id: string, marker: string): void;
  removeMarker(id: string, marker: string): void;
  resized(): void;
  scroll(by: { dx: number; dy: number }): void;
  scrollToElement(element: DiagramElement): void;
}

export interface Overlays {
  add(id: string, type: string, overlay: { position: object; html: HTMLElement }): string;
  remove(filter: { type: string } | { id: string }): void;
}

export interface ServiceMap {
  canvas: Canvas;
  overlays: Overlays;
  elementRegistry: ElementRegistry;
  eventBus: { fire(event: string, data: object): void };
}

/** The services of a viewer or modeler, under types of our own: theirs are wider than what is used. */
export function services(diagram: { get(name: string): unknown }): ServiceMap {
  return {
    canvas: diagram.get("canvas") as Canvas,
    overlays: diagram.get("overlays") as Overlays,
    elementRegistry: diagram.get("elementRegistry") as ElementRegistry,
    eventBus: diagram.get("eventBus") as ServiceMap["eventBus"],
  };
}

// Also what an exported SVG names, and Arial has no Chinese.
const FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";

export const textRenderer = {
  defaultStyle: { fontFamily: FONT },
  externalStyle: { fontFamily: FONT },
};

export async function fetchXml(url: string): Promise<string> {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
}
