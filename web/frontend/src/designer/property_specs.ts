// The properties of our own group in the panel: which element has them and how they are asked for.
import type { ChoiceKind } from "./choices";

export interface PropertySpec {
  /** Attribute with its prefix, as it stands in the XML. */
  readonly property: string;
  readonly kinds: readonly string[];
  readonly label: readonly [chinese: string, english: string];
  readonly hint?: readonly [chinese: string, english: string];
  readonly control: "text" | "check" | "choice" | "choices";
  readonly choices?: ChoiceKind | "userTasks";
  /** Where the attribute is kept: on the element or on its multi-instance marker. */
  readonly holder?: "loop";
}

const FEEL = ["以 = 开头的 FEEL 表达式。", "A FEEL expression that starts with =."] as const;

export const PROPERTY_SPECS: readonly PropertySpec[] = [
  {
    property: "rongcuo:title",
    kinds: ["bpmn:Process"],
    label: ["案件标题", "Case title"],
    hint: FEEL,
    control: "text",
  },
  {
    property: "rongcuo:businessKey",
    kinds: ["bpmn:Process"],
    label: ["业务编号", "Business key"],
    hint: FEEL,
    control: "text",
  },
  {
    property: "rongcuo:startGroups",
    kinds: ["bpmn:StartEvent"],
    label: ["可在此发起的岗位", "Groups that may start here"],
    control: "choices",
    choices: "groups",
  },
  {
    property: "camunda:formRef",
    kinds: ["bpmn:UserTask", "bpmn:StartEvent"],
    label: ["表单", "Form"],
    control: "choice",
    choices: "forms",
  },
  {
    property: "camunda:candidateGroups",
    kinds: ["bpmn:UserTask"],
    label: ["可签收的岗位", "Groups that may claim"],
    control: "choices",
    choices: "groups",
  },
  {
    property: "camunda:topic",
    kinds: ["bpmn:ServiceTask"],
    label: ["服务主题", "Topic"],
    control: "choice",
    choices: "topics",
  },
  {
    property: "camunda:decisionRef",
    kinds: ["bpmn:BusinessRuleTask"],
    label: ["决策表", "Decision table"],
    control: "choice",
    choices: "decisions",
  },
  {
    property: "calledElement",
    kinds: ["bpmn:CallActivity"],
    label: ["被调用流程", "Called process"],
    control: "choice",
    choices: "processes",
  },
  {
    property: "rongcuo:articles",
    kinds: ["bpmn:FlowElement", "bpmn:Process"],
    label: ["依据条款", "Articles"],
    hint: ["条款序号，以英文逗号分隔，如 20,22。", "Numbers of the articles, separated by commas: 20,22."],
    control: "text",
  },
  {
    property: "rongcuo:clock",
    kinds: ["bpmn:Activity"],
    label: ["时限", "Clock"],
    hint: ["配置文件中的时限名称。", "Name of a policy in the configuration."],
    control: "choice",
    choices: "clocks",
  },
  {
    property: "rongcuo:clockStart",
    kinds: ["bpmn:Activity"],
    label: ["时限起算", "Clock starts from"],
    hint: FEEL,
    control: "text",
  },
  {
    property: "rongcuo:separateFrom",
    kinds: ["bpmn:UserTask"],
    label: ["回避环节", "Separate from"],
    hint: ["办理过所列环节的人不得办理本环节。", "Whoever completed one of these may not do this task."],
    control: "choices",
    choices: "userTasks",
  },
  {
    property: "rongcuo:forSubject",
    kinds: ["bpmn:UserTask"],
    label: ["由当事人办理", "Done by the subject of the case"],
    control: "check",
  },
  {
    property: "rongcuo:outputCollection",
    kinds: ["bpmn:Activity"],
    holder: "loop",
    label: ["会签结果变量", "Variable of the collected results"],
    control: "text",
  },
  {
    property: "rongcuo:outputElement",
    kinds: ["bpmn:Activity"],
    holder: "loop",
    label: ["每项的结果", "Result of each item"],
    hint: FEEL,
    control: "text",
  },
];
