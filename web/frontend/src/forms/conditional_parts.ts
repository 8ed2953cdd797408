// Show and hide the parts of a form as the server decides from what it holds.
import { announce, debounce } from "../page/elements";
import { text } from "../page/messages";
import { postForm } from "../page/requests";

type Visibility = Record<string, boolean>;
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLButtonElement;

const CONTROLS = "[data-part] input, [data-part] select, [data-part] textarea, [data-part] button";

/** A hidden required control would block the form, so controls of hidden parts are disabled. */
function matchControls(form: HTMLFormElement): void {
  for (const control of form.querySelectorAll<Control>(CONTROLS)) {
    const hidden = control.closest("[data-part][hidden]") !== null;
    if (hidden && !control.disabled) {
      control.disabled = true;
      control.dataset.disabledByPart = "";
    } else if (!hidden && control.dataset.disabledByPart !== undefined) {
      control.disabled = false;
      delete control.dataset.disabledByPart;
    }
  }
}

function apply(form: HTMLFormElement, visible: Visibility): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-part]")) {
    const shown = visible[part.dataset.part ?? ""];
    if (shown !== undefined) part.hidden = !shown;
  }
  matchControls(form);
}

/** The form's data with the hidden parts included: the server needs the values to decide again. */
function wholeData(form: HTMLFormElement): FormData {
  const off = [...form.querySelectorAll<Control>("[data-disabled-by-part]")];
  for (const control of off) control.disabled = false;
  const data = new FormData(form);
  for (const control of off) control.disabled = true;
  return data;
}

function follow(form: HTMLFormElement, url: string): void {
  let latest = 0;
  const refresh = async () => {
    latest += 1;
    const mine = latest;
    try {
      const answer = await postForm<Visibility>(url, wholeData(form));
      // Answers may overtake each other; only the last question counts.
      if (mine === latest && answer.ok && answer.body) apply(form, answer.body);
      else if (!answer.ok) announce(text("refresh.failed"));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      announce(text("refresh.failed"));
    }
  };
  form.addEventListener(
    "change",
    debounce(() => void refresh(), 150),
  );
}

export function startConditionalParts(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-refresh-url]")) {
    matchControls(form);
    follow(form, form.dataset.refreshUrl ?? "");
  }
}
