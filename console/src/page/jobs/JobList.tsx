import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useRows } from "../../api/page";
import type { Job } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { FilterBar, Pick } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { moment } from "../../part/words";
import { JobDrawer } from "./JobDrawer";
import { KINDS, NewJob } from "./NewJob";

const FILTERS = ["kind", "status"] as const;
const COLUMNS: Column<Job>[] = [
  { id: "kind", name: "Job", value: (row) => row.kind, min: 110 },
  { id: "status", name: "Status", value: (row) => row.status, show: (row) => <Badge word={row.status} />, min: 116 },
  { id: "progress", name: "Progress", value: progress, grows: true, min: 220 },
  { id: "account", name: "As", value: (row) => row.account, grows: true, min: 120 },
  { id: "created_at", name: "Began, UTC", value: (row) => row.created_at, show: (row) => moment(row.created_at), min: 164 },
  { id: "finished_at", name: "Ended, UTC", value: (row) => row.finished_at, show: (row) => moment(row.finished_at), min: 164 },
];

function progress(row: Job): string {
  if (row.error) return row.error;
  const { stage, done, total } = row.progress;
  return [stage, total > 0 ? `${done} of ${total}` : done > 0 ? `${done}` : ""].filter(Boolean).join(": ");
}

/** While a job runs, the list is read anew. */
function useFreshJobs(running: boolean) {
  const queries = useQueryClient();
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => void queries.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/jobs") }), 2000);
    return () => clearInterval(timer);
  }, [running, queries]);
}

export function JobList() {
  const { search, set } = useFilters();
  const [making, setMaking] = useState(false);
  const rows = useRows("/api/v1/jobs", only(search, FILTERS));
  useFreshJobs(rows.rows.some((row) => row.status === "running"));
  return (
    <div className="stack fills">
      <div className="row">
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          New job…
        </button>
        <FilterBar names={FILTERS}>
          <Pick filter="kind" name="Kind" choices={[...Object.keys(KINDS), "probe"]} />
          <Pick filter="status" name="Status" choices={["running", "succeeded", "incomplete", "failed", "cancelled", "interrupted"]} />
        </FilterBar>
      </div>
      <DataTable
        name="Jobs"
        of={rows}
        columns={COLUMNS}
        id={(row) => row.id}
        open={(row) => set({ job: row.id }, { push: true })}
        opened={search["job"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Begin with a scan, which reads the account's inventory; then read logs, and make the map."
      />
      {making && <NewJob close={() => setMaking(false)} />}
      {search["job"] && <JobDrawer key={search["job"]} id={search["job"]} close={() => set({ job: undefined })} />}
    </div>
  );
}
