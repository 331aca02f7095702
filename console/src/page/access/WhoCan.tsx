import { useRows } from "../../api/page";
import type { ModelAccess } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Check, FilterBar, Pick, Search } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { moment, shortArn } from "../../part/words";
import { steps, ways } from "./told";

const FILTERS = ["principal", "workload", "action", "resource", "account", "decision", "direct_only"] as const;

const COLUMNS: Column<ModelAccess>[] = [
  { id: "principal", name: "Who", value: (row) => row.principal_arn, show: (row) => shortArn(row.principal_arn), grows: true, min: 200 },
  { id: "workload", name: "Through", value: (row) => row.workload_arn || null, show: (row) => (row.workload_arn ? shortArn(row.workload_arn) : "–"), grows: true, min: 150 },
  { id: "action", name: "May", value: (row) => row.action, min: 180 },
  { id: "resource", name: "On", value: (row) => row.resource_arn, show: (row) => shortArn(row.resource_arn), grows: true, min: 220 },
  { id: "decision", name: "Answer", value: (row) => row.decision, show: (row) => <Badge word={row.decision} />, min: 116 },
  { id: "residual", name: "If", value: (row) => row.residual || null, grows: true, min: 150 },
];

const idOf = (row: ModelAccess) => [row.principal_arn, row.workload_arn, row.action, row.resource_arn].join(" ");

/** What stands in the link without stars is meant as a part of the name. */
function asPattern(text: string | undefined): string | undefined {
  return !text || text.includes("*") || text.startsWith("arn:") ? text : `*${text}*`;
}

export function WhoCan() {
  const { search, set } = useFilters();
  const found = only(search, FILTERS);
  const query = { ...found, principal: asPattern(found["principal"]), workload: asPattern(found["workload"]), action: asPattern(found["action"]), resource: asPattern(found["resource"]) };
  const rows = useRows("/api/v1/access", query);
  const opened = rows.rows.find((row) => idOf(row) === search["row"]);
  return (
    <div className="stack fills">
      <FilterBar names={FILTERS}>
        <Search filter="principal" name="Who" />
        <Search filter="workload" name="Through workload" />
        <Search filter="action" name="Action" />
        <Search filter="resource" name="Model or resource" />
        <Pick filter="decision" name="Answer" choices={["allow", "conditional"]} />
        <Check filter="direct_only" name="Directly only" />
      </FilterBar>
      <DataTable
        name="Permissions"
        of={rows}
        columns={COLUMNS}
        id={idOf}
        open={(row) => set({ row: idOf(row) }, { push: true })}
        opened={search["row"]}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Nobody may, under these filters, or nobody evaluated it yet: `sightline access` does after a scan."
      />
      {opened && <AccessDrawer of={opened} close={() => set({ row: undefined })} />}
    </div>
  );
}

function AccessDrawer({ of, close }: { of: ModelAccess; close: () => void }) {
  const way = steps(of.witness);
  const conditions = ways(of.residual_ways);
  return (
    <Drawer title={`${shortArn(of.principal_arn)} may ${of.action}`} close={close}>
      <div className="row">
        <Badge word={of.decision} />
        <span>{of.decision === "allow" ? "whatever the request brings" : "if what stands below holds"}</span>
      </div>
      {of.residual && <p className="notice" data-tone="warn">{of.residual}</p>}
      {conditions.length > 0 && (
        <section className="stack">
          <h3>{conditions.length > 1 ? "Any of these ways" : "What must hold"}</h3>
          <ul className="list">
            {conditions.map((must, place) => (
              <li key={place}>
                {must.map((line) => (
                  <span key={line} className="wrap">
                    {line}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Facts
        of={[
          ["Who", <Mono key="p">{of.principal_arn}</Mono>],
          ["Through", of.workload_arn && <Mono>{of.workload_arn}</Mono>],
          ["Action", <Mono key="a">{of.action}</Mono>],
          ["On", <Mono key="r">{of.resource_arn}</Mono>],
          ["Kind", of.resource_kind],
          ["Steps between", String(of.hops)],
          ["Evaluated", `${moment(of.evaluated_at)} UTC`],
        ]}
      />
      {way.length > 0 && (
        <section className="stack">
          <h3>The way</h3>
          <ol className="steps">
            {way.map((step, place) => (
              <li key={place}>
                <span className="wrap">{step}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Drawer>
  );
}
