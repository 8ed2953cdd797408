// Save a form as it is filled in: on the server, and on this computer in case that fails.
import { button, debounce, element } from "../page/elements";
import { momentText, text } from "../page/messages";
import { postForm } from "../page/requests";
import { readEntries, restoreEntries } from "./entries";
import { dropAllCopies, dropCopy, dropSpentCopies, keepCopy, readCopy, reviveCopies } from "./local_copies";

const PAUSE_MS = 1500;

class Draft {
  private readonly key: string;
  private readonly status: HTMLElement | null;
  private stale = false;
  private running = false;
  private again = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly url: string,
  ) {
    this.key = form.dataset.draftKey ?? location.pathname;
    this.status = form.querySelector("[data-draft-status]");
    this.status?.setAttribute("role", "status");
  }

  start(): void {
    this.offerCopy();
    // A case that is not started yet has no place on the server: its form is kept on this computer alone.
    const save = this.url ? debounce(() => void this.save(), PAUSE_MS) : () => {};
    const noted = () => {
      this.keep(false);
      save();
    };
    this.form.addEventListener("input", noted);
    this.form.addEventListener("change", noted);
    this.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      this.stale = true;
      this.keep(true);
    });
  }

  private keep(submitted: boolean): boolean {
    return keepCopy(this.key, { at: new Date().toISOString(), entries: readEntries(this.form), submitted });
  }

  private say(message: string, failed = false): void {
    if (!this.status) return;
    this.status.textContent = message;
    this.status.classList.toggle("is-bad", failed);
  }

  private async save(): Promise<void> {
    if (this.stale) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    this.say(text("draft.saving"));
    const before = JSON.stringify(readEntries(this.form));
    try {
      await this.post(before);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.say(text("draft.offline"), true);
    } finally {
      this.running = false;
    }
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  private async post(before: string): Promise<void> {
    const data = new FormData(this.form);
    for (const file of this.form.querySelectorAll<HTMLInputElement>("input[type=file][name]")) data.delete(file.name);
    const answer = await postForm<{ message?: string }>(this.url, data);
    if (answer.ok) {
      this.say(text("draft.saved", { time: momentText(new Date()) }));
      const unchanged = JSON.stringify(readEntries(this.form)) === before;
      if (unchanged && !this.stale) dropCopy(this.key);
    } else if (answer.status === 409) {
      this.stale = true;
      this.say(answer.body?.message ?? text("draft.stale"), true);
    } else {
      this.say(text("draft.offline"), true);
    }
  }

  private offerCopy(): void {
    const copy = readCopy(this.key);
    if (!copy) return;
    const onServer = Date.parse(this.form.dataset.draftSavedAt ?? "");
    if (onServer >= Date.parse(copy.at) || JSON.stringify(copy.entries) === JSON.stringify(readEntries(this.form))) {
      dropCopy(this.key);
      return;
    }
    const note = element("div", { class: "flash info", role: "status" });
    const restore = button(text("draft.restore"), () => {
      restoreEntries(this.form, copy.entries);
      note.remove();
      this.form.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const discard = button(text("draft.discard"), () => {
      dropCopy(this.key);
      note.remove();
    });
    const found = text("draft.found", { time: momentText(new Date(copy.at)) });
    note.append(element("span", {}, found), element("span", { class: "actions" }, restore, discard));
    this.form.prepend(note);
  }
}

export function startDrafts(): void {
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-draft-key]")];
  const { user, refused } = document.body.dataset;
  if (user === undefined || refused !== undefined) reviveCopies();
  else dropSpentCopies(forms[0]?.dataset.draftKey, new Date());
  for (const form of forms) new Draft(form, form.dataset.draftUrl ?? "").start();
  for (const form of document.querySelectorAll("form[data-sign-out]")) form.addEventListener("submit", dropAllCopies);
}
