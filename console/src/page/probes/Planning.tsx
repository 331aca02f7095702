import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../../api/http";
import { Empty, Failure, Loading } from "../../part/State";
import { type Asked, type Plans } from "./told";
import { asked, BLANK, type Form, PlanForm } from "./PlanForm";
import { PlanShown } from "./PlanShown";
import { RunForm } from "./RunForm";

/** What a plan was asked with: what runs is that, and not what the form says since. */
interface Planned {
  asked: Asked;
  plans: Plans;
}

/** First what would be sent and what it can cost, then, within a budget, the run. */
export function Planning() {
  const [form, setForm] = useState<Form>(BLANK);
  const [planned, setPlanned] = useState<Planned | null>(null);
  const plan = useMutation({
    mutationFn: async (asked: Asked) => ({ asked, plans: await send("post", "/api/v1/probe-plans", {}, asked) }),
    onSuccess: setPlanned,
    onError: () => setPlanned(null),
  });
  const isStale = planned !== null && JSON.stringify(planned.asked) !== JSON.stringify(asked(form));
  return (
    <div className="planning">
      <PlanForm form={form} change={setForm} plan={() => plan.mutate(asked(form))} isBusy={plan.isPending} />
      <div className="stack" aria-live="polite">
        {plan.error ? <Failure error={plan.error} /> : null}
        {plan.isPending && <Loading what="Planning… No model is called." />}
        {!plan.isPending && !planned && !plan.error && (
          <div className="card">
            <Empty title="Nothing is planned yet">A plan asks no model. It shows each call, the tokens, and the dollars that a run can cost at most.</Empty>
          </div>
        )}
        {planned && !plan.isPending && (
          <>
            {isStale && (
              <p className="notice" data-tone="warn">
                The form has changed since. Plan again to see what it comes to now.
              </p>
            )}
            <PlanShown plans={planned.plans} />
            {planned.plans.budget.requests > 0 && !isStale && <RunForm key={JSON.stringify(planned.asked)} asked={planned.asked} plans={planned.plans} />}
          </>
        )}
      </div>
    </div>
  );
}
