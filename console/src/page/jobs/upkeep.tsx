import { useId, useState } from "react";
import { words } from "../../part/words";

/** What the lake needs now and then. */
export const UPKEEP = {
  compact: "Compact: put small files of the lake together",
  retain: "Retain: take old rows out of the lake",
  vacuum: "Vacuum: remove files that no table names",
} as const;

/** `flow=90 api_call=400`, as the command line has it. What is no number goes as it is: the server says what is wrong with it. */
export function daysOf(text: string): Record<string, number | string> {
  return Object.fromEntries(
    words(text).map((one) => {
      const [table = "", days = ""] = one.split("=");
      return [table, /^\d+$/.test(days) ? Number(days) : days];
    }),
  );
}

/** The fields of such a job, and what they say. */
export function useUpkeep(kind: string) {
  const [tables, setTables] = useState("");
  const [days, setDays] = useState("");
  const [hours, setHours] = useState("24");
  const [dry, setDry] = useState(true);
  const ids = [useId(), useId(), useId(), useId(), useId()] as const;
  const takes = kind === "retain" || kind === "vacuum";
  const said = {
    ...(kind === "compact" || kind === "vacuum" ? { tables: words(tables) } : {}),
    ...(kind === "retain" ? { days: daysOf(days) } : {}),
    ...(kind === "vacuum" ? { older_than_hours: Number(hours) } : {}),
    ...(takes ? { dry_run: dry } : {}),
  };
  const fields = (
    <>
      {(kind === "compact" || kind === "vacuum") && (
        <div className="field">
          <label htmlFor={ids[0]}>Tables; empty for all</label>
          <input id={ids[0]} value={tables} placeholder="flow api_call" onChange={(event) => setTables(event.target.value)} />
        </div>
      )}
      {kind === "retain" && (
        <div className="field">
          <label htmlFor={ids[1]}>Tables, each with the days that its rows are kept</label>
          <textarea id={ids[1]} required rows={3} value={days} className="mono" placeholder="flow=90 api_call=400 resource=365" onChange={(event) => setDays(event.target.value)} />
        </div>
      )}
      {kind === "vacuum" && (
        <div className="field">
          <label htmlFor={ids[2]}>Keep what is younger than so many hours: longer than any scan or batch takes</label>
          <input id={ids[2]} type="number" required min={1} max={8760} value={hours} onChange={(event) => setHours(event.target.value)} />
        </div>
      )}
      {takes && (
        <div className="tick">
          <input id={ids[3]} type="checkbox" checked={dry} aria-describedby={ids[4]} onChange={(event) => setDry(event.target.checked)} />
          <label htmlFor={ids[3]}>Count only, take nothing</label>
          <span id={ids[4]} className="quiet small">
            What is taken out does not come back: without this, the job wants the role admin.
          </span>
        </div>
      )}
    </>
  );
  return { said, fields };
}
