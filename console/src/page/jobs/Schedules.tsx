import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { send } from "../../api/http";
import { useOne } from "../../api/page";
import type { Schedule, Work } from "../../api/types";
import { FormDialog } from "../../part/FormDialog";
import { Answer, Empty, Failure } from "../../part/State";
import { moment } from "../../part/words";
import { useWork } from "./NewJob";

function useSchedules<T>(act: (given: T) => Promise<unknown>, done: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["/api/v1/schedules"] });
      done();
    },
  });
}

export function Schedules() {
  const schedules = useOne("/api/v1/schedules", {});
  const [making, setMaking] = useState(false);
  return (
    <div className="stack">
      <div className="row">
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          New schedule…
        </button>
      </div>
      <Answer of={schedules}>
        {(data) =>
          data.items.length === 0 ? (
            <div className="card">
              <Empty title="No schedules">A schedule begins a job by itself, such as a scan every night.</Empty>
            </div>
          ) : (
            <div className="card plain-table">
              <table>
                <caption className="hidden-name">Schedules</caption>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Job</th>
                    <th scope="col">When, UTC</th>
                    <th scope="col">Next, UTC</th>
                    <th scope="col">
                      <span className="hidden-name">Change</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.items.map((schedule) => (
                    <Line key={schedule.id} of={schedule} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answer>
      {making && <NewSchedule close={() => setMaking(false)} />}
    </div>
  );
}

function Line({ of }: { of: Schedule }) {
  const change = useSchedules<boolean>((enabled) => send("put", "/api/v1/schedules/{id}", { id: of.id }, { name: of.name, job: of.job as Work, cron: of.cron, enabled }), () => undefined);
  const remove = useSchedules<void>(() => send("delete", "/api/v1/schedules/{id}", { id: of.id }), () => undefined);
  const kind = (of.job as { kind?: unknown } | null)?.kind;
  return (
    <tr>
      <td className="wrap">
        {of.name}
        {of.last_error && <p className="small wrap">Could not begin: {of.last_error}</p>}
        {change.error || remove.error ? <Failure error={change.error ?? remove.error} /> : null}
      </td>
      <td>{typeof kind === "string" ? kind : ""}</td>
      <td className="mono">{of.cron}</td>
      <td>{of.enabled ? moment(of.next_at) : "paused"}</td>
      <td>
        <div className="row">
          <button type="button" className="button small" aria-label={`${of.enabled ? "Pause" : "Go on with"} ${of.name}`} onClick={() => change.mutate(!of.enabled)}>
            {of.enabled ? "Pause" : "Go on"}
          </button>
          <button type="button" className="button small danger" aria-label={`Delete ${of.name}`} onClick={() => remove.mutate()}>
            Delete
          </button>
        </div>
      </td>
    </tr>
  );
}

function NewSchedule({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [cron, setCron] = useState("0 3 * * *");
  const ids = [useId(), useId(), useId()] as const;
  const { work, fields } = useWork();
  const make = useSchedules<void>(() => send("post", "/api/v1/schedules", {}, { name: name.trim(), cron: cron.trim(), job: work, enabled: true }), close);
  return (
    <FormDialog title="New schedule" act="Make schedule" work={make} enter={() => make.mutate()} close={close}>
      <div className="field">
        <label htmlFor={ids[0]}>Name</label>
        <input id={ids[0]} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={ids[1]}>When, UTC</label>
        <input id={ids[1]} required value={cron} className="mono" aria-describedby={ids[2]} onChange={(event) => setCron(event.target.value)} />
        <span id={ids[2]}>Minute, hour, day of the month, month, day of the week</span>
      </div>
      {fields}
    </FormDialog>
  );
}
