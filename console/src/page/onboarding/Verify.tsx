import { useMutation, useQuery } from "@tanstack/react-query";
import { send, get } from "../../api/http";
import type { Prerequisite, Work } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Failure } from "../../part/State";
import { words } from "../../part/words";
import type { Account } from "./AccountForm";
import { Verdicts } from "./Verdicts";

/** Has the server look, as a job, and shows what it says. */
export function Verify({ of, account }: { of: Prerequisite; account: Account }) {
  const begin = useMutation({
    mutationFn: () =>
      send("post", "/api/v1/jobs", {}, {
        kind: "verify",
        prerequisites: [of.id],
        credentials: { role_arn: account.role_arn.trim() || null, external_id: account.external_id.trim() || null, regions: words(account.regions) },
        parameters: { principal: account.principal.trim() || null, scanner_external_id: account.external_id.trim() || null },
      } as unknown as Work),
  });
  const id = begin.data?.id ?? "";
  const job = useQuery({
    queryKey: ["/api/v1/jobs/{id}", { id }, {}],
    queryFn: () => get("/api/v1/jobs/{id}", {}, { id }),
    enabled: id !== "",
    refetchInterval: (query) => (query.state.data && query.state.data.status !== "running" ? false : 1000),
  });
  const running = begin.isPending || job.data?.status === "running";
  return (
    <section className="stack">
      <div className="row">
        <h3 className="grow">Is it there?</h3>
        <button type="button" className="button primary" disabled={running} onClick={() => begin.mutate()}>
          {running ? "Asking the account…" : "Verify"}
        </button>
      </div>
      <div aria-live="polite" className="stack">
        {begin.error || job.error ? <Failure error={begin.error ?? job.error} /> : null}
        {job.data && job.data.status !== "running" && (
          <>
            {job.data.status !== "succeeded" && (
              <div className="row">
                <Badge word={job.data.status} />
                <span className="wrap">{job.data.error}</span>
              </div>
            )}
            {Array.isArray(job.data.result) && <Verdicts of={job.data.result} />}
          </>
        )}
      </div>
    </section>
  );
}
