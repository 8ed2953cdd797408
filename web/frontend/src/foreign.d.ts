// Types of the libraries that ship none, as far as they are used here.

declare module "bpmn-js-properties-panel" {
  export const BpmnPropertiesPanelModule: Record<string, unknown>;
  export const BpmnPropertiesProviderModule: Record<string, unknown>;
  export const CamundaPlatformPropertiesProviderModule: Record<string, unknown>;
  export const CamundaPlatformTooltipProvider: Record<string, unknown>;
  export function useService<T>(name: string): T;
}

declare module "@bpmn-io/properties-panel" {
  export type Rendered = unknown;
  export interface EntryProps {
    element: unknown;
    id: string;
    label: string;
    description?: string;
    debounce?: unknown;
    getValue(): unknown;
    setValue(value: unknown): void;
    getOptions?(): { value: string; label: string }[];
  }
  export function TextFieldEntry(props: EntryProps): Rendered;
  export function SelectEntry(props: EntryProps): Rendered;
  export function CheckboxEntry(props: EntryProps): Rendered;
  export const Group: unknown;
  export function isTextFieldEntryEdited(node: unknown): boolean;
  export function isSelectEntryEdited(node: unknown): boolean;
  export function isCheckboxEntryEdited(node: unknown): boolean;
}

declare module "camunda-bpmn-js-behaviors/lib/camunda-platform" {
  const module: Record<string, unknown>;
  export default module;
}

declare module "bpmn-js-bpmnlint" {
  const module: Record<string, unknown>;
  export default module;
}

declare module "diagram-js-minimap" {
  const module: Record<string, unknown>;
  export default module;
}

declare module "bpmn-js-i18n/translations/zn.js" {
  const translations: Record<string, string>;
  export default translations;
}

declare module "*/.bpmnlintrc" {
  const config: Record<string, unknown>;
  export default config;
}

declare module "*.css";
