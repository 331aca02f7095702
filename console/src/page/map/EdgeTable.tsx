import type { Edge } from "../../api/types";
import type { Rows } from "../../api/page";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { useFilters } from "../../part/filters";
import { compact, moment, money, spaced } from "../../part/words";
import { ControlStrip } from "./ControlStrip";

const COLUMNS: Column<Edge>[] = [
  { id: "workload_title", name: "From", value: (edge) => `${edge.workload_title || edge.workload_arn} (${spaced(edge.workload_kind)})`, grows: true, min: 170 },
  { id: "target_title", name: "To", value: (edge) => edge.target_title || edge.target_arn, grows: true, min: 170 },
  { id: "path", name: "Path", value: (edge) => spaced(edge.path), min: 132 },
  { id: "protected", name: "Protected", value: (edge) => edge.protected, show: (edge) => <Badge word={edge.protected} />, min: 112 },
  {
    id: "controls",
    name: "Controls",
    value: (edge) => Object.values(edge.controls).filter((state) => state !== "yes").length,
    show: (edge) => <ControlStrip controls={edge.controls} />,
    grows: true,
    min: 164,
  },
  { id: "calls", name: "Calls", value: (edge) => edge.calls, show: (edge) => compact(edge.calls), number: true, min: 76 },
  { id: "cost_usd", name: "Cost", value: (edge) => edge.cost_usd, show: (edge) => money(edge.cost_usd), number: true, min: 92 },
  { id: "last_seen", name: "Last seen", value: (edge) => edge.last_seen, show: (edge) => moment(edge.last_seen).slice(0, 10), min: 106 },
];

export function EdgeTable({ rows }: { rows: Rows<Edge> }) {
  const { search, set } = useFilters();
  return (
    <DataTable
      name="Edges"
      of={rows}
      columns={COLUMNS}
      id={(edge) => edge.edge_id}
      open={(edge) => set({ edge: edge.edge_id }, { push: true })}
      opened={search["edge"]}
      sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
      empty="Clear the filters. If the map is empty without any, read logs with `sightline ingest`, then run `sightline map`."
    />
  );
}
