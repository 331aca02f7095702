// What the mock answers: [status, body].
import { HOSTILE } from "./hostile.mjs";
import { answerKept } from "./state.mjs";
import { newsOf, wayOf } from "./way.mjs";

const MISSING = [404, { title: "Not Found", detail: "nothing has this name" }];

function page(rows, params) {
  const limit = Number(params.get("limit") ?? 100);
  const begin = Number(params.get("cursor") ?? 0);
  const end = begin + limit;
  return [200, { items: rows.slice(begin, end), next: end < rows.length ? String(end) : null, total: rows.length }];
}
const has = (value, text) => !text || String(value).toLowerCase().includes(text.toLowerCase());
const is = (value, text) => !text || value === text;

function findings(data, params) {
  const statuses = (params.get("status") ?? "fail,unknown").split(",");
  const order = ["info", "low", "medium", "high", "critical"];
  const least = order.indexOf(params.get("severity") ?? "info");
  return data.findings.filter((row) => statuses.includes(row.status) && order.indexOf(row.severity) >= least && (params.get("muted") === "true" || !row.mute) && has(row.title + row.resource + row.check_id, params.get("text")) && has(row.check_id, params.get("select")?.replaceAll("*", "")) && is(row.account_id, params.get("account")) && is(row.region, params.get("region")));
}

function summary(data) {
  const out = { by_status: {}, failing_by_severity: {}, unknown_by_severity: {}, open_by_check: {}, muted: 0 };
  const add = (of, key) => (of[key] = (of[key] ?? 0) + 1);
  for (const row of data.findings) {
    if (row.mute) {
      out.muted += 1;
      continue;
    }
    add(out.by_status, row.status);
    if (row.status === "fail") add(out.failing_by_severity, row.severity);
  }
  return out;
}

function overview(data) {
  const { failing_by_severity: failing, by_status: statuses } = summary(data);
  const with_ = (state) => data.edges.filter((edge) => edge.protected === state).length;
  const cases = {};
  for (const { severity } of data.cases) cases[severity] = (cases[severity] ?? 0) + 1;
  const looked = data.edges[0]?.last_seen ?? null;
  return { failing, unknown: statuses.unknown ?? 0, edges: data.edges.length, unprotected: with_("no"), protection_unknown: with_("unknown"), models: 5, workloads: data.edges.length, calls: 1000, cost_usd: 12, cases, not_read: data.coverage.length, blind_spots: data.spots.length, looked: { findings: looked, edges: looked, cases: looked, blind_spots: looked }, accounts: data.edges.length ? ["111122223333", "444455556666"] : [], last_seen: data.edges[0]?.last_seen ?? null, running_jobs: 0, worst: data.findings.slice(0, 10) };
}

function edges(data, params) {
  const without = params.get("without");
  return data.edges.filter((edge) => has(edge.workload_arn + edge.workload_title, params.get("workload")) && has(edge.target_arn, params.get("model")) && has(edge.application, params.get("app")) && (!params.get("class") || params.get("class").startsWith("all") || params.get("class").includes("to-model")) && (params.get("unprotected") !== "true" || edge.protected !== "yes") && (!without || edge.controls[without] !== "yes"));
}

const COLUMNS = ["edge_id", "workload_title", "target_title", "path", "calls"];

function members(data, end, params) {
  const found = new Map();
  for (const edge of data.edges) {
    const arn = edge[`${end}_arn`];
    const used = found.get(arn)?.used ?? { edges: 0, unprotected: 0, unknown: 0, calls: 0, errors: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, first_seen: edge.first_seen, last_seen: edge.last_seen };
    const others = new Set(found.get(arn)?.others).add(end === "target" ? edge.workload_arn : edge.target_arn);
    found.set(arn, { arn, kind: edge[`${end}_kind`] ?? "role", title: edge[`${end}_title`] ?? "", account_id: end === "target" ? "" : edge.account_id, application: edge.application, regions: [edge.region], protected: edge.protected, used: { ...used, edges: used.edges + 1, calls: used.calls + edge.calls, cost_usd: used.cost_usd + edge.cost_usd }, others: [...others], allowed: 7 });
  }
  return [...found.values()].filter((row) => has(row.arn + row.title, params.get("text")) && is(row.kind, params.get("kind")) && params.get("used") !== "false");
}

