import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Run = Schemas["ProbeRun"];
export type RunReport = Schemas["ProbeRunDetail"];
export type Family = Schemas["ProbedFamily"];
export type Prompt = Schemas["ProbedPrompt"];
export type Change = Schemas["ProbeChange"];
export type Compared = Schemas["ProbeComparison"];
export type Asked = Schemas["ProbeAsked"];
export type Plans = Schemas["ProbePlans"];
export type PlanOfTarget = Schemas["ProbePlan"];
export type Bound = Schemas["ProbeBound"];
export type Pack = Schemas["ProbePack"];

/** What a job of probes came to. The document leaves results of jobs open: what is shown is read with care. */
export interface Came {
  runs: { run_id: string; target: string; guardrail: string | null; planned: number; attempted: number; usd_at_most: number; stopped: string | null; outcomes: Record<string, number> }[];
  not_probed: { target: string; why: string }[];
}

export function cameOf(result: unknown): Came | null {
  const came = result as Partial<Came> | null;
  return came && Array.isArray(came.runs) ? { runs: came.runs, not_probed: Array.isArray(came.not_probed) ? came.not_probed : [] } : null;
}

export function share(part: number): string {
  return `${Math.round(part * 100)} %`;
}

export function guardrailOf(run: Run): string {
  return run.guardrail_id ? `${run.guardrail_id}:${run.guardrail_version}` : "";
}

export function outcomes(of: Record<string, number>): string {
  return Object.entries(of)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome.replaceAll("_", " ")}`)
    .join(", ");
}
