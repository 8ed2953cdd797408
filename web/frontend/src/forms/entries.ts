// Read what a form holds and put it back.
import { CSRF_FIELD } from "../page/requests";
import { growTo } from "./dynamic_lists";
import type { Entries } from "./local_copies";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function namedControls(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input[name], select[name], textarea[name]")].filter(
    (control) => control.name !== CSRF_FIELD && !["file", "password", "submit", "button"].includes(control.type),
  );
}

/** Hidden parts included: what was typed there comes back when the part does. */
export function readEntries(form: HTMLFormElement): Entries {
  return namedControls(form).flatMap((control) => {
    if (control instanceof HTMLSelectElement) {
      return [...control.selectedOptions].map((option) => [control.name, option.value] as const);
    }
    const choice = control.type === "checkbox" || control.type === "radio";
    return choice && !(control as HTMLInputElement).checked ? [] : [[control.name, control.value] as const];
  });
}

/** Put entries back; uploaded files are kept by the server's draft and are left alone. */
export function restoreEntries(form: HTMLFormElement, entries: Entries): void {
  growTo(
    form,
    entries.map(([name]) => name),
  );
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of namedControls(form)) {
    const given = values.get(control.name) ?? [];
    if (control instanceof HTMLSelectElement) {
      for (const option of control.options) option.selected = given.includes(option.value);
    } else if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      control.checked = given.includes(control.value);
    } else if (control.type !== "hidden") {
      control.value = given.shift() ?? "";
    }
  }
}
