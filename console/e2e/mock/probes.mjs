// Probes of the made-up estate: packs, a plan, and a job that runs it.
const FAMILIES = ["direct-injection", "jailbreak", "data-leak"];

export const packs = (name) => FAMILIES.map((id, place) => ({ id, version: "1.2.0", title: name(id.replaceAll("-", " "), place), about: name("Prompts of this family.", place), probes: Array.from({ length: 8 }, (_, at) => ({ id: `${id}-${at}`, family: id, technique: "", title: name("an authority asks", at), severity: "high", trials: 3, twin: true })) }));

/** What the form asks comes to; a model that is called `none` cannot be probed. */
export function planOf(asked, name) {
  if (asked.targets?.includes("wrong")) return [422, { title: "Unprocessable", detail: "`wrong` is no model: give an id or an ARN" }];
  const ids = asked.targets ?? ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"];
  const ways = asked.three_ways ? [null, asked.guardrail, asked.guardrail] : [asked.guardrail ?? null];
  const probes = (asked.packs?.length ? asked.packs : FAMILIES).flatMap((pack) => Array.from({ length: 8 }, (_, at) => ({ id: `${pack}-${at}`, pack, family: pack, title: name("an authority asks", at), trials: asked.trials ?? 3, usd: 0.004 })));
  const requests = probes.reduce((sum, probe) => sum + probe.trials, 0);
  const bound = { requests, input_tokens: requests * 400, output_tokens: requests * 512, usd: requests * 0.0021 };
  const targets = ids.filter((id) => id !== "none").flatMap((id, place) => ways.map((guardrail) => ({ target: name(id, place), kind: "foundation-model", account_id: "111122223333", region: "us-east-1", surface: asked.surface, guardrail, calls_seen: 120, runs: asked.targets !== undefined || place === 0, bound, price_source: name("AWS's price list of 2026-11-01", place), probes })));
  const sum = (list) => list.reduce((all, one) => ({ requests: all.requests + one.bound.requests, input_tokens: all.input_tokens + one.bound.input_tokens, output_tokens: all.output_tokens + one.bound.output_tokens, usd: all.usd + one.bound.usd }), { requests: 0, input_tokens: 0, output_tokens: 0, usd: 0 });
  const hindered = ids.includes("none") || !asked.targets ? [{ target: name("arn:aws:sagemaker:us-east-1:111122223333:endpoint/none", 1), kind: "endpoint", region: "us-east-1", why: name("its price is not known: add `assume_price`", 2), named: false }] : [];
  return [200, { targets, not_probed: hindered, left_out: asked.targets ? 0 : 41, unread: asked.targets ? [] : [name("aws_bedrock_agent was not read in eu-west-1", 3)], unknown: [], total: sum(targets), budget: sum(targets.filter((one) => one.runs)) }];
}

/** What a job came to that ran to its end. */
export const cameTo = (name) => ({
  runs: ["p0", "p1"].map((run_id, place) => ({ run_id, target: name("amazon.nova-lite-v1:0", 0), region: "us-east-1", surface: "converse", guardrail: place ? "gr-1:1" : null, planned: 60, attempted: 60, outcomes: { held: 50, broken: 10 }, usd_at_most: 0.2, stopped: place ? name("the budget is used up", 4) : null, gates: [] })),
  not_probed: [],
  three_ways: [],
});
