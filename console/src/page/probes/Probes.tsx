import { useMemo, useState } from "react";
import { rowsOf, useOne } from "../../api/page";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { type Column, DataTable } from "../../part/DataTable";
import { useFilters } from "../../part/filters";
import { count, moment, money, shortArn } from "../../part/words";
import { Page } from "../../shell/Page";
import { Compare } from "./Compare";
import { RunDrawer } from "./RunDrawer";
import type { Run } from "./told";

const COLUMNS: Column<Run>[] = [
  { id: "target", name: "Target", value: (row) => row.target, show: (row) => shortArn(row.target), grows: true, min: 220 },
  { id: "guardrail", name: "Guardrail", value: (row) => (row.guardrail_id ? `${row.guardrail_id}:${row.guardrail_version}` : "none"), min: 150 },
  { id: "status", name: "Status", value: (row) => row.status, show: (row) => <Badge word={row.status} />, min: 110 },
  { id: "done", name: "Attempts", value: (row) => row.done, show: (row) => `${count(row.done)} of ${count(row.planned)}`, number: true, min: 120 },
  { id: "spent", name: "Spent", value: (row) => row.spent_usd, show: (row) => `${money(row.spent_usd)} of ${money(row.max_usd)}`, number: true, min: 150 },
  { id: "started_at", name: "Began, UTC", value: (row) => row.started_at, show: (row) => moment(row.started_at), min: 164 },
];

export default function Probes() {
  const { search, set } = useFilters();
  const [comparing, setComparing] = useState(false);
  const found = useOne("/api/v1/probe-runs", { limit: "1000" });
  const runs = (found.data as { items?: Run[] } | undefined)?.items;
  const rows = useMemo(() => rowsOf(runs ?? [], found), [runs, found]);
  return (
    <Page
      title="Probes"
      about="How models answered to prompts that attack them, with and without their guardrail. Errors and what nobody could decide never count as held."
      actions={
        <button type="button" className="button" disabled={rows.rows.length < 2} onClick={() => setComparing(true)}>
          Compare two runs…
        </button>
      }
    >
      <DataTable
        name="Runs"
        of={rows}
        columns={COLUMNS}
        id={(row) => row.run_id}
        open={(row) => set({ run: row.run_id }, { push: true })}
        opened={search["run"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Probes cost money and attack a model, so they begin on the command line alone: `sightline probe plan` shows what a run would send and cost, `sightline probe run` sends it."
      />
      {rows.rows.length > 0 && (
        <details>
          <summary>How to run one</summary>
          <Code language="shell" text={"sightline probe plan --target MODEL --pack direct-injection\nsightline probe run --target MODEL --pack direct-injection --max-usd 1"} />
        </details>
      )}
      {search["run"] && <RunDrawer key={search["run"]} id={search["run"]} close={() => set({ run: undefined })} />}
      {comparing && <Compare runs={rows.rows} close={() => setComparing(false)} />}
    </Page>
  );
}
