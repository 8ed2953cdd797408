// Chinese for the diagram libraries; English needs none, it is their own language.
import zn from "bpmn-js-i18n/translations/zn.js";
import { english } from "../page/messages";
import { ELEMENT_WORDS } from "./words_elements";
import { LINT_WORDS } from "./words_lint";
import { PANEL_WORDS } from "./words_panel";

const WORDS: Record<string, string> = { ...zn, ...LINT_WORDS, ...PANEL_WORDS, ...ELEMENT_WORDS };

export function translate(template: string, values: Record<string, string> = {}): string {
  const words = english ? template : (WORDS[template] ?? template);
  return words.replace(/\{([^}]+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A bpmn-js module. */
export const translationModule = { translate: ["value", translate] };

/** "bpmn:UserTask" in words. */
export function typeName(type: string): string {
  return translate(type.replace(/^bpmn:/, "").replace(/([a-z])([A-Z])/g, "$1 $2"));
}
