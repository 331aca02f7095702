import { CONTROL_NAMES } from "../../part/words";
import { LAYERS, STATES } from "./drawing";

export function Legend({ by }: { by: string }) {
  return (
    <div className="legend">
      {Object.values(LAYERS).map(({ name, paint }) => (
        <span key={name}>
          <svg viewBox="0 0 14 10" aria-hidden="true">
            <circle cx="7" cy="5" r="4" fill={`var(--${paint})`} />
          </svg>
          {name}
        </span>
      ))}
      <strong>{by === "protected" ? "Protection" : (CONTROL_NAMES[by] ?? by)}</strong>
      {Object.values(STATES)
        .slice(0, by === "protected" ? 3 : 4)
        .map(({ name, paint }) => (
        <span key={name}>
          <svg viewBox="0 0 14 10" aria-hidden="true">
            <path d="M0 5h14" stroke={`var(--${paint})`} strokeWidth="3" />
          </svg>
          {name}
        </span>
      ))}
    </div>
  );
}
