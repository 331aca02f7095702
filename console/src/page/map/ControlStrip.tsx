import type { Tri } from "../../api/types";
import { CONTROL_NAMES } from "../../part/words";

const LETTERS: Record<string, string> = {
  guardrail_on_call: "G",
  guardrail_enforced: "F",
  private_path: "P",
  endpoint_policy: "E",
  inspected_path: "I",
  invocation_logged: "L",
  data_events_logged: "D",
};

/** The controls as letters, as the command line shows them: a letter is there, – is lacking, ? is unknown. */
export function ControlStrip({ controls }: { controls: Record<string, Tri> }) {
  const shown = Object.keys(LETTERS).filter((name) => controls[name] !== undefined);
  const told = shown.map((name) => `${CONTROL_NAMES[name] ?? name}: ${controls[name]}`).join(", ");
  return (
    <span className="strip" title={told} role="img" aria-label={told || "no controls apply"}>
      {shown.map((name) => (
        <i key={name} data-state={controls[name]}>
          {controls[name] === "yes" ? LETTERS[name] : controls[name] === "no" ? "–" : "?"}
        </i>
      ))}
    </span>
  );
}
