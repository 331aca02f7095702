import { useFilters } from "../../part/filters";
import { TabSet } from "../../part/TabSet";
import { Page } from "../../shell/Page";
import "../../style/probes.css";
import { JobDrawer } from "../jobs/JobDrawer";
import { Compare } from "./Compare";
import { Planning } from "./Planning";
import { RunDrawer } from "./RunDrawer";
import { RunList } from "./RunList";
import { useRuns } from "./runs";

export default function Probes() {
  const { search, set } = useFilters();
  const runs = useRuns();
  const comparing = search["before"] !== undefined || search["after"] !== undefined;
  return (
    <Page
      title="Probes"
      about="How models answer to prompts that attack them, with and without their guardrail. Errors and what nobody could decide never count as held."
      actions={
        <button type="button" className="button" disabled={runs.rows.length < 2} onClick={() => set(pair(runs.rows), { push: true })}>
          Compare two runs…
        </button>
      }
    >
      <TabSet
        className="fills"
        name="Probes"
        chosen={search["tab"] ?? "runs"}
        choose={(tab) => set({ tab: tab === "runs" ? undefined : tab, sort: undefined })}
        tabs={[
          { id: "runs", name: "Runs", content: <RunList rows={runs} /> },
          { id: "plan", name: "Plan and run", content: <Planning /> },
        ]}
      />
      {search["run"] && <RunDrawer key={search["run"]} id={search["run"]} close={() => set({ run: undefined })} />}
      {search["job"] && <JobDrawer key={search["job"]} id={search["job"]} close={() => set({ job: undefined })} />}
      {comparing && runs.rows.length > 0 && <Compare runs={runs.rows} close={() => set({ before: undefined, after: undefined })} />}
    </Page>
  );
}

/** The newest run with a guardrail, and the newest of the same target without; else the two newest. */
function pair(runs: ReturnType<typeof useRuns>["rows"]): { before: string | undefined; after: string | undefined } {
  const after = runs.find((run) => run.guardrail_id && runs.some((other) => other.target === run.target && !other.guardrail_id)) ?? runs[0];
  const before = runs.find((run) => run.target === after?.target && !run.guardrail_id && run !== after) ?? runs.find((run) => run !== after);
  return { before: before?.run_id, after: after?.run_id };
}
