// Add our own group to the properties panel and take away what the engine does not run.
import {
  CheckboxEntry,
  type EntryProps,
  Group,
  isCheckboxEntryEdited,
  isSelectEntryEdited,
  isTextFieldEntryEdited,
  type Rendered,
  SelectEntry,
  TextFieldEntry,
} from "@bpmn-io/properties-panel";
import { useService } from "bpmn-js-properties-panel";
import type { BusinessObject, DiagramElement, ElementRegistry } from "../diagram/services";
import { english } from "../page/messages";
import type { Choice, Choices } from "./choices";
import { PROPERTY_SPECS, type PropertySpec } from "./property_specs";

interface Modeling {
  updateModdleProperties(element: DiagramElement, target: BusinessObject, properties: Record<string, unknown>): void;
}

interface PanelGroup {
  readonly id: string;
}

interface PropertiesPanel {
  registerProvider(priority: number, provider: RongcuoProperties): void;
}

interface OwnEntryProps {
  readonly element: DiagramElement;
  readonly id: string;
  readonly spec: PropertySpec;
  readonly options: readonly Choice[];
}

// Features of Camunda 7 that this engine has no meaning for; offering them would promise something.
const HIDDEN_GROUPS = [
  "AsynchronousContinuations",
  "BusinessKey",
  "CandidateStarter",
  "ConnectorInput",
  "ConnectorOutput",
  "ExecutionListener",
  "ExtensionProperties",
  "FieldInjection",
  "Form",
  "FormData",
  "HistoryCleanup",
  "JobExecution",
  "ProcessVariables",
  "StartInitiator",
  "TaskListener",
  "Tasklist",
].map((name) => `CamundaPlatform__${name}`);

// Below the Camunda provider (500), so that its groups are there to be filtered.
const PRIORITY = 400;

function holderOf(element: DiagramElement, spec: PropertySpec): BusinessObject | undefined {
  const own = element.businessObject;
  if (spec.holder !== "loop") return own;
  const loop = own.loopCharacteristics;
  return loop?.$instanceOf("bpmn:MultiInstanceLoopCharacteristics") ? loop : undefined;
}

function useProperty({ element, spec }: OwnEntryProps) {
  const modeling = useService<Modeling>("modeling");
  const holder = holderOf(element, spec);
  return {
    read: () => holder?.get(spec.property),
    write: (value: unknown) => {
      if (!holder) return;
      const properties: Record<string, unknown> = { [spec.property]: value || undefined };
      // A topic only counts on an external task.
      if (spec.property === "camunda:topic") properties["camunda:type"] = value ? "external" : undefined;
      modeling.updateModdleProperties(element, holder, properties);
    },
  };
}

function words(pair: readonly [string, string]): string {
  return pair[english ? 1 : 0];
}

function labelled({ element, id, spec }: OwnEntryProps): Pick<EntryProps, "element" | "id" | "label" | "description"> {
  return { element, id, label: words(spec.label), ...(spec.hint && { description: words(spec.hint) }) };
}

function TextProperty(props: OwnEntryProps): Rendered {
  const debounce = useService<unknown>("debounceInput");
  const { read, write } = useProperty(props);
  return TextFieldEntry({ ...labelled(props), debounce, getValue: () => read() ?? "", setValue: write });
}

function CheckProperty(props: OwnEntryProps): Rendered {
  const { read, write } = useProperty(props);
  return CheckboxEntry({ ...labelled(props), getValue: () => Boolean(read()), setValue: write });
}

function optionList(options: readonly Choice[], first: string): { value: string; label: string }[] {
  const listed = options.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` }));
  return [{ value: "", label: first }, ...listed];
}

function ChoiceProperty(props: OwnEntryProps): Rendered {
  const { read, write } = useProperty(props);
  const value = String(read() ?? "");
  // What the diagram names stays visible although this server does not know it.
  const unknown = value !== "" && !props.options.some(({ id }) => id === value) ? [{ id: value, name: value }] : [];
  const options = optionList([...props.options, ...unknown], english ? "(none)" : "（无）");
  return SelectEntry({ ...labelled(props), getValue: () => value, setValue: write, getOptions: () => options });
}

function AddProperty(props: OwnEntryProps): Rendered {
  const { read, write } = useProperty(props);
  const chosen = String(read() ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const left = props.options.filter(({ id }) => !chosen.includes(id));
  return SelectEntry({
    element: props.element,
    id: props.id,
    label: `${words(props.spec.label)}：${english ? "add" : "添加"}`,
    getValue: () => "",
    setValue: (added) => added && write([...chosen, added].join(",")),
    getOptions: () => optionList(left, english ? "choose" : "请选择"),
  });
}

export class RongcuoProperties {
  static readonly $inject = ["propertiesPanel", "elementRegistry", "config.choices"];

  constructor(
    panel: PropertiesPanel,
    private readonly registry: ElementRegistry,
    private readonly choices: Choices,
  ) {
    panel.registerProvider(PRIORITY, this);
  }

  getGroups(element: DiagramElement): (groups: PanelGroup[]) => unknown[] {
    return (groups) => {
      const shown = groups.filter(({ id }) => !HIDDEN_GROUPS.includes(id));
      const entries = this.entries(element);
      if (entries.length === 0 || element.labelTarget) return shown;
      const label = english ? "rongcuo rules" : "rongcuo 容错纠错/规则";
      const own = { id: "rongcuo", label, component: Group, shouldOpen: true, entries };
      return [...shown.slice(0, 1), own, ...shown.slice(1)];
    };
  }

  private entries(element: DiagramElement): unknown[] {
    return PROPERTY_SPECS.filter(
      (spec) => spec.kinds.some((kind) => element.businessObject.$instanceOf(kind)) && holderOf(element, spec),
    ).flatMap((spec) => this.controls(spec, this.options(spec, element)));
  }

  private controls(spec: PropertySpec, options: readonly Choice[]): unknown[] {
    const id = spec.property.replace(":", "-");
    const text = { id, spec, options, component: TextProperty, isEdited: isTextFieldEntryEdited };
    if (spec.control === "check") {
      return [{ ...text, component: CheckProperty, isEdited: isCheckboxEntryEdited }];
    }
    if (spec.control === "text" || options.length === 0) return [text];
    if (spec.control === "choice") {
      return [{ ...text, component: ChoiceProperty, isEdited: isSelectEntryEdited }];
    }
    return [text, { ...text, id: `${id}-add`, component: AddProperty, isEdited: () => false }];
  }

  private options(spec: PropertySpec, element: DiagramElement): readonly Choice[] {
    if (spec.choices === undefined) return [];
    if (spec.choices !== "userTasks") return this.choices?.[spec.choices] ?? [];
    return this.registry
      .filter((other) => other.type === "bpmn:UserTask" && other.id !== element.id && !other.labelTarget)
      .map(({ id, businessObject }) => ({ id, name: businessObject.name ?? id }));
  }
}

/** A bpmn-js module. */
export const propertiesModule = {
  __init__: ["rongcuoProperties"],
  rongcuoProperties: ["type", RongcuoProperties],
};
