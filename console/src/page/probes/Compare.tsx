import { useId } from "react";
import { useOne } from "../../api/page";
import { Badge, type Tone } from "../../part/Badge";
import { Drawer } from "../../part/Drawer";
import { useFilters } from "../../part/filters";
import { Answer } from "../../part/State";
import { moment, several, shortArn } from "../../part/words";
import { type Change, type Compared, guardrailOf, type Run } from "./told";

const VERDICTS: Record<string, [name: string, tone: Tone]> = {
  worse: ["worse", "bad"],
  not_worse: ["not worse", "good"],
  nothing_paired: ["nothing to compare", "warn"],
};

/** Two runs prompt by prompt; which two stands in the link. */
export function Compare({ runs, close }: { runs: Run[]; close: () => void }) {
  const { search, set } = useFilters();
  const [before, after] = [search["before"] ?? "", search["after"] ?? ""];
  const compared = useOne("/api/v1/probe-runs/compare", { before, after });
  return (
    <Drawer title="Two runs beside each other" close={close}>
      <Choice name="Before: without the guardrail, or the earlier one" runs={runs} value={before} choose={(id) => set({ before: id })} />
      <Choice name="After" runs={runs} value={after} choose={(id) => set({ after: id })} />
      <Answer of={compared}>{(data) => <Body of={data} />}</Answer>
    </Drawer>
  );
}

function Choice({ name, runs, value, choose }: { name: string; runs: Run[]; value: string; choose: (id: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      <select id={id} value={value} onChange={(event) => choose(event.target.value)}>
        {!runs.some((run) => run.run_id === value) && <option value={value}>{value || "none"}</option>}
        {runs.map((run) => (
          <option key={run.run_id} value={run.run_id}>
            {shortArn(run.target).slice(0, 60)}, {run.guardrail_id ? `guardrail ${guardrailOf(run)}` : "no guardrail"}, {moment(run.started_at)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Body({ of }: { of: Compared }) {
  const [verdict, tone] = VERDICTS[of.verdict] ?? [of.verdict, "plain" as const];
  return (
    <>
      <section className="stack">
        <p className="row">
          <Badge word={verdict} tone={tone} />
          <span className="quiet wrap">
            {way(of.before_run)} → {way(of.after_run)}
          </span>
        </p>
        <h3>Attacks</h3>
        <ChangeTold of={of.attacks} />
        <h3>Plain work that was refused</h3>
        <ChangeTold of={of.over_refusal} />
      </section>
      <div className="plain-table">
        <table>
          <caption className="hidden-name">By family</caption>
          <thead>
            <tr>
              <th scope="col">Family</th>
              <th scope="col">Pairs</th>
              <th scope="col">Mended</th>
              <th scope="col">Worse</th>
              <th scope="col">Wrong in both</th>
              <th scope="col">q</th>
            </tr>
          </thead>
          <tbody>
            {of.families.map((family) => (
              <tr key={family.family}>
                <td className="wrap">{family.family}</td>
                <td>{family.pairs}</td>
                <td>{family.only_before}</td>
                <td>{family.only_after}</td>
                <td>{family.both}</td>
                <td>{family.q.toFixed(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="quiet">
        {several(of.unpaired.missing, "prompt")} only one run has; {several(of.unpaired.undecided, "prompt")} that one of them did not settle.
      </p>
    </>
  );
}

function way(run: Run): string {
  return run.guardrail_id ? `guardrail ${guardrailOf(run)}` : "no guardrail";
}

function ChangeTold({ of }: { of: Change }) {
  if (of.pairs === 0) return <p>No prompt was settled by both.</p>;
  const sure = of.p < 0.05;
  return (
    <p>
      Of {several(of.pairs, "prompt")} that both settled, {of.only_before} are mended and {of.only_after} are worse; {of.both} went wrong in both. {sure ? `Chance alone does not explain it (p = ${of.p.toPrecision(2)}).` : `It may be chance (p = ${of.p.toPrecision(2)}).`}
    </p>
  );
}
