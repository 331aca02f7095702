import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Mono } from "../../part/Facts";
import { Told } from "../../part/Prose";

/** What a job of the kind `verify` comes to: the document calls it any JSON, so that each member is looked at. */
interface Verdict {
  prerequisite: string;
  target: string;
  status: string;
  reason: string;
  call: string;
  fix: string;
}

function read(value: unknown): Verdict | null {
  if (value === null || typeof value !== "object") return null;
  const of = value as Record<string, unknown>;
  const text = (name: string) => (typeof of[name] === "string" ? of[name] : "");
  return { prerequisite: text("prerequisite"), target: text("target"), status: text("status"), reason: text("reason"), call: text("call"), fix: text("fix") };
}

const TONES = { ok: "good", missing: "bad", wrong: "bad" } as const;

export function Verdicts({ of }: { of: unknown[] }) {
  const verdicts = of.map(read).filter((one) => one !== null);
  const right = verdicts.filter((one) => one.status === "ok").length;
  return (
    <section className="stack">
      <h3>
        {right} of {verdicts.length} are there and as they should be
      </h3>
      <ul className="list">
        {verdicts.map((one, place) => (
          <li key={place}>
            <div className="row">
              <Badge word={one.status} tone={TONES[one.status as keyof typeof TONES] ?? "warn"} />
              <strong>{one.prerequisite}</strong>
            </div>
            {one.target && <Mono>{one.target}</Mono>}
            <p className="wrap">
              <Told>{one.reason}</Told>
            </p>
            {one.call && <p className="quiet small wrap">Told by {one.call}</p>}
            {one.fix && (
              <details>
                <summary>What puts it right</summary>
                <Code language="fix" text={one.fix} name="Copy fix" />
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
