import { useRows } from "../../api/page";
import type { BlindSpot, Coverage } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { Check, Distinct, FilterBar, Pick } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { Page } from "../../shell/Page";
import { TabSet } from "../../part/TabSet";
import { CoverageDrawer, SpotDrawer } from "./drawers";

export default function CoveragePage() {
  const { search, set } = useFilters();
  const tab = search["tab"] === "calls" ? "calls" : "spots";
  return (
    <Page title="Coverage" about="What could be seen, and what not. Nothing that could not be looked at counts as fine.">
      <TabSet
        className="fills"
        name="Coverage"
        chosen={tab}
        choose={(next) => set({ tab: next === "spots" ? undefined : next, outcome: undefined, all: undefined, plane: undefined, table: undefined, sort: undefined })}
        tabs={[
          { id: "spots", name: "Blind spots of the map", content: <Spots /> },
          { id: "calls", name: "Calls of the scans", content: <Calls /> },
        ]}
      />
    </Page>
  );
}

const SPOT_FILTERS = ["all", "plane", "account", "region"] as const;
const SPOTS: Column<BlindSpot>[] = [
  { id: "lost", name: "What cannot be seen", value: (row) => row.lost || row.reason, grows: true, min: 240 },
  { id: "sight", name: "Sight", value: (row) => row.sight, show: (row) => <Badge word={row.sight} />, min: 90 },
  { id: "plane", name: "Plane", value: (row) => row.plane, min: 150 },
  { id: "telemetry", name: "Telemetry", value: (row) => row.telemetry, min: 165 },
  { id: "account_id", name: "Account", value: (row) => row.account_id, min: 132 },
  { id: "region", name: "Region", value: (row) => row.region, min: 105 },
  { id: "seen_since", name: "Seen since", value: (row) => row.seen_since, show: (row) => row.seen_since?.slice(0, 10) ?? "–", min: 110 },
];

function Spots() {
  const { search, set } = useFilters();
  const query = only(search, SPOT_FILTERS);
  const rows = useRows("/api/v1/blind-spots", query);
  const opened = rows.rows.find((row) => row.spot_id === search["spot"]);
  return (
    <div className="stack fills">
      <FilterBar names={SPOT_FILTERS}>
        <Distinct filter="plane" name="Plane" values={rows.rows.map((row) => row.plane)} />
        <Distinct filter="account" name="Account" values={rows.rows.map((row) => row.account_id)} />
        <Distinct filter="region" name="Region" values={rows.rows.map((row) => row.region)} />
        <Check filter="all" name="Also what is seen" />
      </FilterBar>
      <DataTable
        name="Blind spots"
        of={rows}
        columns={SPOTS}
        id={(row) => row.spot_id}
        open={(row) => set({ spot: row.spot_id }, { push: true })}
        opened={search["spot"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="None is known under these filters. `sightline blindspots` looks for them after a scan."
      />
      {opened && <SpotDrawer of={opened} close={() => set({ spot: undefined })} />}
    </div>
  );
}

const CALL_FILTERS = ["outcome", "table", "account", "region"] as const;
const CALLS: Column<Coverage>[] = [
  { id: "table_name", name: "Table", value: (row) => row.table_name, grows: true, min: 200 },
  { id: "outcome", name: "Outcome", value: (row) => row.outcome, show: (row) => <Badge word={row.outcome} />, min: 110 },
  { id: "operation", name: "Call", value: (row) => row.operation, grows: true, min: 180 },
  { id: "error_code", name: "Error", value: (row) => row.error_code, min: 120 },
  { id: "account_id", name: "Account", value: (row) => row.account_id, min: 120 },
  { id: "region", name: "Region", value: (row) => row.region, min: 105 },
  { id: "rows", name: "Rows", value: (row) => row.rows, number: true, min: 70 },
];

const callId = (row: Coverage) => [row.account_id, row.region, row.table_name, row.operation, row.target].join(" ");

function Calls() {
  const { search, set } = useFilters();
  const query = only(search, CALL_FILTERS);
  const rows = useRows("/api/v1/coverage", query);
  const opened = rows.rows.find((row) => callId(row) === search["call"]);
  return (
    <div className="stack fills">
      <FilterBar names={CALL_FILTERS}>
        <Pick filter="outcome" name="Outcome" all="All that lack something" choices={["denied", "throttled", "failed", "skipped", "unsupported", "ok"]} />
        <Distinct filter="table" name="Table" values={rows.rows.map((row) => row.table_name)} />
        <Distinct filter="account" name="Account" values={rows.rows.map((row) => row.account_id)} />
        <Distinct filter="region" name="Region" values={rows.rows.map((row) => row.region)} />
      </FilterBar>
      <DataTable
        name="Calls"
        of={rows}
        columns={CALLS}
        id={callId}
        open={(row) => set({ call: callId(row) }, { push: true })}
        opened={search["call"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Every call was answered, or there was no scan yet: `sightline scan` reads the account, and keeps here how each call ended."
      />
      {opened && <CoverageDrawer of={opened} close={() => set({ call: undefined })} />}
    </div>
  );
}
