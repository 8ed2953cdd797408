// Somebody else saved this draft: his or mine, and neither text is lost.
import { showPassing } from "../page/dialogs";
import { button, element } from "../page/elements";
import { text } from "../page/messages";
import { postJson } from "../page/requests";

export interface Disagreement {
  /** Who saved when, in words. */
  readonly message: string;
  readonly copyUrl: string;
  xml(): Promise<string>;
  /** My drawing is given up or kept elsewhere. */
  settle(): void;
  failed(message: string): void;
}

async function keepMine(found: Disagreement): Promise<void> {
  try {
    const answer = await postJson<{ url?: string; message?: string }>(found.copyUrl, { xml: await found.xml() });
    if (answer.ok && answer.body?.url) {
      found.settle();
      location.assign(answer.body.url);
      return;
    }
    found.failed(answer.body?.message ?? text("designer.offline"));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    found.failed(text("designer.offline"));
  }
}

export function askWhose(found: Disagreement): void {
  if (document.querySelector("dialog[data-stale]")) return;
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "stale-title", "data-stale": true });
  const mine = button(
    text("designer.keepMine"),
    () => {
      dialog.close();
      void keepMine(found);
    },
    "primary",
  );
  const theirs = button(text("designer.takeTheirs"), () => {
    found.settle();
    location.reload();
  });
  dialog.append(
    element("h2", { id: "stale-title" }, text("designer.staleTitle")),
    element("p", {}, found.message),
    element("p", {}, text("designer.stale")),
    element(
      "div",
      { class: "actions" },
      mine,
      theirs,
      button(text("cancel"), () => dialog.close()),
    ),
  );
  showPassing(dialog);
  mine.focus();
}
