// Draw, check, keep and deploy a process diagram.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
// Not bpmn-embedded.css: its data: font would need a wider font-src.
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "./diagram/diagram.css";
import "./designer/designer.css";
import Modeler from "bpmn-js/lib/Modeler";
import lintModule from "bpmn-js-bpmnlint";
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  CamundaPlatformPropertiesProviderModule,
} from "bpmn-js-properties-panel";
import camundaBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-platform";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import minimapModule from "diagram-js-minimap";
import lintConfig from "../.bpmnlintrc";
import type { Choices } from "./designer/choices";
import { askAndDeploy } from "./designer/deploying";
import { DiagramDraft } from "./designer/draft";
import { download, importButton } from "./designer/files";
import { type Layout, layOut, say } from "./designer/layout";
import { type Problem, ProblemList } from "./designer/problems";
import { propertiesModule } from "./designer/properties";
import { Recovery } from "./designer/recovery";
import { fetchXml, services, textRenderer } from "./diagram/services";
import { translationModule } from "./diagram/translation";
import { fit, zoomButtons } from "./diagram/zooming";
import { ask } from "./page/dialogs";
import { button, debounce, islandState } from "./page/elements";
import { text } from "./page/messages";
import { postJson } from "./page/requests";
import rongcuo from "./rongcuo-moddle.json";

const CHECK_PAUSE_MS = 1200;
// Between a fitted diagram and what stands around it, in pixels.
const MARGIN = 12;

class Designer {
  private readonly layout: Layout;
  private readonly modeler: Modeler;
  private readonly problems: ProblemList;
  private readonly draft: DiagramDraft;
  private readonly recovery: Recovery;
  private checks = 0;

  constructor(private readonly island: HTMLElement) {
    this.layout = layOut(island);
    this.modeler = new Modeler({
      container: this.layout.canvas,
      textRenderer,
      propertiesPanel: { parent: this.layout.properties },
      linting: { bpmnlint: lintConfig, active: true },
      choices: islandState<Choices>(island),
      additionalModules: [
        BpmnPropertiesPanelModule,
        BpmnPropertiesProviderModule,
        CamundaPlatformPropertiesProviderModule,
        camundaBehaviors,
        propertiesModule,
        lintModule,
        minimapModule,
        translationModule,
      ],
      moddleExtensions: { camunda, rongcuo },
    });
    this.problems = new ProblemList(this.layout.problems, services(this.modeler), this.modeler.get("selection"));
    this.recovery = new Recovery(island.dataset.draftKey ?? location.pathname, island.dataset.draftSavedAt ?? "");
    this.draft = new DiagramDraft(
      island.dataset.draftUrl ?? "",
      island.dataset.copyUrl ?? "",
      this.recovery,
      island.dataset.revision ?? "",
      () => this.xml(),
      (message, failed) => say(this.layout, message, failed),
    );
  }

  async start(): Promise<void> {
    this.fillToolbar();
    await this.openFirst(await fetchXml(this.island.dataset.src ?? ""));
    const checkSoon = debounce(() => void this.check(), CHECK_PAUSE_MS);
    this.modeler.on("commandStack.changed", () => {
      this.draft.noteChange();
      checkSoon();
    });
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.recovery.offer(await this.xml(), this.island, (xml) => void this.replace(xml));
    await this.check();
    this.island.dataset.ready = "";
  }

  private async openFirst(xml: string): Promise<void> {
    try {
      await this.open(xml);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      say(this.layout, text("designer.unreadable", { reason }), true);
    }
  }

  private async open(xml: string): Promise<void> {
    await this.modeler.importXML(xml);
    const { canvas } = services(this.modeler);
    fit(canvas);
    const palette = this.layout.canvas.querySelector<HTMLElement>(".djs-palette");
    const covered = (palette?.offsetLeft ?? 0) + (palette?.offsetWidth ?? 0) + MARGIN;
    const width = this.layout.canvas.clientWidth;
    canvas.zoom(canvas.zoom() * Math.max(0.5, (width - covered - MARGIN) / width), "auto");
    canvas.scroll({ dx: (covered - MARGIN) / 2, dy: 0 });
  }

  private async xml(): Promise<string> {
    // Nothing could be opened, so there is nothing to save.
    if (!this.modeler.getDefinitions()) return "";
    const { xml } = await this.modeler.saveXML({ format: true });
    return xml ?? "";
  }

  private fillToolbar(): void {
    const stack = this.modeler.get<{ undo(): void; redo(): void }>("commandStack");
    const tools = [
      button(text("designer.undo"), () => stack.undo(), "small"),
      button(text("designer.redo"), () => stack.redo(), "small"),
      ...zoomButtons(services(this.modeler).canvas),
      importButton((xml) => void this.importFile(xml)),
      button(text("designer.download"), () => void this.download(), "small"),
      button(text("designer.check"), () => void this.check().then(() => this.problems.open()), "small"),
      button(text("designer.save"), () => void this.draft.save(), "small"),
    ];
    this.layout.toolbar.append(...tools);
    const deployUrl = this.island.dataset.deployUrl;
    if (deployUrl) {
      this.layout.toolbar.append(button(text("designer.deploy"), () => this.deploy(deployUrl), "small primary"));
    }
    this.layout.toolbar.append(this.layout.status);
  }

  private onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    void this.draft.save();
  }

  private async download(): Promise<void> {
    download(await this.xml(), this.island.dataset.filename ?? "process.bpmn");
  }

  private async importFile(xml: string): Promise<void> {
    if (await ask(text("designer.replace"), { danger: false })) await this.replace(xml);
  }

  private async replace(xml: string): Promise<void> {
    const before = await this.xml();
    try {
      await this.open(xml);
    } catch (error) {
      // bpmn-js has already cleared the canvas when it finds that it cannot read the file.
      await this.open(before);
      const reason = error instanceof Error ? error.message : String(error);
      say(this.layout, text("designer.unreadable", { reason }), true);
      return;
    }
    this.draft.noteChange();
    await this.check();
  }

  /** Ask the server; it knows forms, decisions, groups and what the engine can run. */
  private async check(): Promise<void> {
    const url = this.island.dataset.lintUrl;
    if (!url) return;
    this.checks += 1;
    const mine = this.checks;
    try {
      const answer = await postJson<{ problems?: Problem[] }>(url, { xml: await this.xml() });
      // Answers may overtake each other; only the last question counts.
      if (mine !== this.checks) return;
      if (answer.ok && answer.body?.problems) this.problems.show(answer.body.problems);
      else say(this.layout, text("designer.offline"), true);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      say(this.layout, text("designer.offline"), true);
    }
  }

  private deploy(url: string): void {
    askAndDeploy(url, {
      xml: () => this.xml(),
      base: () => this.draft.base,
      disagreed: (message) => this.draft.disagree(message),
      failed: (message) => say(this.layout, message, true),
      refused: (problems, message) => {
        this.problems.show(problems);
        this.problems.open();
        say(this.layout, message, true);
      },
      deployed: () => {
        this.draft.deployed();
        this.problems.show([]);
        say(this.layout, "");
      },
    });
  }
}

for (const island of document.querySelectorAll<HTMLElement>("[data-island=modeler]")) void new Designer(island).start();
