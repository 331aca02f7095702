import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { send } from "../../api/http";
import type { Work } from "../../api/types";
import { useFilters } from "../../part/filters";
import { Failure } from "../../part/State";
import { count, money } from "../../part/words";
import type { Asked, Plans } from "./told";

/** Cents, so that the plan fits the budget that is offered. */
function up(usd: number): string {
  return (Math.ceil(usd * 100) / 100).toFixed(2);
}

/** A budget, and the run of exactly what was planned. The server reserves before each call and stops at the budget. */
export function RunForm({ asked, plans }: { asked: Asked; plans: Plans }) {
  const queries = useQueryClient();
  const { set } = useFilters();
  const [budget, setBudget] = useState(up(plans.budget.usd));
  const [keeps, setKeeps] = useState(false);
  const [agrees, setAgrees] = useState(false);
  const ids = [useId(), useId(), useId(), useId()] as const;
  const usd = Number(budget);
  const isShort = budget === "" || usd < plans.budget.usd;
  const run = useMutation({
    mutationFn: () => send("post", "/api/v1/jobs", {}, { kind: "probe", plan: asked, max_usd: usd, keep_text: keeps } as Work),
    onSuccess: async (job) => {
      await queries.invalidateQueries({ queryKey: ["/api/v1/jobs"] });
      set({ job: job.id, tab: undefined }, { push: true });
    },
  });
  function enter(event: FormEvent) {
    event.preventDefault();
    run.mutate();
  }
  return (
    <form className="card stack" aria-label="Run" onSubmit={enter}>
      <h2>Run it</h2>
      <div className="field budget">
        <label htmlFor={ids[0]}>Budget of all calls together, US dollars</label>
        <input id={ids[0]} type="number" min={0} max={1_000_000} step="any" required value={budget} aria-invalid={isShort || undefined} aria-describedby={ids[3]} onChange={(event) => setBudget(event.target.value)} />
        <span id={ids[3]} className={isShort ? "" : "quiet"}>
          {isShort ? `The plan can cost ${money(plans.budget.usd)}: a run within less does not begin.` : "What a call can cost is taken off before it is made."}
        </span>
      </div>
      <div className="tick">
        <input id={ids[1]} type="checkbox" checked={keeps} onChange={(event) => setKeeps(event.target.checked)} />
        <label htmlFor={ids[1]}>Keep prompts and answers in the lake; they may hold what nobody should read</label>
      </div>
      <div className="tick">
        <input id={ids[2]} type="checkbox" checked={agrees} onChange={(event) => setAgrees(event.target.checked)} />
        <label htmlFor={ids[2]}>
          {count(plans.budget.requests)} prompts that attack are to be sent to {plans.targets.filter((target) => target.runs).length === 1 ? "this target" : "these targets"}; that costs money
        </label>
      </div>
      {run.error ? <Failure error={run.error} /> : null}
      <div>
        <button type="submit" className="button primary" disabled={!agrees || isShort || run.isPending}>
          Run for {isShort ? "…" : money(usd)} at most
        </button>
      </div>
    </form>
  );
}
