// Light and dark, remembered in a cookie so that the server draws the right one at once.
import { text } from "./messages";

const YEAR = 365 * 24 * 3600;

function current(): "light" | "dark" {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function label(toggles: NodeListOf<HTMLElement>): void {
  for (const toggle of toggles) toggle.textContent = text(current() === "dark" ? "theme.light" : "theme.dark");
}

export function startTheme(): void {
  const toggles = document.querySelectorAll<HTMLElement>("[data-theme-toggle]");
  label(toggles);
  for (const toggle of toggles) {
    toggle.addEventListener("click", () => {
      const next = current() === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      const secure = location.protocol === "https:" ? "; Secure" : "";
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is younger than the browsers served
      document.cookie = `theme=${next}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
      label(toggles);
    });
  }
}
