// On a phone a row is a card: every cell says by itself what its column is called.

export function startTables(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("table.list")) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => head.textContent?.trim() ?? "");
    for (const row of table.querySelectorAll("tbody tr")) {
      [...row.children].forEach((cell, index) => {
        cell.setAttribute("data-label", heads[index] ?? "");
      });
    }
  }
}
