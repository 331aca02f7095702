import type { Tone } from "./Badge";

/** `application_to_model` → `application to model`. */
export function spaced(word: string): string {
  return word.replaceAll("_", " ");
}

const SHORTER: [RegExp, string][] = [
  [/^arn:[^:]*:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)\//, ""],
  [/^arn:[^:]*:iam::(\d*):(?:role|user)\/(?:.*\/)?/, ""],
  [/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, ""],
];

/** An ARN's own part, short enough for a table cell; the whole one is in the title. */
export function shortArn(arn: string): string {
  for (const [pattern, put] of SHORTER) {
    if (pattern.test(arn)) return arn.replace(pattern, put);
  }
  return arn;
}

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const MONEY = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 2 });
const SMALL_MONEY = new Intl.NumberFormat("en", { style: "currency", currency: "USD", minimumSignificantDigits: 2, maximumSignificantDigits: 2 });

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : COUNT.format(value);
}

export function compact(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : SHORT.format(value);
}

export function money(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return (Math.abs(value) >= 1 || value === 0 ? MONEY : SMALL_MONEY).format(value);
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let amount = value;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount >= 100 || unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[unit] ?? ""}`;
}

/** What stands in a field, one after the other. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** `1 row`, `2 rows`. */
export function several(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** UTC, to the minute: what logs and reports say. */
export function moment(value: string | null | undefined): string {
  if (!value) return "–";
  return value.length >= 16 ? `${value.slice(0, 10)} ${value.slice(11, 16)}` : value;
}

export function ago(value: string | null | undefined, now = Date.now()): string {
  const then = value ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(then)) return "–";
  const minutes = Math.round((now - then) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h ago`;
  return `${Math.round(minutes / 1440)} days ago`;
}

const TONES: Record<string, Tone> = {
  critical: "grave",
  high: "bad",
  medium: "warn",
  low: "accent",
  info: "plain",
  fail: "bad",
  pass: "good",
  unknown: "warn",
  skip: "plain",
  yes: "good",
  no: "bad",
  protected: "good",
  unprotected: "bad",
  ok: "good",
  denied: "bad",
  throttled: "warn",
  failed: "bad",
  unsupported: "plain",
  skipped: "warn",
  blind: "bad",
  partial: "warn",
  seen: "good",
  allow: "bad",
  conditional: "warn",
  deny: "good",
  delivered: "good",
  waiting: "accent",
  done: "good",
  finished: "good",
  succeeded: "good",
  running: "accent",
  queued: "accent",
  interrupted: "warn",
  incomplete: "warn",
  stopped: "warn",
  cancelled: "warn",
  met: "good",
  missing: "bad",
};

export function tone(word: string): Tone {
  return TONES[word] ?? "plain";
}

export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
const RANK = new Map<string, number>([...SEVERITIES].map((word, place) => [word, SEVERITIES.length - place]));

/** For sorting: worse is more. */
export function rank(severity: string): number {
  return RANK.get(severity) ?? 0;
}

export const CONTROL_NAMES: Record<string, string> = {
  guardrail_on_call: "Guardrail on the call",
  guardrail_enforced: "Guardrail enforced",
  private_path: "Private path",
  endpoint_policy: "Endpoint policy",
  inspected_path: "Inspected path",
  invocation_logged: "Invocations logged",
  data_events_logged: "Calls recorded by a trail",
};
