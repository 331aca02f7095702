import { useFilters } from "../../part/filters";
import { TabSet } from "../../part/TabSet";
import { Page } from "../../shell/Page";
import { AuditLog } from "./AuditLog";
import { Notifications } from "./Notifications";
import { Resolved } from "./Resolved";
import { TokenList } from "./TokenList";

export default function Settings() {
  const { search, set } = useFilters();
  return (
    <Page title="Settings" about="What is configured, who has tokens, who is told what is new, and what was changed by whom.">
      <TabSet
        className="fills"
        name="Settings"
        chosen={search["tab"] ?? "settings"}
        choose={(tab) => set({ tab: tab === "settings" ? undefined : tab, sort: undefined })}
        tabs={[
          { id: "settings", name: "Configuration", content: <Resolved /> },
          { id: "tokens", name: "Tokens", content: <TokenList /> },
          { id: "notifications", name: "Notifications", content: <Notifications /> },
          { id: "audit", name: "Audit log", content: <AuditLog /> },
        ]}
      />
    </Page>
  );
}
