// Take a diagram from a local file and give it back as one.
import { button, element } from "../page/elements";
import { text } from "../page/messages";

export function download(xml: string, filename: string): void {
  const url = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
  const link = element("a", { href: url, download: filename });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}

/** A button that opens a file and hands over its text. */
export function importButton(take: (xml: string) => void): HTMLElement {
  const input = element("input", { type: "file", accept: ".bpmn,.xml", hidden: true });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = "";
    if (file) void file.text().then(take);
  });
  return element(
    "span",
    {},
    input,
    button(text("designer.import"), () => input.click(), "small"),
  );
}
