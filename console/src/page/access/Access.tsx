import { useFilters } from "../../part/filters";
import { TabSet } from "../../part/TabSet";
import { Page } from "../../shell/Page";
import { Members, type Sort } from "../members/Members";
import { WhoCan } from "./WhoCan";

const IDENTITIES: Sort = {
  list: "identities",
  name: "Identities",
  others: "Targets",
  allowed: "May use",
  mapFilter: null,
  empty: "No identity under these filters. `sightline access` evaluates the policies, `sightline map` the use.",
};

export default function Access() {
  const { search, set } = useFilters();
  const tab = search["tab"] ?? "can";
  return (
    <Page title="Access" about="Who can use which AI by their policies, who does by the logs, and whose permission nobody uses.">
      <TabSet
        className="fills"
        name="Access"
        chosen={tab}
        choose={(next) => set({ tab: next === "can" ? undefined : next, one: undefined, sort: undefined, unprotected: undefined })}
        tabs={[
          { id: "can", name: "Who can", content: <WhoCan /> },
          { id: "does", name: "Who does", content: <div className="stack fills"><Members sort={IDENTITIES} fixed={{ used: "true" }} /></div> },
          { id: "unused", name: "Who could and does not", content: <div className="stack fills"><Members sort={IDENTITIES} fixed={{ used: "false" }} /></div> },
        ]}
      />
    </Page>
  );
}
