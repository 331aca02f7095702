import { useOne } from "../../api/page";
import { Badge } from "../../part/Badge";
import { Drawer } from "../../part/Drawer";
import { Facts } from "../../part/Facts";
import { Answer } from "../../part/State";
import { moment, money, several } from "../../part/words";
import { type Family, type Prompt, type RunReport, share } from "./told";

export function RunDrawer({ id, close }: { id: string; close: () => void }) {
  const run = useOne("/api/v1/probe-runs/{run_id}", {}, { run_id: id });
  return (
    <Drawer title={`Run ${id}`} close={close}>
      <Answer of={run}>{(data) => <Body of={data as unknown as RunReport} />}</Answer>
    </Drawer>
  );
}

function Body({ of: { run } }: { of: RunReport }) {
  const wrong = run.prompts.filter((prompt) => prompt.attempts.some((attempt) => attempt.status === "fail"));
  return (
    <>
      <Facts
        of={[
          ["Target", run.target],
          ["Guardrail", run.guardrail || "none"],
          ["Attempts", `${run.attempted} of ${run.planned}`],
          ["Cost", `${money(run.usd_at_most)} at most`],
          ["Began", `${moment(run.started_at)} UTC`],
          ["Ended early", run.stopped],
        ]}
      />
      <section className="stack">
        <h3>By family</h3>
        <ul className="list">
          {run.families.map((family) => (
            <FamilyItem key={family.family} of={family} />
          ))}
        </ul>
      </section>
      <section className="stack">
        <h3>{several(wrong.length, "prompt")} went wrong</h3>
        <ul className="list">
          {wrong.slice(0, 200).map((prompt) => (
            <PromptItem key={prompt.pack + prompt.probe_id} of={prompt} />
          ))}
        </ul>
      </section>
    </>
  );
}

function FamilyItem({ of }: { of: Family }) {
  return (
    <li>
      <div className="row">
        <strong className="grow">{of.family}</strong>
        <span>
          {of.prompts_wrong} of {of.prompts_decided} decided went wrong
        </span>
      </div>
      <span className="quiet small">
        {share(of.prompt_rate.low)} to {share(of.prompt_rate.high)} with 95 % confidence;{" "}
        {Object.entries(of.outcomes)
          .filter(([, number]) => number > 0)
          .map(([outcome, number]) => `${number} ${outcome.replaceAll("_", " ")}`)
          .join(", ")}
      </span>
    </li>
  );
}

function PromptItem({ of }: { of: Prompt }) {
  const attempt = of.attempts.find((one) => one.status === "fail");
  return (
    <li>
      <div className="row">
        <Badge word={of.severity} />
        <strong className="wrap">{of.title || of.probe_id}</strong>
      </div>
      <span className="quiet small wrap">
        {of.pack} / {of.probe_id}
        {of.technique && ` · ${of.technique}`}
      </span>
      {attempt && (
        <>
          <p className="wrap">{attempt.reason}</p>
          {(attempt.prompt || attempt.completion) && (
            <details>
              <summary>What was sent and what came back</summary>
              <pre className="said">{attempt.prompt}</pre>
              <pre className="said">{attempt.completion}</pre>
            </details>
          )}
        </>
      )}
    </li>
  );
}
