import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from "react";
import type { Rows } from "../api/page";
import { ExportButtons } from "./ExportButtons";
import { Empty, Failure, Loading } from "./State";
import { several } from "./words";

export interface Column<T> {
  id: string;
  name: string;
  /** what is sorted by and, as text, shown in the tip */
  value: (row: T) => string | number | null | undefined;
  /** what is shown instead of the value */
  show?: (row: T) => ReactNode;
  /** whether it takes of the room that is left */
  grows?: boolean;
  /** px that it needs */
  min?: number;
  number?: boolean;
}

export interface Sorting {
  sort: string | undefined;
  setSort: (sort: string | undefined) => void;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});
const ROW = 39;

/** A list: sorted, virtual, read by screen readers as a table, exported whole. Its rows open what they are about. */
export function DataTable<T extends object>({
  name,
  of,
  columns,
  id,
  open,
  opened,
  sorting,
  empty,
  plain,
}: {
  name: string;
  of: Rows<T>;
  columns: Column<T>[];
  id: (row: T) => string;
  open?: (row: T) => void;
  opened?: string | undefined;
  sorting: Sorting;
  /** what to do where there is nothing */
  empty: string;
  /** a row as it is exported; else as it is */
  plain?: (row: T) => object;
}) {
  const helper = useMemo(() => createColumnHelper<typeof features, T>(), []);
  const definitions = useMemo(
    () =>
      helper.columns(
        columns.map((column) =>
          helper.accessor((row) => column.value(row) ?? undefined, {
            id: column.id,
            header: column.name,
            sortUndefined: "last" as const,
            sortFn: column.number ? ("basic" as const) : ("alphanumeric" as const),
          }),
        ),
      ),
    [columns, helper],
  );
  const state = useMemo(
    () => ({ sorting: sorting.sort ? [{ id: sorting.sort.replace(/^-/, ""), desc: sorting.sort.startsWith("-") }] : [] }),
    [sorting.sort],
  );
  const table = useTable({ features, columns: definitions, data: of.rows, state, getRowId: id });
  const rows = table.getRowModel().rows;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (place) => rows[place]?.id ?? place,
  });
  const shown = virtual.getVirtualItems();
  const before = shown[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  const narrowest = columns.reduce((sum, column) => sum + (column.min ?? 90), 0);

  function step(event: KeyboardEvent<HTMLElement>) {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const from = Number((event.target as HTMLElement).closest("tr")?.dataset["place"] ?? Number.NaN);
    if (by === 0 || Number.isNaN(from)) return;
    event.preventDefault();
    const to = Math.min(Math.max(from + by, 0), rows.length - 1);
    virtual.scrollToIndex(to, { align: "auto" });
    requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`tr[data-place="${to}"] .link`)?.focus());
  }

  if (of.error && of.rows.length === 0) return <Failure error={of.error} retry={of.retry} />;
  return (
    <section className="table-card" aria-label={name}>
      <div className="table-scroll" ref={scroll} tabIndex={rows.length > 0 && !open ? 0 : undefined} role={open ? undefined : "group"} aria-label={open ? undefined : `${name}, scrolls`}>
        {of.loading ? (
          <Loading />
        ) : rows.length === 0 ? (
          <Empty title={`No ${name.toLowerCase()}`}>{empty}</Empty>
        ) : (
          <table aria-rowcount={rows.length + 1} style={{ minWidth: narrowest }}>
            <caption className="hidden-name">{name}</caption>
            <colgroup>
              {columns.map((column) => (
                <col key={column.id} style={column.grows ? undefined : { width: column.min ?? 90 }} />
              ))}
            </colgroup>
            <thead>
              <tr aria-rowindex={1}>
                {columns.map((column) => (
                  <Head key={column.id} column={column} sorting={sorting} />
                ))}
              </tr>
            </thead>
            <tbody onKeyDown={step}>
              {before > 0 && <Spacer height={before} columns={columns.length} />}
              {shown.map((item) => {
                const row = rows[item.index];
                if (!row) return null;
                return (
                  <tr
                    key={item.key}
                    aria-rowindex={item.index + 2}
                    data-place={item.index}
                    data-open={opened === row.id ? "" : undefined}
                    data-can-open={open ? "" : undefined}
                    onClick={open ? () => open(row.original) : undefined}
                  >
                    {columns.map((column, place) => (
                      <Cell key={column.id} column={column} row={row.original} open={place === 0 ? open : undefined} />
                    ))}
                  </tr>
                );
              })}
              {after > 0 && <Spacer height={after} columns={columns.length} />}
            </tbody>
          </table>
        )}
      </div>
      <div className="table-foot">
        <span role="status">{footing(of, name)}</span>
        {!of.whole && !of.loading && (
          <button type="button" className="button small" onClick={of.more} disabled={of.refreshing}>
            Load more
          </button>
        )}
        <span className="grow" />
        {rows.length > 0 && <ExportButtons name={name} all={async (tell) => (plain ? (await of.all(tell)).map(plain) : of.all(tell))} />}
      </div>
      {of.error && of.rows.length > 0 ? <Failure error={of.error} retry={of.more} /> : null}
    </section>
  );
}

function footing<T>(of: Rows<T>, name: string): string {
  if (of.loading) return "Loading…";
  const all = of.total ?? of.rows.length;
  if (of.whole) return several(of.rows.length, "row");
  return `First ${several(of.rows.length, "row")} of ${of.total === null ? "more" : all.toLocaleString("en")}; sorting is among these. Narrow the filters, or export all ${name.toLowerCase()}.`;
}

function Head<T>({ column, sorting }: { column: Column<T>; sorting: Sorting }) {
  const by = sorting.sort?.replace(/^-/, "") === column.id;
  const down = by && sorting.sort?.startsWith("-");
  const next = by ? (down === Boolean(column.number) ? (down ? column.id : `-${column.id}`) : undefined) : column.number ? `-${column.id}` : column.id;
  return (
    <th scope="col" className={column.number ? "number" : undefined} aria-sort={by ? (down ? "descending" : "ascending") : undefined}>
      <button type="button" onClick={() => sorting.setSort(next)}>
        <span className="cut">{column.name}</span>
        {by && <span aria-hidden="true">{down ? "↓" : "↑"}</span>}
      </button>
    </th>
  );
}

function Cell<T>({ column, row, open }: { column: Column<T>; row: T; open: ((row: T) => void) | undefined }) {
  const value = column.value(row);
  const content = column.show ? column.show(row) : (value ?? "–");
  return (
    <td className={column.number ? "number" : undefined} title={value === null || value === undefined ? undefined : String(value).slice(0, 500)}>
      {open ? (
        <button
          type="button"
          className="link"
          onClick={(event) => {
            event.stopPropagation();
            open(row);
          }}
        >
          {content}
        </button>
      ) : (
        content
      )}
    </td>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="spacer" aria-hidden="true">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}
