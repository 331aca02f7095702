import { useEffect, useState } from "react";
import { useFilters } from "../../part/filters";

const DAYS = 30;
const DAY = 86_400_000;

function day(back: number): string {
  return new Date(Date.now() - back * DAY).toISOString().slice(0, 10);
}

/** Goes back through the last days; at its right end it is the newest map. */
export function DaySlider() {
  const { search, set } = useFilters();
  const at = search["at"];
  const back = at ? Math.round((Date.parse(day(0)) - Date.parse(at)) / DAY) : -1;
  const place = Math.max(0, DAYS - Math.max(-1, back) - 1);
  const [moved, setMoved] = useState(place);
  useEffect(() => setMoved(place), [place]);
  const to = (value: number) => (value >= DAYS ? undefined : day(DAYS - 1 - value));
  return (
    <label className="check">
      <span>{to(moved) ?? "Newest"}</span>
      <input
        type="range"
        aria-label="Day"
        aria-valuetext={to(moved) ?? "newest map"}
        min={0}
        max={DAYS}
        value={moved}
        onChange={(event) => setMoved(Number(event.target.value))}
        onPointerUp={() => set({ at: to(moved) })}
        onKeyUp={() => set({ at: to(moved) })}
      />
    </label>
  );
}
