// Ask why, deploy, and show what came of it.

import { showPassing } from "../page/dialogs";
import { button, element } from "../page/elements";
import { text } from "../page/messages";
import { postJson } from "../page/requests";
import type { Problem } from "./problems";

interface Deployed {
  readonly url?: string;
  readonly version?: number;
  readonly message?: string;
  readonly problems?: readonly Problem[];
}

export interface Deployment {
  /** The diagram as it stands. */
  xml(): Promise<string>;
  /** The revision of the draft that the diagram stands on. */
  base(): number | string;
  refused(problems: readonly Problem[], message: string): void;
  deployed(): void;
  /** Somebody else saved a draft meanwhile. */
  disagreed(message: string): void;
  failed(message: string): void;
}

function showSuccess(answer: Deployed): void {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "deployed-title" });
  const actions = element("div", { class: "actions" });
  if (answer.url) actions.append(element("a", { class: "btn primary", href: answer.url }, text("designer.open")));
  actions.append(button(text("close"), () => dialog.close()));
  const title = text("designer.deployed", { version: answer.version ?? "" });
  dialog.append(element("h2", { id: "deployed-title" }, title), element("p", {}, answer.message ?? ""), actions);
  showPassing(dialog);
}

async function send(url: string, comment: string, deployment: Deployment): Promise<void> {
  try {
    const answer = await postJson<Deployed>(url, {
      xml: await deployment.xml(),
      comment,
      revision: String(deployment.base()),
    });
    if (answer.ok && answer.body) {
      deployment.deployed();
      showSuccess(answer.body);
    } else if (answer.body?.problems) {
      deployment.refused(answer.body.problems, answer.body.message ?? text("designer.refused"));
    } else if (answer.status === 409) {
      deployment.disagreed(answer.body?.message ?? text("designer.stale"));
    } else {
      deployment.failed(answer.body?.message ?? text("designer.offline"));
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    deployment.failed(text("designer.offline"));
  }
}

export function askAndDeploy(url: string, deployment: Deployment): void {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "deploy-title" });
  const comment = element("textarea", { id: "deploy-comment", required: true, rows: "4" });
  comment.setAttribute("aria-describedby", "deploy-hint");
  const form = element(
    "form",
    { class: "form" },
    element("h2", { id: "deploy-title" }, text("designer.deploy")),
    element(
      "div",
      { class: "field" },
      element("label", { for: "deploy-comment", class: "required" }, text("designer.comment")),
      comment,
      element("p", { class: "hint", id: "deploy-hint" }, text("designer.commentHint")),
    ),
    element(
      "div",
      { class: "actions" },
      element("button", { type: "submit", class: "primary" }, text("designer.deploy")),
      button(text("cancel"), () => dialog.close()),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = comment.value.trim();
    if (!words) {
      comment.value = "";
      comment.reportValidity();
      return;
    }
    dialog.close();
    void send(url, words, deployment);
  });
  dialog.append(form);
  showPassing(dialog);
}
