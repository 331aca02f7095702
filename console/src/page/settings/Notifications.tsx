import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send } from "../../api/http";
import { useOne, useRows } from "../../api/page";
import type { Delivery, Notification } from "../../api/types";
import { Badge } from "../../part/Badge";
import { type Column, DataTable } from "../../part/DataTable";
import { FilterBar, Pick } from "../../part/FilterBar";
import { only, useFilters } from "../../part/filters";
import { Answer, Empty, Failure } from "../../part/State";
import { moment, spaced } from "../../part/words";

const FILTERS = ["notification", "status"] as const;
const COLUMNS: Column<Delivery>[] = [
  { id: "notification", name: "To", value: (row) => row.notification, min: 140 },
  { id: "about", name: "About", value: (row) => row.about, min: 100 },
  { id: "status", name: "Status", value: (row) => row.status, show: (row) => <Badge word={row.status} />, min: 110 },
  { id: "attempts", name: "Tries", value: (row) => row.attempts, number: true, min: 76 },
  { id: "error", name: "Why it failed", value: (row) => row.error, grows: true, min: 200 },
  { id: "next_at", name: "Next try, UTC", value: (row) => row.next_at, show: (row) => moment(row.next_at), min: 150 },
  { id: "created_at", name: "Written, UTC", value: (row) => row.created_at, show: (row) => moment(row.created_at), min: 150 },
];

/** Who is told what is new, a test of each, and whether what was told arrived. */
export function Notifications() {
  const { search, set } = useFilters();
  const notifications = useOne("/api/v1/notifications", {});
  const deliveries = useRows("/api/v1/deliveries", only(search, FILTERS));
  return (
    <div className="stack fills">
      <Answer of={notifications}>
        {(data) =>
          data.items.length === 0 ? (
            <div className="card">
              <Empty title="Nobody is told">Name who is in `[[notification]]` of `sightline.toml`: a webhook, Slack, SNS or EventBridge.</Empty>
            </div>
          ) : (
            <ul className="card list">
              {data.items.map((one) => (
                <NotificationItem key={one.name} of={one} />
              ))}
            </ul>
          )
        }
      </Answer>
      <FilterBar names={FILTERS}>
        <Pick filter="notification" name="To" choices={notifications.data?.items.map((one) => one.name) ?? []} />
        <Pick filter="status" name="Status" choices={["waiting", "delivered", "failed"]} />
      </FilterBar>
      <DataTable
        name="Deliveries"
        of={deliveries}
        columns={COLUMNS}
        id={(row) => row.id}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Nothing was told yet. What is new is told after a job that found it."
      />
    </div>
  );
}

function NotificationItem({ of }: { of: Notification }) {
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () => send("post", "/api/v1/notifications/{name}/test", { name: of.name }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["/api/v1/deliveries"] }),
  });
  return (
    <li>
      <div className="row">
        <strong className="wrap">{of.name}</strong>
        <Badge word={spaced(of.channel)} tone="plain" />
        <span className="quiet small wrap grow">
          {of.place} · {of.on.join(", ")} · {of.severity} or worse
        </span>
        {test.data && <Badge word={test.data.status} />}
        <button type="button" className="button small" aria-label={`Send a test to ${of.name}`} disabled={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </button>
      </div>
      {test.data?.error && <p className="small wrap">{test.data.error}</p>}
      {test.error ? <Failure error={test.error} /> : null}
    </li>
  );
}
