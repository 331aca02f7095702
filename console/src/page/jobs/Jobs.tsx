import { useFilters } from "../../part/filters";
import { TabSet } from "../../part/TabSet";
import { Page } from "../../shell/Page";
import { JobList } from "./JobList";
import { Schedules } from "./Schedules";

export default function Jobs() {
  const { search, set } = useFilters();
  return (
    <Page title="Jobs" about="Scans, logs, what is made of them, and what the lake needs, run by the server. One of a kind and account runs at a time.">
      <TabSet
        className="fills"
        name="Jobs"
        chosen={search["tab"] ?? "jobs"}
        choose={(tab) => set({ tab: tab === "jobs" ? undefined : tab, sort: undefined })}
        tabs={[
          { id: "jobs", name: "Runs", content: <JobList /> },
          { id: "schedules", name: "Schedules", content: <Schedules /> },
        ]}
      />
    </Page>
  );
}
