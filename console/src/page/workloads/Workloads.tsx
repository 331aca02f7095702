import { useFilters } from "../../part/filters";
import { TabSet } from "../../part/TabSet";
import { Page } from "../../shell/Page";
import { Members, type Sort } from "../members/Members";

const WORKLOADS: Sort = {
  list: "workloads",
  name: "Workloads",
  others: "Targets",
  allowed: "May use",
  mapFilter: "workload",
  empty: "No workload under these filters. `sightline map` finds them in inventory and logs.",
};
const APPLICATIONS: Sort = {
  list: "applications",
  name: "Applications",
  others: "Targets",
  allowed: "",
  mapFilter: "app",
  empty: "Applications are declared in sightline.toml by tags, namespaces, networks or accounts; docs/map.md shows how.",
};

export default function Workloads() {
  const { search, set } = useFilters();
  return (
    <Page title="Workloads" about="What runs and calls models: instances, pods, functions, tasks, notebooks, agents.">
      <TabSet
        className="fills"
        name="Workloads"
        chosen={search["tab"] === "applications" ? "applications" : "workloads"}
        choose={(tab) => set({ tab: tab === "workloads" ? undefined : tab, kind: undefined, account: undefined, used: undefined, one: undefined, sort: undefined })}
        tabs={[
          { id: "workloads", name: "Workloads", content: <div className="stack fills"><Members sort={WORKLOADS} /></div> },
          { id: "applications", name: "Applications", content: <div className="stack fills"><Members sort={APPLICATIONS} /></div> },
        ]}
      />
    </Page>
  );
}
