// Runs of probes come as `sightline probe show -o json` writes them; the API's document leaves their inside open.

export interface Run {
  run_id: string;
  status: string;
  account_id: string;
  region: string;
  target: string;
  guardrail_id: string;
  guardrail_version: string;
  packs: { id?: string; pack?: string; version?: string }[];
  planned: number;
  done: number;
  spent_usd: number;
  max_usd: number;
  stopped: string;
  started_at: string;
  finished_at?: string | null;
}

export interface Interval {
  low: number;
  high: number;
}

export interface Family {
  family: string;
  outcomes: Record<string, number>;
  prompts: number;
  prompts_decided: number;
  prompts_wrong: number;
  prompt_rate: Interval;
}

export interface Attempt {
  trial: number;
  outcome: string;
  status: string;
  oracle: string;
  reason: string;
  prompt: string;
  completion: string;
}

export interface Prompt {
  pack: string;
  probe_id: string;
  family: string;
  title: string;
  technique: string;
  severity: string;
  attempts: Attempt[];
}

export interface RunReport {
  run: { target: string; guardrail: string; status: string; attempted: number; planned: number; usd_at_most: number; stopped: string; started_at: string; families: Family[]; prompts: Prompt[] };
  findings: { title?: string; status?: string; severity?: string; reason?: string }[];
}

export interface Change {
  pairs: number;
  both: number;
  only_before: number;
  only_after: number;
  p: number;
}

export interface Compared {
  families: (Change & { family: string; q: number })[];
  attacks: Change;
  over_refusal: Change;
  unpaired: { missing: number; undecided: number };
}

export function share(part: number): string {
  return `${Math.round(part * 100)} %`;
}
