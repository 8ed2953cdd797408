// Show a diagram with the path of a case, the load on its elements or the difference of two versions.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
// Not bpmn-embedded.css: its data: font would need a wider font-src.
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "./diagram/diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import { Painter } from "./diagram/painting";
import { type Frame, replay } from "./diagram/replay";
import { fetchXml, type ServiceMap, services, textRenderer } from "./diagram/services";
import { translationModule } from "./diagram/translation";
import { type Facts, wording } from "./diagram/wording";
import { fit, zoomButtons } from "./diagram/zooming";
import { element, islandState } from "./page/elements";
import { text } from "./page/messages";
import rongcuo from "./rongcuo-moddle.json";

interface ViewerState extends Facts {
  readonly mode: "plain" | "trace" | "heat" | "diff";
  readonly frames: readonly Frame[];
  readonly focus: string;
  readonly names: Record<string, string>;
}

/** Call the elements what the reader's language calls them. */
function rename({ elementRegistry, eventBus }: ServiceMap, names: Record<string, string>): void {
  for (const shown of elementRegistry.filter(({ businessObject }) => names[businessObject.id] !== undefined)) {
    shown.businessObject.name = names[shown.businessObject.id];
    eventBus.fire("element.changed", { element: shown });
  }
}

function paint(painter: Painter, state: Partial<ViewerState>): void {
  if (state.mode === "trace") painter.trace(state, state.steps ?? {});
  if (state.mode === "heat") painter.heat(state.stats ?? {});
  if (state.mode === "diff") painter.marks(state.marks ?? {});
  if (state.focus) painter.focus(state.focus);
}

async function draw(island: HTMLElement): Promise<void> {
  const state = islandState<ViewerState>(island);
  const holder = element("div", { class: "diagram-canvas" });
  const toolbar = element("div", { class: "diagram-toolbar no-print", role: "toolbar" });
  island.append(toolbar, holder);
  const viewer = new NavigatedViewer({
    container: holder,
    textRenderer,
    // The wheel scrolls the page; the buttons zoom.
    zoomScroll: { enabled: false },
    additionalModules: [translationModule],
    moddleExtensions: { camunda, rongcuo },
  });
  await viewer.importXML(await fetchXml(island.dataset.src ?? ""));
  const diagram = services(viewer);
  rename(diagram, state.names ?? {});
  fit(diagram.canvas);
  toolbar.append(...zoomButtons(diagram.canvas));
  const painter = new Painter(diagram);
  paint(painter, state);
  if (state.frames?.length) island.append(replay(painter, state.frames));
  island.append(wording(diagram.elementRegistry, state));
  island.dataset.ready = "";
}

function drawOrSay(island: HTMLElement): void {
  draw(island).catch((error: unknown) => {
    island.append(element("p", { class: "flash bad", role: "alert" }, `${text("diagram.failed")}: ${String(error)}`));
    throw error;
  });
}

function startIsland(island: HTMLElement): void {
  if (island.offsetParent !== null) {
    drawOrSay(island);
    return;
  }
  // In a closed tab there is no room to fit the diagram into yet.
  const whenShown = () => {
    if (island.offsetParent === null) return;
    document.removeEventListener("panel-shown", whenShown);
    drawOrSay(island);
  };
  document.addEventListener("panel-shown", whenShown);
}

for (const island of document.querySelectorAll<HTMLElement>("[data-island=viewer]")) startIsland(island);
