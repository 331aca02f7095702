import { type FormEvent, type ReactNode, useId } from "react";
import { useOne } from "../../api/page";
import { Answer } from "../../part/State";
import { several, words } from "../../part/words";
import type { Asked } from "./told";

export interface Form {
  what: "targets" | "app" | "all_bedrock" | "apply-guardrail";
  targets: string;
  app: string;
  guardrail: string;
  three_ways: boolean;
  packs: string[];
  families: string;
  trials: string;
  without_twins: boolean;
  surface: string;
  price_in: string;
  price_out: string;
  role_arn: string;
  external_id: string;
  regions: string;
}

export const BLANK: Form = {
  what: "targets",
  targets: "",
  app: "",
  guardrail: "",
  three_ways: false,
  packs: [],
  families: "",
  trials: "",
  without_twins: false,
  surface: "converse",
  price_in: "",
  price_out: "",
  role_arn: "",
  external_id: "",
  regions: "",
};

const WHAT: [Form["what"], string][] = [
  ["targets", "Models that I name"],
  ["app", "All that an application was seen to call"],
  ["all_bedrock", "All of Bedrock that is called, may be called or is ours"],
  ["apply-guardrail", "A guardrail alone, without a model"],
];
const SURFACES = ["converse", "converse-stream", "invoke-model", "invoke-model-stream"];

/** The request that the form says; what is left empty is not sent, so that the server's own defaults hold. */
export function asked(form: Form): Asked {
  const alone = form.what === "apply-guardrail";
  const guardrail = form.guardrail.trim();
  const [input, output] = [Number(form.price_in), Number(form.price_out)];
  return {
    credentials: { role_arn: form.role_arn.trim() || null, external_id: form.external_id.trim() || null, regions: words(form.regions) },
    ...(form.what === "targets" ? { targets: words(form.targets) } : {}),
    ...(form.what === "app" ? { app: form.app.trim() } : {}),
    ...(form.what === "all_bedrock" ? { all_bedrock: true } : {}),
    surface: alone ? "apply-guardrail" : form.surface,
    ...(guardrail ? { guardrail } : {}),
    ...(guardrail && !alone && form.three_ways ? { three_ways: true } : {}),
    packs: form.packs,
    families: words(form.families),
    ...(form.trials ? { trials: Number(form.trials) } : {}),
    without_twins: form.without_twins,
    ...(form.price_in && form.price_out && input >= 0 && output >= 0 ? { assume_price: { input, output } } : {}),
  } as Asked;
}

export function PlanForm({ form, change, plan, isBusy }: { form: Form; change: (form: Form) => void; plan: () => void; isBusy: boolean }) {
  const set = <K extends keyof Form>(name: K) => (value: Form[K]) => change({ ...form, [name]: value });
  const alone = form.what === "apply-guardrail";
  const isReady = (form.what !== "targets" || form.targets.trim()) && (form.what !== "app" || form.app.trim()) && (!(alone || form.three_ways) || form.guardrail.trim());
  function enter(event: FormEvent) {
    event.preventDefault();
    plan();
  }
  return (
    <form className="card stack" aria-label="Plan" onSubmit={enter}>
      <Field name="What is probed">
        {(id) => (
          <select id={id} value={form.what} onChange={(event) => set("what")(event.target.value as Form["what"])}>
            {WHAT.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {form.what === "targets" && (
        <Field name="Ids or ARNs of models, profiles, agents, endpoints">
          {(id) => <textarea id={id} rows={2} required value={form.targets} placeholder="amazon.nova-lite-v1:0" onChange={(event) => set("targets")(event.target.value)} />}
        </Field>
      )}
      {form.what === "app" && <Text name="Application of sightline.toml" value={form.app} set={set("app")} required />}
      <Text name={alone ? "Guardrail, ID or ID:VERSION" : "Guardrail on each call, ID or ID:VERSION; empty for none"} value={form.guardrail} set={set("guardrail")} required={alone || form.three_ways} />
      {!alone && form.guardrail.trim() !== "" && (
        <Tick name="Three ways: without it, with it, and it alone, then compare" value={form.three_ways} set={set("three_ways")} />
      )}
      <Packs chosen={form.packs} set={set("packs")} />
      <details>
        <summary>More</summary>
        <div className="stack">
          <Text name="Families; empty for all" value={form.families} set={set("families")} />
          <Field name="Times each prompt is sent; empty for what the probe says">
            {(id) => <input id={id} type="number" min={1} max={1000} value={form.trials} onChange={(event) => set("trials")(event.target.value)} />}
          </Field>
          <Tick name="Leave out plain work, which tells over-blocking" value={form.without_twins} set={set("without_twins")} />
          {!alone && (
            <Field name="How models are asked">
              {(id) => (
                <select id={id} value={form.surface} onChange={(event) => set("surface")(event.target.value)}>
                  {SURFACES.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <Amount name="Dollars for 1,000 tokens in, where the price is not known" value={form.price_in} set={set("price_in")} />
          <Amount name="Dollars for 1,000 tokens out" value={form.price_out} set={set("price_out")} />
          <Text name="Role to assume; empty for the server's own credentials" value={form.role_arn} set={set("role_arn")} />
          <Text name="External id" value={form.external_id} set={set("external_id")} />
          <Text name="Regions; empty for those of the targets" value={form.regions} set={set("regions")} />
        </div>
      </details>
      <div>
        <button type="submit" className="button primary" disabled={isBusy || !isReady}>
          Plan
        </button>
      </div>
    </form>
  );
}

function Packs({ chosen, set }: { chosen: string[]; set: (packs: string[]) => void }) {
  const packs = useOne("/api/v1/probe-packs", {});
  return (
    <fieldset className="packs">
      <legend>Packs; all where none is chosen</legend>
      <Answer of={packs}>
        {(data) => (
          <ul>
            {data.items.map((pack) => (
              <li key={pack.id}>
                <Tick name={pack.title} about={`${several(pack.probes.length, "probe")}; ${pack.id} ${pack.version}`} value={chosen.includes(pack.id)} set={(on) => set(on ? [...chosen, pack.id] : chosen.filter((one) => one !== pack.id))} />
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </fieldset>
  );
}

function Field({ name, children }: { name: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {children(id)}
    </div>
  );
}

function Text({ name, value, set, required }: { name: string; value: string; set: (value: string) => void; required?: boolean }) {
  return <Field name={name}>{(id) => <input id={id} value={value} required={required} maxLength={2048} autoComplete="off" onChange={(event) => set(event.target.value)} />}</Field>;
}

function Amount({ name, value, set }: { name: string; value: string; set: (value: string) => void }) {
  return <Field name={name}>{(id) => <input id={id} type="number" min={0} step="any" value={value} onChange={(event) => set(event.target.value)} />}</Field>;
}

function Tick({ name, about, value, set }: { name: string; about?: string; value: boolean; set: (on: boolean) => void }) {
  const id = useId();
  return (
    <div className="tick">
      <input id={id} type="checkbox" checked={value} aria-describedby={about ? `${id}-about` : undefined} onChange={(event) => set(event.target.checked)} />
      <label htmlFor={id}>{name}</label>
      {about && (
        <span id={`${id}-about`} className="quiet small">
          {about}
        </span>
      )}
    </div>
  );
}
