import { useMemo, useState } from "react";
import { rowsOf } from "../../api/page";
import type { QueryAnswer } from "../../api/types";
import { type Column, DataTable } from "../../part/DataTable";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";

type Row = { place: number; values: Record<string, unknown> };

function text(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function Result({ of }: { of: QueryAnswer }) {
  const [sort, setSort] = useState<string>();
  const [opened, setOpened] = useState<Row>();
  const columns = useMemo<Column<Row>[]>(
    () =>
      of.columns.map(({ name, type }, place) => ({
        id: `${place}`,
        name,
        value: (row) => text(row.values[name]),
        number: type === "int" || type === "float",
        min: 140,
      })),
    [of],
  );
  const rows = useMemo(() => rowsOf<Row>(of.rows.map((values, place) => ({ place, values }))), [of]);
  return (
    <>
      {of.truncated && <p className="notice" data-tone="warn">There are more rows than one answer may have. Add a LIMIT or a WHERE.</p>}
      <DataTable
        name="Rows"
        of={rows}
        columns={columns}
        id={(row) => `${row.place}`}
        open={setOpened}
        opened={opened && `${opened.place}`}
        sorting={{ sort, setSort }}
        plain={(row) => row.values}
        empty="The query ran and found nothing."
      />
      {opened && (
        <Drawer title={`Row ${opened.place + 1}`} close={() => setOpened(undefined)}>
          <Facts of={of.columns.map(({ name }) => [name, <Mono key={name}>{String(text(opened.values[name]) ?? "NULL")}</Mono>])} />
        </Drawer>
      )}
    </>
  );
}
