import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { send } from "../../api/http";
import { colour } from "../../part/theme";
import { count } from "../../part/words";
import { Told } from "../../part/Prose";
import { Answer } from "../../part/State";

const SQL = `SELECT CAST(date_trunc('day', event_time) AS VARCHAR) AS day, count(*) AS calls,
  sum(CASE WHEN error_code <> '' THEN 1 ELSE 0 END) AS failed
FROM api_call
WHERE event_source LIKE 'bedrock%' AND event_name IN ('InvokeModel', 'InvokeModelWithResponseStream', 'Converse', 'ConverseStream', 'InvokeAgent')
GROUP BY 1 ORDER BY 1 DESC LIMIT 60`;

export default function CallsByDay() {
  const answer = useQuery({ queryKey: ["calls-by-day"], queryFn: () => send("post", "/api/v1/query", {}, { sql: SQL }) });
  return (
    <Answer of={answer}>
      {(data) =>
        data.rows.length === 0 ? (
          <p className="quiet">
            <Told>No calls in the logs yet. `sightline ingest` reads CloudTrail and invocation logs.</Told>
          </p>
        ) : data.rows.length === 1 ? (
          <p>
            {count(Number(data.rows[0]?.["calls"]))} calls on {String(data.rows[0]?.["day"]).slice(0, 10)}, the one day of the logs; {count(Number(data.rows[0]?.["failed"]))} failed.
          </p>
        ) : (
          <Chart rows={data.rows.map((row) => ({ day: String(row["day"]).slice(0, 10), calls: Number(row["calls"]), failed: Number(row["failed"]) })).reverse()} />
        )
      }
    </Answer>
  );
}

const DAY = 86_400;

interface Day {
  day: string;
  calls: number;
  failed: number;
}

function Chart({ rows }: { rows: Day[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [table, setTable] = useState(false);
  const data = useMemo<uPlot.AlignedData>(
    () => [rows.map((row) => Date.parse(row.day) / 1000), rows.map((row) => row.calls), rows.map((row) => row.failed)],
    [rows],
  );
  useEffect(() => {
    const into = place.current;
    if (!into || table) return undefined;
    let plot: uPlot | undefined;
    const drawn = () => {
      plot?.destroy();
      const [ink, line] = [colour("muted"), colour("line")];
      const axis = { space: 64, stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
      plot = new uPlot(
        {
          width: into.clientWidth,
          height: 180,
          tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
          cursor: { y: false },
          scales: { x: { range: (_, low, high) => [low - DAY / 2, high + DAY / 2] }, y: { range: (_, __, high) => [0, Math.max(high * 1.1, 4)] } },
          axes: [{ ...axis, incrs: [1, 2, 7, 14, 28].map((days) => days * DAY) }, { ...axis, size: 56 }],
          series: [
            { label: "Day, UTC", value: "{YYYY}-{MM}-{DD}" },
            { label: "Calls", stroke: colour("accent"), width: 2, points: { show: rows.length < 40 } },
            { label: "Failed", stroke: colour("bad"), width: 2, dash: [6, 4], points: { show: false } },
          ],
        },
        data,
        into,
      );
    };
    drawn();
    const watch = new ResizeObserver(() => plot?.setSize({ width: into.clientWidth, height: 180 }));
    watch.observe(into);
    document.addEventListener("sightline-theme", drawn);
    return () => {
      document.removeEventListener("sightline-theme", drawn);
      watch.disconnect();
      plot?.destroy();
    };
  }, [data, rows.length, table]);
  return (
    <div className="stack">
      {table ? (
        <div className="chart-table" tabIndex={0} role="group" aria-label="Calls by day, scrolls">
          <table>
            <caption className="hidden-name">Calls of models by day</caption>
            <thead>
              <tr>
                <th scope="col">Day, UTC</th>
                <th scope="col">Calls</th>
                <th scope="col">Failed</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.day}>
                  <td>{row.day}</td>
                  <td>{count(row.calls)}</td>
                  <td>{count(row.failed)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div ref={place} className="chart" role="img" aria-label={`Calls of models over ${rows.length} days; the same as a table by the button below`} />
      )}
      <button type="button" className="button small chart-switch" aria-pressed={table} onClick={() => setTable(!table)}>
        As a table
      </button>
    </div>
  );
}
