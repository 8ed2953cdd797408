// A drawing kept on this computer until the server has it: a crash or a lost session costs nothing.
import { dropCopy, keepCopy, readCopy } from "../forms/local_copies";
import { button, element } from "../page/elements";
import { momentText, text } from "../page/messages";

const ENTRY = "xml";

export class Recovery {
  /** `savedAt`: when the server's draft was saved, empty when there is none. */
  constructor(
    private readonly key: string,
    private readonly savedAt: string,
  ) {}

  keep(xml: string): void {
    keepCopy(this.key, { at: new Date().toISOString(), entries: [[ENTRY, xml]], submitted: false });
  }

  drop(): void {
    dropCopy(this.key);
  }

  /** Offer what was drawn last and never reached the server; asked before anything new is kept. */
  offer(shown: string, above: HTMLElement, restore: (xml: string) => void): void {
    const copy = readCopy(this.key);
    const xml = copy?.entries.find(([name]) => name === ENTRY)?.[1];
    if (!copy || xml === undefined) return;
    if (Date.parse(this.savedAt) >= Date.parse(copy.at) || xml === shown) {
      this.drop();
      return;
    }
    const note = element("div", { class: "flash info", role: "status", "data-recovery": true });
    const found = text("designer.found", { time: momentText(new Date(copy.at)) });
    const put = button(text("draft.restore"), () => {
      note.remove();
      restore(xml);
    });
    const discard = button(text("draft.discard"), () => {
      note.remove();
      this.drop();
    });
    note.append(element("span", {}, found), element("span", { class: "actions" }, put, discard));
    above.before(note);
  }
}
