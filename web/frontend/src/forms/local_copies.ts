// Copies of unfinished forms on this computer, per user, so that a crash or a lost session costs nothing.

export type Entries = readonly (readonly [string, string])[];

export interface LocalCopy {
  readonly at: string;
  readonly entries: Entries;
  readonly submitted: boolean;
}

const PREFIX = "rongcuo.draft.";
// A forgotten copy holds personal data on an office computer.
const KEPT_MS = 7 * 24 * 3600 * 1000;

function userPrefix(): string | null {
  const user = document.body.dataset.user;
  return user ? `${PREFIX}${user}.` : null;
}

function keys(prefix: string): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}

export function readCopy(draftKey: string): LocalCopy | null {
  const prefix = userPrefix();
  const stored = prefix === null ? null : localStorage.getItem(prefix + draftKey);
  return stored === null ? null : (JSON.parse(stored) as LocalCopy);
}

/** Returns false when the browser has no room or no permission to keep it. */
export function keepCopy(draftKey: string, copy: LocalCopy): boolean {
  const prefix = userPrefix();
  if (prefix === null) return false;
  try {
    localStorage.setItem(prefix + draftKey, JSON.stringify(copy));
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

export function dropCopy(draftKey: string): void {
  const prefix = userPrefix();
  if (prefix !== null) localStorage.removeItem(prefix + draftKey);
}

export function dropAllCopies(): void {
  const prefix = userPrefix();
  if (prefix !== null) for (const key of keys(prefix)) localStorage.removeItem(key);
}

/** A page that refuses, or asks to log in, says that what was sent last did not arrive: it may be put back. */
export function reviveCopies(): void {
  for (const key of keys(PREFIX)) {
    const copy = JSON.parse(localStorage.getItem(key) ?? "null") as LocalCopy | null;
    if (copy?.submitted) localStorage.setItem(key, JSON.stringify({ ...copy, submitted: false }));
  }
}

/**
 * Drop copies that are old, and copies of sent forms once a page of the same user shows that the session held.
 */
export function dropSpentCopies(shownDraftKey: string | undefined, now: Date): void {
  const prefix = userPrefix();
  for (const key of keys(PREFIX)) {
    const copy = JSON.parse(localStorage.getItem(key) ?? "null") as LocalCopy | null;
    const old = copy === null || now.getTime() - Date.parse(copy.at) > KEPT_MS;
    const arrived = copy?.submitted && prefix !== null && key.startsWith(prefix) && key !== prefix + shownDraftKey;
    if (old || arrived) localStorage.removeItem(key);
  }
}
