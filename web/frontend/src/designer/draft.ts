// Keep the draft of a diagram on the server, and never let an unsaved one go unnoticed.
import { debounce } from "../page/elements";
import { momentText, text } from "../page/messages";
import { postJson } from "../page/requests";
import type { Recovery } from "./recovery";
import { askWhose } from "./stale";

interface Saved {
  readonly revision?: number | string;
  readonly message?: string;
}

const PAUSE_MS = 5000;
// Sooner than the server's: what a crash can take is the drawing of a moment.
const KEEP_MS = 800;

export class DiagramDraft {
  private changes = 0;
  private savedChanges = 0;
  private stale = false;
  private queue: Promise<void> = Promise.resolve();
  private readonly saveSoon: () => void;
  private readonly keepSoon: () => void;

  constructor(
    private readonly url: string,
    private readonly copyUrl: string,
    private readonly recovery: Recovery,
    private revision: number | string,
    private readonly xml: () => Promise<string>,
    private readonly say: (message: string, failed?: boolean) => void,
  ) {
    this.saveSoon = debounce(() => void this.save(), PAUSE_MS);
    this.keepSoon = debounce(() => void this.keep(), KEEP_MS);
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

  /** What the server is told so that it knows on which draft this drawing stands. */
  get base(): number | string {
    return this.revision;
  }

  noteChange(): void {
    this.changes += 1;
    this.keepSoon();
    if (this.stale) return;
    this.say(text("designer.unsaved"));
    this.saveSoon();
  }

  /** What was deployed needs no draft any more. */
  settle(): void {
    this.savedChanges = this.changes;
    this.recovery.drop();
  }

  deployed(): void {
    this.settle();
    this.revision = 0;
  }

  /** Another draft than mine is on the server. */
  disagree(message: string): void {
    this.stale = true;
    this.say(message, true);
    askWhose({
      message,
      copyUrl: this.copyUrl,
      xml: this.xml,
      settle: () => this.settle(),
      failed: (reason) => this.say(reason, true),
    });
  }

  private async keep(): Promise<void> {
    if (this.unsaved) this.recovery.keep(await this.xml());
  }

  /** One after the other: two saves at once would take each other for a stranger's. */
  save(): Promise<void> {
    this.queue = this.queue.then(() => this.post());
    return this.queue;
  }

  private async post(): Promise<void> {
    if (!this.url) return;
    const saving = this.changes;
    try {
      const answer = await postJson<Saved>(this.url, { xml: await this.xml(), revision: this.revision });
      if (answer.ok && answer.body) {
        this.revision = answer.body.revision ?? this.revision;
        this.savedChanges = saving;
        this.stale = false;
        if (!this.unsaved) this.recovery.drop();
        this.say(text("designer.saved", { time: momentText(new Date()) }));
      } else if (answer.status === 409) {
        this.disagree(answer.body?.message ?? text("designer.stale"));
      } else {
        this.say(answer.body?.message ?? text("designer.offline"), true);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.say(text("designer.offline"), true);
    }
  }
}
