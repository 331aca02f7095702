import { useRows, type Rows } from "../../api/page";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { useFilters } from "../../part/filters";
import { count, moment, money, shortArn } from "../../part/words";
import { guardrailOf, type Run } from "./told";

const COLUMNS: Column<Run>[] = [
  { id: "target", name: "Target", value: (row) => row.target, show: (row) => shortArn(row.target), grows: true, min: 220 },
  { id: "guardrail", name: "Guardrail", value: (row) => guardrailOf(row) || "none", min: 150 },
  { id: "surface", name: "Asked by", value: (row) => row.settings?.surface ?? "", min: 120 },
  { id: "status", name: "Status", value: (row) => row.status, show: (row) => <Badge word={row.status} />, min: 110 },
  { id: "done", name: "Attempts", value: (row) => row.done, show: (row) => `${count(row.done)} of ${count(row.planned)}`, number: true, min: 120 },
  { id: "spent", name: "Cost at most", value: (row) => row.spent_usd, show: (row) => `${money(row.spent_usd)} of ${money(row.max_usd)}`, number: true, min: 160 },
  { id: "started_at", name: "Began, UTC", value: (row) => row.started_at, show: (row) => moment(row.started_at), min: 164 },
];

export function RunList({ rows }: { rows: Rows<Run> }) {
  const { search, set } = useFilters();
  return (
    <div className="stack fills">
      <Running />
      <DataTable
        name="Runs"
        of={rows}
        columns={COLUMNS}
        id={(row) => row.run_id}
        open={(row) => set({ run: row.run_id }, { push: true })}
        opened={search["run"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Plan one under “Plan and run”: it shows what would be sent and what that can cost at most, and sends nothing. On the command line, `sightline probe plan` does the same."
      />
    </div>
  );
}

/** The job that probes now; the server's events keep it fresh. */
function Running() {
  const { set } = useFilters();
  const jobs = useRows("/api/v1/jobs", { kind: "probe", status: "running" });
  return jobs.rows.map((job) => (
    <div className="notice row" key={job.id}>
      <span className="grow">
        <strong>Probes run now.</strong> {job.progress.stage}, {count(job.progress.done)} of {count(job.progress.total)} calls
      </span>
      <button type="button" className="button small" onClick={() => set({ job: job.id }, { push: true })}>
        Watch
      </button>
    </div>
  ));
}
