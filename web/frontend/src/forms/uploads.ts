// Send files as soon as they are chosen, and hand the form their ids.
import { announce, button, element, origin } from "../page/elements";
import { text } from "../page/messages";
import { CSRF_HEADER, csrfToken } from "../page/requests";

interface StoredFile {
  readonly id: string | number;
  readonly name: string;
  readonly size: number;
  readonly url?: string;
}

const MIB = 1024 * 1024;

function sizeText(bytes: number): string {
  return bytes < MIB ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MIB).toFixed(1)} MB`;
}

function removeButton(): HTMLButtonElement {
  return element("button", { type: "button", class: "link", "data-remove-file": true }, text("remove"));
}

function parsed(body: string): (Partial<StoredFile> & { message?: string }) | null {
  try {
    return JSON.parse(body) as Partial<StoredFile>;
  } catch (error) {
    // A proxy's error page, or the log-in page after the session has ended.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

class Upload {
  private readonly list: HTMLElement;
  private readonly url: string;
  private readonly name: string;

  constructor(private readonly box: HTMLElement) {
    this.list =
      box.querySelector<HTMLElement>(".upload-list") ?? box.appendChild(element("ul", { class: "upload-list" }));
    this.url = box.dataset.uploadUrl ?? "";
    this.name = box.dataset.name ?? "files";
  }

  take(files: Iterable<File>): void {
    for (const file of files) {
      if (this.box.dataset.single !== undefined) this.list.textContent = "";
      const item = element("li", {}, element("span", { class: "upload-name" }, file.name));
      this.list.append(item);
      const limit = Number(this.box.dataset.maxBytes ?? Infinity);
      if (file.size > limit) this.fail(item, text("upload.large", { limit: sizeText(limit) }));
      else this.send(file, item);
    }
  }

  // fetch() cannot report how much has been sent; XMLHttpRequest can.
  private send(file: File, item: HTMLElement): void {
    const progress = element("progress", { class: "upload-progress", max: "100", value: "0" });
    progress.setAttribute("aria-label", text("upload.running", { percent: 0 }));
    item.append(progress);
    item.dataset.uploading = "";
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      progress.value = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
      progress.setAttribute("aria-label", text("upload.running", { percent: progress.value }));
    });
    request.addEventListener("loadend", () => {
      progress.remove();
      delete item.dataset.uploading;
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300 && answer?.id !== undefined) {
        this.finish(item, { id: answer.id, name: file.name, size: file.size, ...answer });
      } else {
        this.fail(item, answer?.message ?? text("upload.failed"));
      }
    });
    request.open("POST", this.url);
    request.setRequestHeader(CSRF_HEADER, csrfToken());
    request.setRequestHeader("Accept", "application/json");
    const data = new FormData();
    data.append("file", file);
    request.send(data);
  }

  private finish(item: HTMLElement, stored: StoredFile): void {
    const name = stored.url
      ? element("a", { href: stored.url, class: "upload-name" }, stored.name)
      : element("span", { class: "upload-name" }, stored.name);
    item.dataset.file = "";
    item.replaceChildren(
      name,
      element("span", { class: "muted" }, sizeText(stored.size)),
      element("input", { type: "hidden", name: this.name, value: String(stored.id) }),
      removeButton(),
    );
    announce(text("upload.done"));
    this.changed();
  }

  private fail(item: HTMLElement, message: string): void {
    item.classList.add("is-bad");
    item.append(
      element("span", { class: "field-error", role: "alert" }, message),
      button(text("remove"), () => item.remove(), "link"),
    );
  }

  changed(): void {
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

const uploads = new WeakMap<HTMLElement, Upload>();

function uploadOf(event: Event): Upload | null {
  const box = origin(event, "[data-upload]");
  if (!box) return null;
  const known = uploads.get(box) ?? new Upload(box);
  uploads.set(box, known);
  return known;
}

// Delegated, so that a row added later works as well.
export function startUploads(): void {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    const upload = uploadOf(event);
    if (!upload) return;
    upload.take([...(input.files ?? [])]);
    input.value = "";
  });
  document.addEventListener("click", (event) => {
    if (!origin(event, "[data-remove-file]")) return;
    const upload = uploadOf(event);
    origin(event, "li")?.remove();
    upload?.changed();
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (!(event.target instanceof Element) || !event.target.querySelector("[data-uploading]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      announce(text("upload.pending"));
      window.alert(text("upload.pending"));
    },
    true,
  );
}
