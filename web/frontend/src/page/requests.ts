// Send requests that carry the page's CSRF token.

export const CSRF_HEADER = "X-CSRF-Token";
export const CSRF_FIELD = "csrf_token";

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}

export interface Answer<T> {
  readonly status: number;
  readonly ok: boolean;
  /** undefined when the body is no JSON, e.g. the log-in page after the session has ended. */
  readonly body: T | undefined;
}

async function send<T>(url: string, body: BodyInit, headers: Record<string, string>): Promise<Answer<T>> {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", [CSRF_HEADER]: csrfToken(), ...headers },
    body,
  });
  const json = response.headers.get("Content-Type")?.includes("json") ?? false;
  const redirected = response.redirected;
  return {
    status: response.status,
    ok: response.ok && !redirected,
    body: json ? ((await response.json()) as T) : undefined,
  };
}

/** Rejects only when the server cannot be reached; a refusal is an answer with `ok` false. */
export function postJson<T>(url: string, value: unknown): Promise<Answer<T>> {
  return send<T>(url, JSON.stringify(value), { "Content-Type": "application/json" });
}

export function postForm<T>(url: string, form: FormData): Promise<Answer<T>> {
  return send<T>(url, form, {});
}
