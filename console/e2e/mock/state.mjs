import { cameTo, packs, planOf } from "./probes.mjs";

// What the mock keeps beside the estate: jobs, schedules, tokens and the log of changes.
const NOW = "2026-11-22T06:00:00Z";

export function kept({ hostile, name }) {
  const job = (id, kind, status) => ({ id, kind, status, arguments: { kind }, account: name("default", 1), progress: { stage: name("reading", 2), done: 3, total: 10, run_id: "" }, result: null, error: status === "failed" ? name("the role cannot be assumed", 3) : "", resumes: null, requested_by: "t1", created_at: NOW, finished_at: status === "running" ? null : NOW });
  return {
    hostile,
    jobs: [job("j1", "scan", "succeeded"), job("j2", "ingest", "interrupted"), job("j3", "map", "failed"), { ...job("j4", "probe", "succeeded"), result: cameTo(name) }, { ...job("j5", "retain", "incomplete"), arguments: { kind: "retain", days: { flow: 90 }, dry_run: false }, result: { dry_run: false, tables: { flow: { rows: 12000, files: 3, rewritten: 1, busy: 1 } } } }],
    name,
    schedules: [{ id: "s1", name: name("nightly", 4), job: { kind: "scan" }, cron: "0 3 * * *", enabled: true, created_by: "t1", created_at: NOW, next_at: NOW, last_job: null, last_error: "" }],
    tokens: [{ id: "t1", name: name("me", 5), role: "admin", created_at: NOW, expires_at: null, revoked_at: null, last_used_at: NOW }],
    audit: [{ id: 1, at: NOW, actor: "t1", role: "admin", action: "finding.mute", subject: name("f1", 6), detail: { reason: name("why", 7) }, request_id: "r1" }],
    begin: (work) => ({ ...job(`j${Date.now()}`, work.kind, "running"), arguments: work }),
    settings: [{ setting: "lake", value: name("/data/lake", 8), from: "default" }, { setting: "map.protected", value: "private_path", from: "sightline.toml" }],
    prerequisites: ["log-bucket", "cloudtrail", "scanner-role"].map((id, place) => ({ id, title: id.replaceAll("-", " "), about: name("It keeps the logs.", place), composition: false, parameters: [], permissions: [{ action: "s3:GetBucketPolicy", why: name("to compare it", place) }] })),
    notifications: [{ name: name("ops", 9), channel: "webhook", place: name("hooks.example.com", 2), on: ["findings", "cases"], severity: "high" }],
    deliveries: [{ id: "d1", notification: name("ops", 9), channel: "webhook", about: "findings", notice: {}, status: "failed", attempts: 3, next_at: null, error: name("it answered with 500", 3), created_at: NOW, ended_at: NOW }],
    runs: [0, 1].map((place) => ({ run_id: `p${place}`, status: "finished", account_id: "111122223333", region: "us-east-1", target: name("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", place), guardrail_id: place ? "gr-1" : "", guardrail_version: place ? "1" : "", packs: [], planned: 60, done: 60, spent_usd: 0.4, max_usd: 1, stopped: "", started_at: NOW, finished_at: NOW, settings: { families: [], probes: [], trials: null, without_twins: false, concurrency: 2, surface: "converse" } })),
  };
}

const change = { pairs: 40, both: 4, only_before: 14, only_after: 1, p: 0.001 };

/** Tables whose rows never grow old; the server knows more of them. */
const KEPT = ["log_object", "day_group", "probe_attempt"];

/** What is wrong with a job, as the server says it. */
function wrongWork(work) {
  const name = Object.keys(work?.days ?? {}).find((table) => KEPT.includes(table));
  return name ? [422, { title: "Unprocessable Entity", detail: `\`${name}\`: no such table, or its rows are kept; choose from flow, api_call` }] : undefined;
}

/** [status, body], or nothing where it is none of these. */
export function answerKept(kept, method, [kind, id, more], body, page, params) {
  const list = (items) => page(items);
  const wrong = method === "POST" || method === "PUT" ? wrongWork(kind === "schedules" ? body.job : body) : undefined;
  if (wrong && (kind === "jobs" || kind === "schedules")) return wrong;
  if (kind === "jobs" && !id) return method === "POST" ? made(kept.jobs, kept.begin(body)) : list(kept.jobs.filter((one) => ["kind", "status"].every((name) => !params.get(name) || one[name] === params.get(name))));
  if (kind === "jobs") {
    const job = kept.jobs.find((one) => one.id === id);
    if (more === "cancel") job.status = "cancelled";
    return job ? [200, job] : undefined;
  }
  if (kind === "schedules") return method === "GET" ? [200, { items: kept.schedules }] : method === "DELETE" ? [204, undefined] : made(kept.schedules, { ...kept.schedules[0], id: `s${kept.schedules.length + 1}`, ...body });
  if (kind === "tokens" && method === "POST") {
    const token = { ...kept.tokens[0], id: `t${kept.tokens.length + 1}`, name: body.name, role: body.role, expires_at: "2027-02-22T06:00:00Z" };
    kept.tokens.push(token);
    return [201, { token, secret: "sightline_secret" }];
  }
  if (kind === "tokens" && method === "DELETE") {
    const token = kept.tokens.find((one) => one.id === id);
    token.revoked_at = NOW;
    return [200, token];
  }
  if (kind === "tokens") return [200, { items: kept.tokens }];
  if (kind === "notifications" && method === "POST") return [200, { ...kept.deliveries[0], about: "test" }];
  if (kind === "notifications") return [200, { items: kept.notifications }];
  if (kind === "deliveries") return [200, { items: kept.deliveries, next: null }];
  if (kind === "audit") return list(kept.audit);
  if (kind === "settings") return [200, { settings: kept.settings }];
  if (kind === "version") return [200, { name: "sightline", version: "0.0.0" }];
  if (kind === "prerequisites" && more === "render") return [200, { text: `# ${id} of ${body.account_id} in ${body.format}\nresource "aws_s3_bucket" "logs" {}\n`, extension: "tf" }];
  if (kind === "prerequisites") return [200, { items: kept.prerequisites }];
  if (kind === "probe-packs") return [200, { items: packs(kept.name) }];
  if (kind === "probe-plans") return planOf(body, kept.name);
  if (kind === "probe-runs" && id === "compare") return [200, { before: "p0", after: "p1", verdict: "not_worse", before_run: kept.runs[0], after_run: kept.runs[1], families: [{ family: "direct-injection", ...change, q: 0.002 }], attacks: change, over_refusal: { ...change, p: 0.6 }, unpaired: { missing: 2, undecided: 3 } }];
  if (kind === "probe-runs" && id) {
    const [run] = kept.runs;
    const attempt = { trial: 0, outcome: "broken", status: "fail", oracle: "contains", reason: "the answer contains the word", prompt: run.target, completion: run.target };
    return [200, { run: { ...run, guardrail: "", attempted: 60, usd_at_most: 0.4, families: [{ family: "direct-injection", outcomes: { held: 50, broken: 10 }, prompts: 30, prompts_decided: 28, prompts_wrong: 6, prompt_rate: { low: 0.1, high: 0.4 } }], prompts: [{ pack: "direct-injection", probe_id: "authority-regulator", family: "direct-injection", title: run.target, technique: "authority", severity: "high", attempts: [attempt] }] }, checks: {}, findings: [{ fingerprint: "f", title: run.target, status: "fail", severity: "high", reason: run.target, fix: [{ language: "cli", text: run.target }] }] }];
  }
  if (kind === "probe-runs") return list(kept.runs);
  return undefined;
}

function made(list, one) {
  list.unshift(one);
  return [201, one];
}
