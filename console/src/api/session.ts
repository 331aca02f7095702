import { get, send } from "./http";
import { Problem } from "./problem";
import { forgetToken, setToken } from "./token";

/** What the provider of sign-in sent the browser back with. */
export interface Returned {
  code: string | null;
  error: string | null;
  request: string | null;
}

/** Whether the browser comes from the provider; what it brought is taken out of the address at once, so that no history holds it. */
export function returned(): Returned | null {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?");
  if (path !== "/signed-in") return null;
  history.replaceState(null, "", "#/");
  const brought = new URLSearchParams(query);
  return { code: brought.get("code"), error: brought.get("error"), request: brought.get("request") };
}

/** Words of the server for why a sign-in failed, and what to say. Anything else counts as `unverified`. */
const WHY: Record<string, string> = {
  "no-role": "You are known, and no role is given to you here. An administrator maps roles in `[serve.oidc.roles]` of `sightline.toml`.",
  refused: "The sign-in was refused or given up.",
  stale: "The sign-in took too long, or was begun in another window. Begin again.",
  unverified: "What the provider sent could not be verified. The server's log tells more.",
  unreachable: "The provider could not be asked. Try again, or look at the server's log.",
};

export function why(error: string): string {
  return WHY[error] ?? WHY["unverified"] ?? "";
}

/** Gives the code for a token of this tab; the word of what went wrong where it could not be had. */
export async function redeem(code: string): Promise<string | null> {
  try {
    const { secret } = await send("post", "/api/v1/session", {}, { code });
    setToken(secret);
    return null;
  } catch (error) {
    return error instanceof Problem && error.status === 401 ? "stale" : "unreachable";
  }
}

/** A session ends on the server too; a key stays as it is, and is forgotten by this tab. */
export async function signOut(): Promise<void> {
  try {
    const me = await get("/api/v1/me", {});
    if (me.kind === "session") await send("delete", "/api/v1/session", {});
  } catch {
    // The server is away or ended it already: what this tab holds goes in any case.
  }
  forgetToken("signed-out");
}
