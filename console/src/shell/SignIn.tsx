import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useState } from "react";
import { get } from "../api/http";
import { redeem, type Returned, why } from "../api/session";
import { setToken, wasRejected } from "../api/token";
import { Code } from "../part/Copy";
import { Told } from "../part/Prose";
import { Loading } from "../part/State";

export function SignIn({ brought }: { brought: Returned | null }) {
  const [error, setError] = useState(brought?.error ?? (brought && !brought.code ? "unverified" : null));
  const redeeming = useRedeemed(brought?.code ?? null, setError);
  // Where the server does not tell, tokens are the way in.
  const ways = useQuery({ queryKey: ["/api/v1/sign-in"], queryFn: () => get("/api/v1/sign-in", {}), retry: false });
  const provider = ways.data?.oidc?.name;
  if (redeeming) return <Loading what="Signing in…" />;
  return (
    <main className="sign-in">
      <div className="card stack sign-in-card">
        <h1 className="brand">
          <img src="./icon.svg" alt="" />
          Sightline
        </h1>
        {error && (
          <div className="notice" data-tone="bad" role="alert">
            <p>
              <strong>You are not signed in.</strong>
            </p>
            <p>
              <Told>{why(error)}</Told>
            </p>
            {brought?.request && <p className="quiet small wrap">Request {brought.request.slice(0, 100)}</p>}
          </div>
        )}
        {provider && (
          <a className="button primary wrap" href="api/v1/oidc/start">
            Sign in with {provider}
          </a>
        )}
        <TokenForm isMain={!provider} />
      </div>
    </main>
  );
}

/** The code, once: a second time the server would refuse it. */
const redeemed = new Set<string>();

function useRedeemed(code: string | null, failed: (word: string) => void): boolean {
  const [waiting, setWaiting] = useState(code !== null);
  useEffect(() => {
    if (code === null || redeemed.has(code)) return;
    redeemed.add(code);
    void redeem(code).then((word) => {
      if (word) failed(word);
      setWaiting(false);
    });
  }, [code, failed]);
  return waiting;
}

function TokenForm({ isMain }: { isMain: boolean }) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const field = useId();
  const help = useId();
  function enter(event: FormEvent) {
    event.preventDefault();
    const entered = typed.trim();
    // Anything else could not stand in a header.
    if (/^[\x21-\x7e]+$/.test(entered)) setToken(entered);
    else setWrong(true);
  }
  return (
    <form className="stack" onSubmit={enter}>
      {wasRejected() && (
        <div className="notice" data-tone="bad" role="alert">
          <p>
            <strong>The server did not take this token.</strong>
          </p>
          <p>It may be mistyped, expired or revoked. Enter another one, or make a new one.</p>
        </div>
      )}
      <div className="field">
        <label htmlFor={field}>Token</label>
        <input
          id={field}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          maxLength={400}
          autoFocus={isMain}
          aria-invalid={wrong || undefined}
          aria-describedby={wrong ? help : undefined}
          onChange={(event) => setTyped(event.target.value)}
        />
        {wrong && (
          <p id={help} className="small" role="alert">
            A token has no spaces and no letters with marks. Copy it as the command printed it.
          </p>
        )}
      </div>
      <button type="submit" className={`button ${isMain ? "primary" : ""}`} disabled={!typed.trim()}>
        Sign in
      </button>
      <p className="quiet small">Whoever runs the server makes tokens there. This tab keeps it until it is closed.</p>
      <Code language="shell" text="sightline token create --role viewer --name NAME" />
    </form>
  );
}
