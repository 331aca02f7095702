import { useOne } from "../../api/page";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Drawer } from "../../part/Drawer";
import { Facts } from "../../part/Facts";
import { Prose, Told } from "../../part/Prose";
import { Answer } from "../../part/State";
import { moment, money, several } from "../../part/words";
import { type Family, outcomes, type Prompt, type RunReport, share } from "./told";

export function RunDrawer({ id, close }: { id: string; close: () => void }) {
  const run = useOne("/api/v1/probe-runs/{run_id}", {}, { run_id: id });
  return (
    <Drawer title={`Run ${id}`} close={close}>
      <Answer of={run}>{(data) => <Body of={data} />}</Answer>
    </Drawer>
  );
}

function Body({ of: { run, findings } }: { of: RunReport }) {
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
      {findings.some((finding) => finding.status === "fail") && (
        <section className="stack">
          <h3>What follows</h3>
          <ul className="list">
            {findings
              .filter((finding) => finding.status === "fail")
              .map((finding) => (
                <FindingItem key={finding.fingerprint} of={finding} />
              ))}
          </ul>
        </section>
      )}
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

function FindingItem({ of }: { of: RunReport["findings"][number] }) {
  return (
    <li>
      <div className="row">
        <Badge word={of.severity} />
        <strong className="wrap">{of.title}</strong>
      </div>
      <p className="wrap">
        <Told>{of.reason}</Told>
      </p>
      {of.fix.length > 0 && (
        <details>
          <summary>How to mend it</summary>
          <div className="stack">
            {of.fix.map((fix) => (fix.language === "text" ? <Prose key={fix.text}>{fix.text}</Prose> : <Code key={fix.language + fix.text} language={fix.language} text={fix.text} name={`Copy ${fix.language}`} />))}
          </div>
        </details>
      )}
    </li>
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
        {outcomes({ ...of.outcomes })}
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
