import { useId, useState } from "react";
import { useOne } from "../../api/page";
import { Drawer } from "../../part/Drawer";
import { Answer } from "../../part/State";
import { moment, several, shortArn } from "../../part/words";
import type { Change, Compared, Run } from "./told";

export function Compare({ runs, close }: { runs: Run[]; close: () => void }) {
  const [before, setBefore] = useState(runs.find((run) => !run.guardrail_id)?.run_id ?? runs[1]?.run_id ?? "");
  const [after, setAfter] = useState(runs.find((run) => run.guardrail_id && run.run_id !== before)?.run_id ?? runs.find((run) => run.run_id !== before)?.run_id ?? "");
  const compared = useOne("/api/v1/probe-runs/compare", { before, after });
  return (
    <Drawer title="Two runs beside each other" close={close}>
      <Choice name="Before: without the guardrail, or the earlier one" runs={runs} value={before} choose={setBefore} />
      <Choice name="After" runs={runs} value={after} choose={setAfter} />
      <Answer of={compared}>{(data) => <Body of={data as unknown as Compared} />}</Answer>
    </Drawer>
  );
}

function Choice({ name, runs, value, choose }: { name: string; runs: Run[]; value: string; choose: (id: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      <select id={id} value={value} onChange={(event) => choose(event.target.value)}>
        {runs.map((run) => (
          <option key={run.run_id} value={run.run_id}>
            {shortArn(run.target).slice(0, 60)}, {run.guardrail_id ? `guardrail ${run.guardrail_id}` : "no guardrail"}, {moment(run.started_at)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Body({ of }: { of: Compared }) {
  return (
    <>
      <section className="stack">
        <h3>Attacks</h3>
        <Told of={of.attacks} />
        <h3>Plain work that was refused</h3>
        <Told of={of.over_refusal} />
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

function Told({ of }: { of: Change }) {
  const sure = of.p < 0.05;
  return (
    <p>
      Of {several(of.pairs, "prompt")} that both settled, {of.only_before} are mended and {of.only_after} are worse; {of.both} went wrong in both. {sure ? `Chance alone does not explain it (p = ${of.p.toPrecision(2)}).` : `It may be chance (p = ${of.p.toPrecision(2)}).`}
    </p>
  );
}
