import { useRows } from "../../api/page";
import type { Member } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { Check, Distinct, FilterBar, Pick, Search } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { compact, count, moment, money, shortArn } from "../../part/words";
import { MemberDrawer } from "./MemberDrawer";

export interface Sort {
  /** such as `models` */
  list: "models" | "workloads" | "identities" | "applications";
  /** the heading of its list */
  name: string;
  /** what it is joined to */
  others: string;
  /** what `allowed` counts */
  allowed: string;
  /** the map's filter for one */
  mapFilter: string | null;
  empty: string;
}

const FILTERS = ["text", "kind", "account", "used", "unprotected"] as const;

function columns(sort: Sort): Column<Member>[] {
  const all: Column<Member>[] = [
    { id: "title", name: sort.name.replace(/ies$/, "y").replace(/s$/, ""), value: (row) => row.title || shortArn(row.arn), grows: true, min: 200 },
    { id: "kind", name: "Kind", value: (row) => row.kind.replaceAll("_", " "), min: 132 },
    { id: "account_id", name: "Account", value: (row) => row.account_id || (sort.list === "models" ? "AWS" : ""), min: 132 },
    { id: "others", name: sort.others, value: (row) => row.others.length, show: (row) => (row.others.length >= 100 ? "100+" : row.others.length), number: true, min: 88 },
    { id: "allowed", name: sort.allowed, value: (row) => row.allowed, show: (row) => count(row.allowed), number: true, min: 94 },
    { id: "calls", name: "Calls", value: (row) => row.used.calls, show: (row) => compact(row.used.calls), number: true, min: 74 },
    { id: "cost", name: "Cost", value: (row) => row.used.cost_usd || null, show: (row) => money(row.used.cost_usd || null), number: true, min: 84 },
    {
      id: "protected",
      name: "Protected",
      value: (row) => row.protected ?? "not used",
      show: (row) => (row.protected ? <Badge word={row.protected} /> : <Badge word="not used" tone="plain" />),
      min: 112,
    },
    { id: "last_seen", name: "Last seen", value: (row) => row.used.last_seen, show: (row) => moment(row.used.last_seen).slice(0, 10), min: 106 },
  ];
  return all.filter((column) => !(sort.list === "applications" && (column.id === "account_id" || column.id === "kind" || column.id === "allowed")));
}

const SHOWN = new Map<string, Column<Member>[]>();
function columnsOf(sort: Sort): Column<Member>[] {
  const known = SHOWN.get(sort.list) ?? columns(sort);
  SHOWN.set(sort.list, known);
  return known;
}

/** Models, workloads, identities or applications: the ends of the map's edges, and those that nobody used. */
export function Members({ sort, fixed }: { sort: Sort; fixed?: { used: "true" | "false" } }) {
  const { search, set } = useFilters();
  const query = { ...only(search, FILTERS), ...fixed };
  const path = `/api/v1/${sort.list}` as const;
  const rows = useRows(path, query);
  const opened = rows.rows.find((row) => row.arn === search["one"]);
  return (
    <>
      <FilterBar names={FILTERS}>
        <Search filter="text" name="Name or ARN" />
        {sort.list !== "applications" && <Distinct filter="kind" name="Kind" values={rows.rows.map((row) => row.kind)} />}
        {sort.list !== "applications" && <Distinct filter="account" name="Account" values={rows.rows.map((row) => row.account_id)} />}
        {fixed?.["used"] === undefined && sort.list !== "applications" && (
          <Pick
            filter="used"
            name="Use"
            all="Used or not"
            choices={[
              { value: "true", name: "Seen in use" },
              { value: "false", name: "Allowed, never seen" },
            ]}
          />
        )}
        {fixed?.["used"] !== "false" && <Check filter="unprotected" name="Not known to be protected" />}
      </FilterBar>
      <DataTable
        name={sort.name}
        of={rows}
        columns={columnsOf(sort)}
        id={(row) => row.arn}
        open={(row) => set({ one: row.arn }, { push: true })}
        opened={search["one"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty={sort.empty}
      />
      {opened && <MemberDrawer of={opened} sort={sort} close={() => set({ one: undefined })} />}
    </>
  );
}
