import { useMutation, useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { get, send } from "../../api/http";
import { useOne } from "../../api/page";
import type { TableSummary } from "../../api/types";
import { useFilters } from "../../part/filters";
import { Empty, Failure, Loading } from "../../part/State";
import { Page } from "../../shell/Page";
import { Editor } from "./Editor";
import { Result } from "./Result";
import { TableList } from "./TableList";
import "../../style/query.css";

const FIRST = "SELECT workload_title, model_title, path, calls\nFROM current_edge\nWHERE class = 'application_to_model'\nORDER BY calls DESC\nLIMIT 100";

export default function QueryPage() {
  const { search, set } = useFilters();
  const [sql, setSql] = useState(search["sql"] ?? FIRST);
  const tables = useOne("/api/v1/tables", { limit: "1000" });
  const columns = useColumns(sql, tables.data?.items);
  const words = useMemo(() => vocabulary(tables.data?.items ?? [], columns), [tables.data, columns]);
  const run = useMutation({ mutationFn: (text: string) => send("post", "/api/v1/query", {}, { sql: text }) });
  function go() {
    set({ sql });
    run.mutate(sql);
  }
  return (
    <Page title="Query" about="SQL over the inventory, the logs, the map and the findings. It reads only, for a bounded time and number of rows.">
      <div className="query">
        <TableList tables={tables} put={(text) => setSql((old) => `${old.trimEnd()} ${text}`)} />
        <div className="stack query-main">
          <Editor sql={sql} change={setSql} run={go} words={words} />
          <div className="row">
            <button type="button" className="button primary" onClick={go} disabled={run.isPending || !sql.trim()}>
              Run
            </button>
            <span className="quiet small">Ctrl+Enter runs, Ctrl+Space completes. The link of this page holds the query.</span>
          </div>
          {run.isPending && <Loading what="Running…" />}
          {run.error ? <Failure error={run.error} /> : null}
          {run.data && !run.isPending && <Result of={run.data} />}
          {run.isIdle && (
            <div className="card">
              <Empty title="Nothing asked yet">Write a query and run it. The tables are listed beside it; docs/tables.md tells each column.</Empty>
            </div>
          )}
        </div>
      </div>
    </Page>
  );
}

/** The columns of the tables that the query names. */
function useColumns(sql: string, tables: TableSummary[] | undefined): string[] {
  const named = new Set(sql.match(/[a-z_][a-z0-9_]*/g) ?? []);
  const details = useQueries({
    queries: (tables ?? [])
      .filter((table) => named.has(table.name))
      .slice(0, 5)
      .map((table) => ({ queryKey: ["/api/v1/tables/{name}", { name: table.name }, {}], queryFn: () => get("/api/v1/tables/{name}", {}, { name: table.name }) })),
  });
  return details.flatMap((detail) => detail.data?.columns.map((column) => column.name) ?? []);
}

const KEYWORDS =
  "SELECT FROM WHERE GROUP BY ORDER BY LIMIT JOIN LEFT JOIN ON AND OR NOT IN IS NULL LIKE ILIKE BETWEEN DISTINCT COUNT(*) SUM AVG MIN MAX CASE WHEN THEN ELSE END AS DESC ASC HAVING UNION ALL WITH INTERVAL date_trunc";

function vocabulary(tables: TableSummary[], columns: string[]): string[] {
  return [...new Set([...columns, ...tables.map((table) => table.name), ...KEYWORDS.split(" ")])];
}
