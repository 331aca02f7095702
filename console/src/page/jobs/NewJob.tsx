import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { send } from "../../api/http";
import type { Work } from "../../api/types";
import { FormDialog } from "../../part/FormDialog";
import { useFilters } from "../../part/filters";
import { words } from "../../part/words";
import { UPKEEP, useUpkeep } from "./upkeep";

export const KINDS = {
  scan: "Scan: read the accounts' inventory",
  ingest: "Ingest: read logs",
  map: "Map: join logs and inventory",
  findings: "Findings: run the checks",
  detect: "Detect: look for abuse in the logs",
  access: "Access: who may use which AI",
  verify: "Verify: what the account still needs",
  ...UPKEEP,
} as const;

/** The fields of a job, and the job that they say. */
export function useWork() {
  const [kind, setKind] = useState<keyof typeof KINDS>("scan");
  const [role, setRole] = useState("");
  const [external, setExternal] = useState("");
  const [regions, setRegions] = useState("");
  const [places, setPlaces] = useState("");
  const [since, setSince] = useState("7d");
  const ids = [useId(), useId(), useId(), useId(), useId(), useId()] as const;
  const upkeep = useUpkeep(kind);
  const asks = kind === "scan" || kind === "verify";
  const credentials = { role_arn: role.trim() || null, external_id: external.trim() || null, regions: words(regions) };
  const work = {
    kind,
    ...(asks ? { credentials } : {}),
    ...(kind === "ingest" ? { places: words(places) } : {}),
    ...(kind === "detect" ? { since } : {}),
    ...upkeep.said,
  } as Work;
  const fields = (
    <>
      <div className="field">
        <label htmlFor={ids[0]}>Job</label>
        <select id={ids[0]} value={kind} onChange={(event) => setKind(event.target.value as keyof typeof KINDS)}>
          {Object.entries(KINDS).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {asks && (
        <>
          <div className="field">
            <label htmlFor={ids[1]}>Role to assume; empty for the server's own credentials</label>
            <input id={ids[1]} value={role} maxLength={2048} placeholder="arn:aws:iam::111122223333:role/sightline-scanner" onChange={(event) => setRole(event.target.value)} />
          </div>
          <div className="field">
            <label htmlFor={ids[2]}>External id</label>
            <input id={ids[2]} value={external} maxLength={1224} autoComplete="off" onChange={(event) => setExternal(event.target.value)} />
          </div>
          <div className="field">
            <label htmlFor={ids[3]}>Regions; empty for all that are enabled</label>
            <input id={ids[3]} value={regions} placeholder="us-east-1 eu-west-1" onChange={(event) => setRegions(event.target.value)} />
          </div>
        </>
      )}
      {kind === "ingest" && (
        <div className="field">
          <label htmlFor={ids[4]}>Places; empty for all that sightline.toml names</label>
          <textarea id={ids[4]} rows={3} value={places} placeholder="s3://bucket/AWSLogs/" onChange={(event) => setPlaces(event.target.value)} />
        </div>
      )}
      {kind === "detect" && (
        <div className="field">
          <label htmlFor={ids[5]}>Since: an age before the newest record, or a time</label>
          <input id={ids[5]} required value={since} onChange={(event) => setSince(event.target.value)} />
        </div>
      )}
      {upkeep.fields}
    </>
  );
  return { work, fields };
}

export function NewJob({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const { set } = useFilters();
  const { work, fields } = useWork();
  const begin = useMutation({
    mutationFn: () => send("post", "/api/v1/jobs", {}, work),
    onSuccess: async (job) => {
      await queries.invalidateQueries({ queryKey: ["/api/v1/jobs"] });
      close();
      set({ job: job.id });
    },
  });
  return (
    <FormDialog title="New job" act="Begin" work={begin} enter={() => begin.mutate()} close={close}>
      {fields}
    </FormDialog>
  );
}
