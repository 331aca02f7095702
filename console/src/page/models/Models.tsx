import { Page } from "../../shell/Page";
import { Members, type Sort } from "../members/Members";

const MODELS: Sort = {
  list: "models",
  name: "Models",
  others: "Callers",
  allowed: "May use it",
  mapFilter: "model",
  empty: "No model under these filters was called, or may be. `sightline map` finds those that are called; `sightline access` those that may be.",
};

export default function Models() {
  return (
    <Page title="Models" about="Whatever infers: foundation and custom models, profiles, agents, endpoints, self-hosted and public AI. Who calls it, who may.">
      <Members sort={MODELS} />
    </Page>
  );
}
