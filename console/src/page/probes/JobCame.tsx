import { Link } from "@tanstack/react-router";
import { Told } from "../../part/Prose";
import { count, money, shortArn } from "../../part/words";
import { type Came, outcomes } from "./told";

/** What a job of probes came to: its runs, each to be opened, and those with and without a guardrail beside each other. */
export function JobCame({ came }: { came: Came }) {
  return (
    <section className="stack">
      <h3>What it came to</h3>
      <ul className="list">
        {came.runs.map((run) => {
          const without = run.guardrail ? came.runs.find((other) => other.target === run.target && !other.guardrail) : undefined;
          return (
            <li key={run.run_id}>
              <Link to="/probes" search={{ run: run.run_id }} className="wrap">
                {shortArn(run.target)}, {run.guardrail ? `guardrail ${run.guardrail}` : "no guardrail"}
              </Link>
              <span className="quiet small wrap">
                {count(run.attempted)} of {count(run.planned)} calls, {money(run.usd_at_most)} at most; {outcomes(run.outcomes) || "nothing was settled"}
              </span>
              {run.stopped && (
                <p className="small wrap">
                  Ended early: <Told>{run.stopped}</Told>
                </p>
              )}
              {without && (
                <Link to="/probes" search={{ before: without.run_id, after: run.run_id }} className="small">
                  Compare without and with the guardrail
                </Link>
              )}
            </li>
          );
        })}
      </ul>
      {came.runs.length === 0 && <p className="quiet">No call was made.</p>}
      {came.not_probed.length > 0 && (
        <ul className="list">
          {came.not_probed.map((one, place) => (
            <li key={place} className="wrap">
              {one.target}: <Told>{one.why}</Told>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
