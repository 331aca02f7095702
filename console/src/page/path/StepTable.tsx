import { useMemo } from "react";
import { rowsOf } from "../../api/page";
import type { EdgePath, PathStep } from "../../api/types";
import { type Column, DataTable } from "../../part/DataTable";
import { useFilters } from "../../part/filters";
import { spaced } from "../../part/words";
import { ControlStrip } from "../map/ControlStrip";

interface Row extends PathStep {
  place: number;
  leads_to: string;
}

const COLUMNS: Column<Row>[] = [
  { id: "place", name: "Step", value: (row) => row.place, number: true, min: 58 },
  { id: "part", name: "Part", value: (row) => spaced(row.part), min: 88 },
  { id: "kind", name: "Kind", value: (row) => (row.is_known ? row.kind : `${row.kind} (not known)`), min: 150 },
  { id: "title", name: "Name", value: (row) => row.title, grows: true, min: 150 },
  { id: "about", name: "About", value: (row) => row.about, grows: true, min: 140 },
  { id: "controls", name: "Controls", value: (row) => Object.entries(row.controls).map(([name, state]) => `${spaced(name)}: ${state}`).join(", "), show: (row) => <ControlStrip controls={row.controls} />, min: 110 },
  { id: "leads_to", name: "Leads to", value: (row) => row.leads_to, grows: true, min: 140 },
  { id: "arn", name: "ARN", value: (row) => row.arn, grows: true, min: 150 },
];

/** The same as the picture, as rows. */
export function StepTable({ path }: { path: EdgePath }) {
  const { search, set } = useFilters();
  const rows = useMemo(() => {
    const titles = new Map(path.steps.map((step) => [step.id, step.title]));
    const next = (id: string) => path.links.filter((link) => link.source === id).map((link) => titles.get(link.target) ?? link.target);
    return rowsOf(path.steps.map((step, place): Row => ({ ...step, place: place + 1, leads_to: next(step.id).join(", ") })));
  }, [path]);
  return (
    <DataTable
      name="Steps"
      of={rows}
      columns={COLUMNS}
      id={(row) => row.id}
      sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
      empty="Nothing is known of this way."
    />
  );
}
