import { useDeferredValue, useState } from "react";
import { useOne } from "../../api/page";
import type { TableSummary } from "../../api/types";
import { Answer } from "../../part/State";

export function TableList({
  tables,
  put,
}: {
  tables: { data: { items: TableSummary[] } | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  put: (text: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const text = useDeferredValue(typed.trim().toLowerCase());
  return (
    <section className="card tables" aria-label="Tables">
      <input type="search" aria-label="Find a table" placeholder="Find a table" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Answer of={tables}>
        {(data) => (
          <ul>
            {data.items
              .filter((table) => table.name.includes(text))
              .slice(0, 400)
              .map((table) => (
                <li key={table.name}>
                  <TableItem table={table} put={put} />
                </li>
              ))}
          </ul>
        )}
      </Answer>
    </section>
  );
}

function TableItem({ table, put }: { table: TableSummary; put: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="mono" title={table.about ?? ""}>
        {table.name}
      </summary>
      {open && <Columns table={table} put={put} />}
    </details>
  );
}

function Columns({ table, put }: { table: TableSummary; put: (text: string) => void }) {
  const detail = useOne("/api/v1/tables/{name}", {}, { name: table.name });
  return (
    <Answer of={detail}>
      {(data) => (
        <ul className="columns">
          {table.about && <li className="quiet small">{table.about}</li>}
          <li>
            <button type="button" className="link" onClick={() => put(table.name)}>
              Put its name
            </button>
          </li>
          {data.columns.map((column) => (
            <li key={column.name}>
              <button type="button" className="link mono" onClick={() => put(column.name)}>
                {column.name}
              </button>
              <span className="quiet small">{column.type}</span>
            </li>
          ))}
        </ul>
      )}
    </Answer>
  );
}