export function answer(data, method, url, body) {
  const params = url.searchParams;
  const [kind, id, more] = url.pathname.replace("/api/v1/", "").split("/").map(decodeURIComponent);
  if (method === "POST" && kind === "query") {
    if (body.sql.includes("api_call")) return [200, { columns: [], rows: data.edges.length === 0 ? [] : Array.from({ length: 14 }, (_, place) => ({ day: `2026-11-${String(22 - place).padStart(2, "0")}`, calls: 4000 + ((place * 7919) % 2600), failed: (place * 37) % 190 })), truncated: false }];
    if (!/^\s*(select|with)\b/i.test(body.sql)) return [400, { title: "Bad Request", detail: "the query is no SELECT" }];
    return [200, { columns: COLUMNS.map((name) => ({ name, type: name === "calls" ? "int" : "text" })), rows: data.edges.map((edge) => Object.fromEntries(COLUMNS.map((name) => [name, edge[name]]))), truncated: false }];
  }
  if (kind === "findings" && id === "summary") return [200, summary(data)];
  if (kind === "findings" && id) {
    const row = data.findings.find((one) => one.fingerprint === id);
    if (!row) return MISSING;
    if (more === "mute") row.mute = method === "DELETE" ? null : body;
    return [200, { ...row, missing_actions: row.status === "unknown" ? ["bedrock:GetGuardrail"] : [], run_id: "r", scan_id: "s", about: "A guardrail without this filter lets prompts overrule the operator.", frameworks: { "owasp-llm-2025": ["LLM01"] }, references: ["https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html", "javascript:window.__ran=1"], fix: [{ language: "cli", text: "aws bedrock update-guardrail --guardrail-identifier g1" }, { language: "terraform", text: 'resource "aws_bedrock_guardrail" "g1" {}' }] }];
  }
  if (kind === "findings") return page(findings(data, params), params);
  if (kind === "edges" && more === "evidence") return page([{ source: "api_call", proves: "call", object: "s3://logs/AWSLogs/111122223333/CloudTrail/part.json.gz", line: 12, event_id: "e-1", seen_at: "2026-11-21T10:00:00Z" }], params);
  if (kind === "edges" && more === "path") {
    const edge = data.edges.find((one) => one.edge_id === id);
    const name = data.hostile ? (_, place) => HOSTILE[place % HOSTILE.length] : undefined;
    return edge ? [200, wayOf(edge, { ...(name ? { name } : {}), more: Number(params.get("more") ?? 0) })] : MISSING;
  }
  if (kind === "edges" && id) {
    const edge = data.edges.find((one) => one.edge_id === id);
    return edge ? [200, edge] : MISSING;
  }
  if (kind === "edges") return page(edges(data, params), params);
  if (kind === "graph") {
    const ids = new Set(edges(data, params).map((edge) => edge.edge_id));
    const lines = data.graph.lines.filter((line) => line.edge_ids.some((id) => ids.has(id)));
    const ends = new Set(lines.flatMap((line) => [line.source, line.target]));
    return [200, { ...data.graph, nodes: data.graph.nodes.filter((node) => ends.has(node.id)), lines }];
  }
  if (kind === "cases" && id) return data.cases.some((one) => one.case_id === id) ? [200, data.cases.find((one) => one.case_id === id)] : MISSING;
  if (kind === "cases") return page(data.cases.filter((row) => is(row.severity, params.get("severity")) && has(row.identity_arn, params.get("identity"))), params);
  if (kind === "blind-spots") return page(data.spots.filter((row) => (params.get("all") === "true" || row.sight !== "seen") && is(row.plane, params.get("plane"))), params);
  if (kind === "coverage") return page(data.coverage.filter((row) => (params.get("outcome") ?? "denied,throttled,failed,skipped").split(",").includes(row.outcome) && has(row.table_name, params.get("table"))), params);
  if (kind === "tables" && id) return [200, { name: id, kind: "view", about: "", actions: [], columns: COLUMNS.map((name) => ({ name, type: "text" })) }];
  if (kind === "tables") return page([{ name: "current_edge", kind: "view", about: "The newest map" }, { name: "current_finding", kind: "view", about: "The newest findings" }], params);
  if (kind === "frameworks") return page([{ id: "owasp-llm-2025", title: "OWASP LLM 2025", url: "", requirements: [], published: 10 }], params);
  if (kind === "models") return page(members(data, "target", params), params);
  if (kind === "workloads") return page(members(data, "workload", params), params);
  if (kind === "identities") return page(members(data, "identity", params), params);
  if (kind === "applications") return page([], params);
  if (kind === "access") return page(data.access.filter((row) => is(row.decision, params.get("decision"))), params);
  if (kind === "overview" && id === "new") return [200, newsOf(data, params.get("since"))];
  if (kind === "overview") return [200, overview(data)];
  const beside = answerKept(data, method, [kind, id, more], body, (rows) => page(rows, params), params);
  if (beside) return beside;
  if (kind === "session") return [204, undefined];
  if (kind === "me") return [200, { id: "t1", name: "mock", role: "admin", kind: "session", expires_at: "2026-11-22T18:00:00Z" }];
  return MISSING;
}
