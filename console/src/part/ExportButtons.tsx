import { useState } from "react";
import { explain } from "../api/problem";
import { saveRows } from "./export";
import { several } from "./words";

/** CSV and JSON of all rows that the filters match, also of those that are not loaded yet. */
export function ExportButtons({ name, all }: { name: string; all: (tell: (count: number) => void) => Promise<object[]> }) {
  const [said, setSaid] = useState("");
  async function run(format: "csv" | "json") {
    try {
      const rows = await all((count) => setSaid(`${several(count, "row")}…`));
      saveRows(`sightline-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`, format, rows);
      setSaid("");
    } catch (error) {
      setSaid(explain(error).title);
    }
  }
  return (
    <span className="row">
      <span aria-live="polite">{said}</span>
      <button type="button" className="button small" onClick={() => void run("csv")} aria-label={`Export ${name} as CSV`}>
        CSV
      </button>
      <button type="button" className="button small" onClick={() => void run("json")} aria-label={`Export ${name} as JSON`}>
        JSON
      </button>
    </span>
  );
}
