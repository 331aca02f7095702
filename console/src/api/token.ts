// The token lives in this tab alone: sessionStorage ends with it, and no cookie means no request that another site could forge.
const KEY = "sightline-token";
const listeners = new Set<() => void>();
let rejected = false;

export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Whether the server refused the last token. */
export function wasRejected(): boolean {
  return rejected;
}

export function setToken(value: string): void {
  rejected = false;
  sessionStorage.setItem(KEY, value);
  for (const tell of listeners) tell();
}

export function forgetToken(because: "signed-out" | "rejected"): void {
  rejected = because === "rejected";
  sessionStorage.removeItem(KEY);
  for (const tell of listeners) tell();
}

export function onTokenChange(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
