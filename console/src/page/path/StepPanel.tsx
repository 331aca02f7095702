import type { EdgeDetail, EdgePath, PathStep } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Mono } from "../../part/Facts";
import { Told } from "../../part/Prose";
import { CONTROL_NAMES } from "../../part/words";

/** What is known of the chosen step, or, where none is, of all controls on the way. */
export function StepPanel({ path, edge, chosen, choose }: { path: EdgePath; edge: EdgeDetail | undefined; chosen: string | null; choose: (id: string | null) => void }) {
  const step = path.steps.find((one) => one.id === chosen);
  const shown = step ? [step] : path.steps.filter((one) => Object.keys(one.controls).length > 0);
  return (
    <section className="card stack way-panel" aria-label={step ? `Step: ${step.title}` : "Controls on the way"}>
      {step ? <StepHead step={step} close={() => choose(null)} /> : <h2>Controls on the way</h2>}
      {shown.map((one) => (
        <ControlsOf key={one.id} step={one} edge={edge} isAlone={one === step} choose={choose} />
      ))}
      {shown.length === 0 && <p className="quiet">No controls are looked at for this class of traffic.</p>}
    </section>
  );
}

function StepHead({ step, close }: { step: PathStep; close: () => void }) {
  return (
    <>
      <div className="row">
        <Badge word={step.kind} tone={step.is_known ? "plain" : "warn"} />
        <span className="grow" />
        <button type="button" className="button small" onClick={close}>
          All controls
        </button>
      </div>
      <h2 className="wrap">{step.title}</h2>
      {step.arn && step.arn !== step.title && <Mono>{step.arn}</Mono>}
      {step.about && (
        <p className="wrap">
          <Told>{step.about}</Told>
        </p>
      )}
    </>
  );
}

function ControlsOf({ step, edge, isAlone, choose }: { step: PathStep; edge: EdgeDetail | undefined; isAlone: boolean; choose: (id: string) => void }) {
  const names = Object.keys(step.controls);
  if (names.length === 0) return isAlone ? <p className="quiet">No control is judged here.</p> : null;
  return (
    <div className="stack">
      {!isAlone && (
        <h3>
          <button type="button" className="link wrap" onClick={() => choose(step.id)}>
            {step.title}
          </button>
        </h3>
      )}
      <ul className="list">
        {names.map((name) => (
          <li key={name}>
            <div className="row">
              <Badge word={step.controls[name] ?? "unknown"} />
              <strong>{CONTROL_NAMES[name] ?? name}</strong>
            </div>
            <p className="wrap small">
              <Told>{edge?.control_details.find((control) => control.name === name)?.reason ?? ""}</Told>
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
