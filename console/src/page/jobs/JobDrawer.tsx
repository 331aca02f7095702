import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send } from "../../api/http";
import { useOne } from "../../api/page";
import type { Job } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Answer, Failure } from "../../part/State";
import { moment } from "../../part/words";
import { JobCame } from "../probes/JobCame";
import { cameOf } from "../probes/told";
import { Verdicts } from "../onboarding/Verdicts";

export function JobDrawer({ id, close }: { id: string; close: () => void }) {
  const job = useOne("/api/v1/jobs/{id}", {}, { id });
  return (
    <Drawer title={job.data ? `Job: ${job.data.kind}` : "Job"} close={close}>
      <Answer of={job}>{(data) => <JobBody of={data} />}</Answer>
    </Drawer>
  );
}

function JobBody({ of }: { of: Job }) {
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (what: "cancel" | "resume") => send("post", `/api/v1/jobs/{id}/${what}`, { id: of.id }),
    onSuccess: () => queries.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/jobs") }),
  });
  const came = of.kind === "probe" ? cameOf(of.result) : null;
  const running = of.status === "running";
  const stopped = of.status === "interrupted" || of.status === "failed" || of.status === "cancelled";
  return (
    <>
      <div className="row">
        <Badge word={of.status} />
        <span className="grow" />
        {running && (
          <button type="button" className="button small danger" disabled={act.isPending} onClick={() => act.mutate("cancel")}>
            Cancel
          </button>
        )}
        {stopped && (
          <button type="button" className="button small primary" disabled={act.isPending} onClick={() => act.mutate("resume")}>
            Go on
          </button>
        )}
      </div>
      {act.error ? <Failure error={act.error} /> : null}
      {running && of.progress.total > 0 && <progress aria-label="Progress" max={of.progress.total} value={of.progress.done} />}
      {of.error && (
        <div className="notice" data-tone="bad">
          {of.error}
        </div>
      )}
      <Facts
        of={[
          ["Stage", of.progress.stage],
          ["Run", of.progress.run_id && <Mono>{of.progress.run_id}</Mono>],
          ["As", of.account],
          ["Asked for by", of.requested_by],
          ["Began", `${moment(of.created_at)} UTC`],
          ["Ended", of.finished_at ? `${moment(of.finished_at)} UTC` : ""],
          ["Goes on with", of.resumes ?? ""],
        ]}
      />
      {of.kind === "verify" && Array.isArray(of.result) ? (
        <Verdicts of={of.result} />
      ) : came ? (
        <JobCame came={came} />
      ) : of.result === null || of.result === undefined ? null : (
        <section className="stack">
          <h3>What it came to</h3>
          <Code language="json" text={JSON.stringify(of.result, null, 2)} />
        </section>
      )}
      <section className="stack">
        <h3>What was asked</h3>
        <Code language="json" text={JSON.stringify(of.arguments, null, 2)} />
      </section>
    </>
  );
}
