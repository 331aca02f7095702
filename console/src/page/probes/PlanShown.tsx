import { Badge } from "../../part/Badge";
import { Told } from "../../part/Prose";
import { count, money, several, shortArn } from "../../part/words";
import type { Bound, PlanOfTarget, Plans } from "./told";

/** Prompts of a target that are named one by one; the rest are counted. */
const NAMED = 200;

/** What would be sent to whom, what it costs at most, and what cannot be probed. */
export function PlanShown({ plans }: { plans: Plans }) {
  const blocked = plans.targets.filter((target) => !target.runs);
  return (
    <>
      <section className="card stack">
        <h2>What it comes to at most</h2>
        <Totals of={plans.total} />
        {blocked.length > 0 && plans.budget.requests > 0 && (
          <p className="quiet">
            A run sends {count(plans.budget.requests)} of these calls, for {money(plans.budget.usd)} at most: {several(blocked.length, "target")} must be named or allowed first.
          </p>
        )}
        {plans.targets.length === 0 && <p>Nothing is left to probe.</p>}
        <ul className="list">
          {plans.targets.map((target, place) => (
            <TargetItem key={place} of={target} />
          ))}
        </ul>
      </section>
      {plans.not_probed.length > 0 && (
        <section className="card stack">
          <h2>What cannot be probed</h2>
          <ul className="list">
            {plans.not_probed.map((one, place) => (
              <li key={place}>
                <div className="row">
                  <strong className="wrap">{shortArn(one.target)}</strong>
                  {one.kind && <Badge word={one.kind} tone="plain" />}
                  {one.region && <span className="quiet small">{one.region}</span>}
                </div>
                <p className="wrap">
                  <Told>{one.why}</Told>
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Unseen plans={plans} />
    </>
  );
}

/** What the plan does not know: more may be there than it names. */
function Unseen({ plans }: { plans: Plans }) {
  const told = [...plans.unread, ...plans.unknown];
  if (told.length === 0 && plans.left_out === 0) return null;
  return (
    <section className="notice" data-tone="warn">
      <p>
        <strong>There may be more.</strong>
      </p>
      <ul>
        {told.slice(0, 50).map((one) => (
          <li key={one} className="wrap">
            <Told>{one}</Told>
          </li>
        ))}
        {plans.left_out > 0 && <li>{several(plans.left_out, "model")} that AWS offers, that nobody calls and nobody is known to be allowed to call</li>}
      </ul>
    </section>
  );
}

export function Totals({ of }: { of: Bound }) {
  const all: [string, string][] = [
    ["calls", count(of.requests)],
    ["tokens in", count(of.input_tokens)],
    ["tokens out", count(of.output_tokens)],
    ["at most", money(of.usd)],
  ];
  return (
    <dl className="totals">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function TargetItem({ of }: { of: PlanOfTarget }) {
  return (
    <li>
      <div className="row">
        <strong className="wrap grow">{shortArn(of.target)}</strong>
        {!of.runs && <Badge word="not allowed" tone="warn" />}
        <span className="numbers">{money(of.bound.usd)}</span>
      </div>
      <span className="quiet small wrap">
        {[of.kind, of.region, of.surface, of.guardrail ? `guardrail ${of.guardrail}` : "no guardrail", several(of.bound.requests, "call"), of.calls_seen > 0 ? `${count(of.calls_seen)} calls seen on the map` : ""].filter(Boolean).join(" · ")}
      </span>
      <span className="quiet small wrap">
        Price: <Told>{of.price_source}</Told>
      </span>
      {!of.runs && (
        <p className="small">
          <Told>Name it as a target, or allow it in `[probe] allow` of `sightline.toml`.</Told>
        </p>
      )}
      <details>
        <summary>{several(of.probes.length, "prompt")}</summary>
        <ul className="small probes">
          {of.probes.slice(0, NAMED).map((probe) => (
            <li key={`${probe.pack}/${probe.id}`}>
              <span className="wrap">{probe.title || probe.id}</span>
              <span className="quiet">
                {probe.family}, {several(probe.trials, "time")}, {money(probe.usd)}
              </span>
            </li>
          ))}
          {of.probes.length > NAMED && <li className="quiet">and {several(of.probes.length - NAMED, "more", "more")}</li>}
        </ul>
      </details>
    </li>
  );
}
