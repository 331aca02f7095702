import { type FormEvent, useId, useState } from "react";
import { setToken, wasRejected } from "../api/token";
import { Code } from "../part/Copy";

export function SignIn() {
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
    <main className="sign-in">
      <form className="card stack" onSubmit={enter}>
        <h1 className="brand">
          <img src="./icon.svg" alt="" />
          Sightline
        </h1>
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
            autoFocus
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
        <button type="submit" className="button primary" disabled={!typed.trim()}>
          Sign in
        </button>
        <p className="quiet small">Whoever runs the server makes tokens there. This tab keeps it until it is closed.</p>
        <Code language="shell" text="sightline token create --role viewer --name NAME" />
      </form>
    </main>
  );
}
