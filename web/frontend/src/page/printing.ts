// Paper cannot be unfolded: open what is folded while the page is printed.

// Menus are no content, and the whole record of the machine is marked as not for print.
const FOLDED = "main details:not([open]):not(.no-print)";

export function startPrinting(): void {
  let opened: Element[] = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(FOLDED)];
    for (const details of opened) details.setAttribute("open", "");
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.removeAttribute("open");
    opened = [];
  });
}
