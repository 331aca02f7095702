import { useRows } from "../../api/page";
import type { Case } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { Distinct, FilterBar, Pick } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { count, moment, rank, SEVERITIES, shortArn } from "../../part/words";
import { Page } from "../../shell/Page";
import { CaseDrawer } from "./CaseDrawer";

const FILTERS = ["severity", "account", "identity"] as const;

const COLUMNS: Column<Case>[] = [
  { id: "title", name: "Case", value: (row) => row.title, grows: true, min: 240 },
  { id: "severity", name: "Severity", value: (row) => rank(row.severity), show: (row) => <Badge word={row.severity} />, min: 96 },
  { id: "identity", name: "Who", value: (row) => row.identity_arn, show: (row) => shortArn(row.identity_arn), min: 150 },
  { id: "signals", name: "Signals", value: (row) => row.signals?.length, number: true, min: 80 },
  { id: "events", name: "Events", value: (row) => row.events, show: (row) => count(row.events), number: true, min: 80 },
  { id: "last_seen", name: "Last seen, UTC", value: (row) => row.last_seen, show: (row) => moment(row.last_seen), min: 164 },
];

export default function Cases() {
  const { search, set } = useFilters();
  const query = only(search, FILTERS);
  const rows = useRows("/api/v1/cases", query);
  return (
    <Page title="Detections" about="Abuse of models as the logs tell it: one case for one actor and time, with all that was seen.">
      <FilterBar names={FILTERS}>
        <Pick filter="severity" name="Severity" all="Any severity" choices={SEVERITIES.slice(0, -1).map((value) => ({ value, name: value === "critical" ? value : `${value} or worse` }))} />
        <Distinct filter="identity" name="Identity" values={rows.rows.map((row) => row.identity_arn)} />
        <Distinct filter="account" name="Account" values={rows.rows.map((row) => row.account_id)} />
      </FilterBar>
      <DataTable
        name="Cases"
        of={rows}
        columns={COLUMNS}
        id={(row) => row.case_id}
        open={(row) => set({ case: row.case_id }, { push: true })}
        opened={search["case"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Nobody's doings in the logs made a case. Detections need logs: `sightline ingest`, then `sightline detect`. Which of them lack their telemetry stands under Coverage."
      />
      {search["case"] && <CaseDrawer key={search["case"]} id={search["case"]} close={() => set({ case: undefined })} />}
    </Page>
  );
}
