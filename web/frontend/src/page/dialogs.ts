// Dialogs of the page, and the question before a form is sent.
import { button, element, origin } from "./elements";
import { text } from "./messages";

/** Show a dialog built for this moment; it leaves the page when closed. */
export function showPassing(dialog: HTMLDialogElement): void {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function ask(question: string, options: { danger: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = element("dialog", { class: "dialog", "aria-labelledby": "question-title" });
    const yes = button(text("confirm"), () => dialog.close("yes"), options.danger ? "danger" : "primary");
    dialog.append(
      element("h2", { id: "question-title" }, text("confirm.title")),
      element("p", {}, question),
      element(
        "div",
        { class: "actions" },
        yes,
        button(text("cancel"), () => dialog.close("no")),
      ),
    );
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    showPassing(dialog);
    yes.focus();
  });
}

// Chromium 80 has no `event.submitter`, so the pressed button is remembered.
let pressed: HTMLElement | null = null;
const confirmed = new WeakSet<HTMLFormElement>();

async function confirmThenSend(
  form: HTMLFormElement,
  asking: HTMLElement,
  submitter: HTMLElement | null,
): Promise<void> {
  const danger = asking.dataset.confirmDanger !== undefined;
  if (!(await ask(asking.dataset.confirm ?? "", { danger }))) return;
  confirmed.add(form);
  if (submitter && submitter.closest("form") === form) form.requestSubmit(submitter);
  else form.requestSubmit();
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const submitter = event.submitter ?? (pressed && form.contains(pressed) ? pressed : null);
  const asking = submitter?.dataset.confirm ? submitter : form.dataset.confirm ? form : null;
  if (!asking || confirmed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void confirmThenSend(form, asking, submitter);
}

export function startDialogs(): void {
  document.addEventListener(
    "click",
    (event) => {
      pressed = origin(event, "button, input[type=submit]");
      const opener = origin(event, "[data-dialog]");
      const target = opener?.dataset.dialog ? document.querySelector(opener.dataset.dialog) : null;
      if (target instanceof HTMLDialogElement) target.showModal();
      if (origin(event, "[data-close]")) origin<HTMLDialogElement>(event, "dialog")?.close();
    },
    true,
  );
  // Captured: htmx and the once-only guard must not see a form that is still being asked about.
  document.addEventListener("submit", onSubmit, true);
}
