import { useState } from "react";
import { useRows } from "../../api/page";
import type { AuditEntry } from "../../api/types";
import { Code } from "../../part/Copy";
import { type Column, DataTable } from "../../part/DataTable";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { useFilters } from "../../part/filters";
import { moment } from "../../part/words";

const COLUMNS: Column<AuditEntry>[] = [
  { id: "action", name: "Action", value: (row) => row.action, grows: true, min: 150 },
  { id: "subject", name: "Of", value: (row) => row.subject, grows: true, min: 200 },
  { id: "actor", name: "By", value: (row) => row.actor, min: 150 },
  { id: "role", name: "Role", value: (row) => row.role, min: 90 },
  { id: "at", name: "When, UTC", value: (row) => row.at, show: (row) => moment(row.at), min: 164 },
];

export function AuditLog() {
  const { search, set } = useFilters();
  const [opened, setOpened] = useState<AuditEntry>();
  return (
    <div className="stack fills">
      <DataTable
        name="Changes"
        of={useRows("/api/v1/audit", {})}
        columns={COLUMNS}
        id={(row) => String(row.id)}
        open={setOpened}
        opened={opened && String(opened.id)}
        sorting={{ sort: search["sort"], setSort: (sort) => set({ sort }) }}
        empty="Nobody has changed anything by the API yet."
      />
      {opened && (
        <Drawer title={opened.action} close={() => setOpened(undefined)}>
          <Facts
            of={[
              ["Of", <Mono key="s">{opened.subject}</Mono>],
              ["By", opened.actor],
              ["Role", opened.role],
              ["When", `${moment(opened.at)} UTC`],
              ["Request", opened.request_id],
            ]}
          />
          <Code language="json" text={JSON.stringify(opened.detail, null, 2)} />
        </Drawer>
      )}
    </div>
  );
}
