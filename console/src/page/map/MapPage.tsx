import { lazy, Suspense } from "react";
import { useOne, useRows } from "../../api/page";
import { Check, FilterBar, Pick, Search } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { Answer, Empty, Loading } from "../../part/State";
import { CONTROL_NAMES, several } from "../../part/words";
import { Page } from "../../shell/Page";
import "../../style/map.css";
import { DaySlider } from "./DaySlider";
import { EdgeDrawer } from "./EdgeDrawer";
import { EdgeTable } from "./EdgeTable";

const GraphView = lazy(() => import("./GraphView"));
const FILTERS = ["class", "app", "workload", "model", "without", "unprotected", "at"] as const;
const CLASSES = ["user-to-application", "application-to-application", "application-to-internet", "all"];
const CONTROLS = Object.entries(CONTROL_NAMES).map(([value, name]) => ({ value, name: `Lacks: ${name.toLowerCase()}` }));

export default function MapPage() {
  const { search, set } = useFilters();
  const query = only(search, FILTERS);
  const asTable = search["view"] === "table";
  const by = search["by"] ?? "protected";
  return (
    <Page
      title="Map"
      about="Which workloads and people call which models, over which path, behind which controls."
      actions={
        <div className="group" role="group" aria-label="Show the map as">
          <button type="button" className="button" aria-pressed={!asTable} onClick={() => set({ view: undefined })}>
            Picture
          </button>
          <button type="button" className="button" aria-pressed={asTable} onClick={() => set({ view: "table" })}>
            Table
          </button>
        </div>
      }
    >
      <FilterBar names={[...FILTERS, "find", "by"]}>
        {!asTable && <Search filter="find" name="Find in the picture" />}
        <Search filter="workload" name="Workload" />
        <Search filter="model" name="Model" />
        <Search filter="app" name="Application" />
        <Pick filter="class" name="Traffic" all="Traffic to models" choices={CLASSES.map((value) => ({ value, name: value === "all" ? "All traffic" : `Traffic: ${value.replaceAll("-", " ")}` }))} />
        <Pick filter="without" name="Control" all="Any controls" choices={CONTROLS} />
        <Check filter="unprotected" name="Not known to be protected" />
        {!asTable && <Pick filter="by" name="Colour by" all="Colour: protection" choices={Object.entries(CONTROL_NAMES).map(([value, name]) => ({ value, name: `Colour: ${name.toLowerCase()}` }))} />}
        <DaySlider />
      </FilterBar>
      {asTable ? <AsTable query={query} /> : <AsPicture query={query} by={by} find={search["find"] ?? ""} />}
      {search["edge"] && <EdgeDrawer key={search["edge"]} id={search["edge"]} close={() => set({ edge: undefined })} />}
    </Page>
  );
}

function AsTable({ query }: { query: Record<string, string | undefined> }) {
  return <EdgeTable rows={useRows("/api/v1/edges", query)} />;
}

function AsPicture({ query, by, find }: { query: Record<string, string | undefined>; by: string; find: string }) {
  const { set } = useFilters();
  const graph = useOne("/api/v1/graph", query);
  return (
    <Answer of={graph}>
      {(data) =>
        data.nodes.length === 0 ? (
          <div className="card">
            <Empty title="Nothing on the map">Clear the filters. If the map is empty without any, read logs with `sightline ingest`, then run `sightline map`.</Empty>
          </div>
        ) : (
          <Suspense fallback={<Loading what="Drawing…" />}>
            {data.left_out > 0 && <p className="notice" data-tone="warn">{several(data.left_out, "edge")} with the fewest calls are left out of the picture. Narrow the filters, or see the table.</p>}
            <GraphView graph={data} by={by} find={find} openEdge={(edge) => set({ edge }, { push: true })} />
          </Suspense>
        )
      }
    </Answer>
  );
}
