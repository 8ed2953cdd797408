// Keep the draft of a diagram on the server, and never let an unsaved one go unnoticed.
import { debounce } from "../page/elements";
import { momentText, text } from "../page/messages";
import { postJson } from "../page/requests";

interface Saved {
  readonly revision?: number | string;
  readonly message?: string;
}

const PAUSE_MS = 5000;

export class DiagramDraft {
  private changes = 0;
  private savedChanges = 0;
  private stale = false;
  private queue: Promise<void> = Promise.resolve();
  private readonly saveSoon: () => void;

  constructor(
    private readonly url: string,
    private revision: number | string,
    private readonly xml: () => Promise<string>,
    private readonly say: (message: string, failed?: boolean) => void,
  ) {
    this.saveSoon = debounce(() => void this.save(), PAUSE_MS);
    window.addEventListener("beforeunload", (event) => {
      if (!this.unsaved) return;
      event.preventDefault();
      // Chromium before 119 asks only when a value is set.
      event.returnValue = "";
    });
  }

  get unsaved(): boolean {
    return this.changes !== this.savedChanges;
  }

  noteChange(): void {
    this.changes += 1;
    if (this.stale) return;
    this.say(text("designer.unsaved"));
    this.saveSoon();
  }

  /** What was deployed needs no draft any more. */
  settle(): void {
    this.savedChanges = this.changes;
  }

  /** One after the other: two saves at once would take each other for a stranger's. */
  save(): Promise<void> {
    this.queue = this.queue.then(() => this.post());
    return this.queue;
  }

  private async post(): Promise<void> {
    if (!this.url || this.stale) return;
    const saving = this.changes;
    try {
      const answer = await postJson<Saved>(this.url, { xml: await this.xml(), revision: this.revision });
      if (answer.ok && answer.body) {
        this.revision = answer.body.revision ?? this.revision;
        this.savedChanges = saving;
        this.say(text("designer.saved", { time: momentText(new Date()) }));
      } else if (answer.status === 409) {
        this.stale = true;
        this.say(answer.body?.message ?? text("designer.stale"), true);
      } else {
        this.say(answer.body?.message ?? text("designer.offline"), true);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.say(text("designer.offline"), true);
    }
  }
}
