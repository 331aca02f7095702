import { useOne, useRows } from "../../api/page";
import type { Finding } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { Check, Distinct, FilterBar, Pick, Search } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { rank, SEVERITIES } from "../../part/words";
import { Page } from "../../shell/Page";
import { FindingDrawer } from "./FindingDrawer";

const FILTERS = ["status", "severity", "select", "text", "account", "region", "muted"] as const;

const COLUMNS: Column<Finding>[] = [
  { id: "title", name: "Finding", value: (row) => row.title, grows: true, min: 240 },
  { id: "severity", name: "Severity", value: (row) => rank(row.severity), show: (row) => <Badge word={row.severity} />, min: 96 },
  { id: "status", name: "Status", value: (row) => row.status, show: (row) => <StatusBadge row={row} />, min: 110 },
  { id: "resource", name: "Resource", value: (row) => row.resource_title || row.resource, grows: true, min: 150 },
  { id: "account_id", name: "Account", value: (row) => row.account_id, min: 132 },
  { id: "region", name: "Region", value: (row) => row.region, min: 110 },
];

function StatusBadge({ row }: { row: Finding }) {
  return row.mute ? <Badge word={`${row.status}, muted`} tone="plain" /> : <Badge word={row.status} />;
}

export default function Findings() {
  const { search, set } = useFilters();
  const query = only(search, FILTERS);
  const frameworks = useOne("/api/v1/frameworks", { limit: "1000" });
  const rows = useRows("/api/v1/findings", query);
  return (
    <Page title="Findings" about="What checks say of each resource. What rests on something that could not be read is unknown, never a pass.">
      <FilterBar names={FILTERS}>
        <Pick filter="status" name="Status" all="Fail and unknown" choices={["fail", "unknown", "pass", "skip"]} />
        <Pick filter="severity" name="Severity" all="Any severity" choices={SEVERITIES.slice(0, -1).map((value) => ({ value, name: value === "critical" ? value : `${value} or worse` }))} />
        <Search filter="text" name="Resource or check" />
        <Pick filter="select" name="Framework" choices={(frameworks.data?.items ?? []).map((one) => ({ value: one.id, name: one.title || one.id }))} />
        <Distinct filter="account" name="Account" values={rows.rows.map((row) => row.account_id)} />
        <Distinct filter="region" name="Region" values={rows.rows.map((row) => row.region)} />
        <Check filter="muted" name="Also muted" />
      </FilterBar>
      <DataTable
        name="Findings"
        of={rows}
        columns={COLUMNS}
        id={(row) => row.fingerprint}
        open={(row) => set({ finding: row.fingerprint }, { push: true })}
        opened={search["finding"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Nothing that was looked at fails under these filters. Checks run after a scan: `sightline scan`, then `sightline findings`. What could not be read stands under Coverage."
      />
      {search["finding"] && <FindingDrawer key={search["finding"]} id={search["finding"]} close={() => set({ finding: undefined })} />}
    </Page>
  );
}
