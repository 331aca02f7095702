// A made-up estate in the shapes of the API. The same seed gives the same estate.
import { HOSTILE } from "./hostile.mjs";
import { kept } from "./state.mjs";

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const hex = (number) => number.toString(16).padStart(32, "0");
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2"];
const ACCOUNTS = ["111122223333", "444455556666"];
const MODELS = ["anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-opus-20240229-v1:0", "amazon.nova-pro-v1:0", "meta.llama3-1-70b-instruct-v1:0", "mistral.mistral-large-2402-v1:0"];
const KINDS = ["instance", "pod", "function", "task", "notebook", "agent", "user", "role"];
const APPS = ["search", "support", "billing", "reports", "ingest", "batch", "chat", "fraud"];
const CONTROLS = ["guardrail_on_call", "guardrail_enforced", "private_path", "endpoint_policy", "inspected_path", "invocation_logged", "data_events_logged"];
const MEANS = "private_path and (guardrail_on_call or guardrail_enforced)";
const SEVERITIES = ["critical", "high", "medium", "low", "info"];

export function estate({ edges: howMany = 60, findings: findingCount = 320, hostile = false, empty = false, nodes: nodeCount = 0 } = {}) {
  const roll = random(7);
  const any = (list) => list[Math.floor(roll() * list.length)];
  const name = (plain, place) => (hostile ? HOSTILE[place % HOSTILE.length] : plain);
  const time = (hour) => new Date(Date.UTC(2026, 10, 22, 6) - hour * 3_600_000).toISOString().replace(".000", "");
  const beside = kept({ hostile, name });
  if (empty) return { ...beside, notifications: [], deliveries: [], jobs: [], schedules: [], audit: [], runs: [], edges: [], findings: [], cases: [], access: [], coverage: [], spots: [], graph: { nodes: [], lines: [], total_edges: 0, left_out: 0, protected_means: MEANS } };

  const edges = Array.from({ length: howMany }, (_, place) => {
    const kind = any(KINDS);
    const model = any(MODELS);
    const account = any(ACCOUNTS);
    const path = any(["interface_endpoint", "internet", "aws_internal", "vpc"]);
    const title = name(`${any(APPS)}-${kind}-${place % 17}`, place);
    const calls = Math.floor(roll() ** 3 * 90_000);
    const details = CONTROLS.map((control, number) => {
      const state = any(["yes", "yes", "no", "unknown"]);
      return { name: control, state, reason: name(`what was seen of ${control}`, place + number), fix: state === "no" ? [{ language: "terraform", text: `resource "aws_vpc_endpoint" "bedrock" {\n  service_name = "com.amazonaws.us-east-1.bedrock-runtime"\n}` }, { language: "cli", text: "aws ec2 create-vpc-endpoint --service-name com.amazonaws.us-east-1.bedrock-runtime" }] : [] };
    });
    return {
      edge_id: hex(0xe0000 + place), class: "application_to_model", account_id: account, region: any(REGIONS), workload_arn: `arn:aws:x:us-east-1:${account}:${kind}/${title}`, workload_kind: kind, workload_title: title, application: any(["", ...APPS]),
      identity_arn: `arn:aws:iam::${account}:role/${title}`, target_arn: `arn:aws:bedrock:us-east-1::foundation-model/${model}`, target_kind: "foundation-model", target_title: name(model, place + 3), target_application: "", service: "bedrock-runtime.us-east-1.amazonaws.com", port: 443,
      path, path_evidence: path === "interface_endpoint" ? "vpce-0a1b2c3d4e5f6a7b8" : "203.0.113.7", calls, errors: Math.floor(calls * roll() * 0.05), bytes_out: calls * 900, bytes_in: calls * 4100, input_tokens: calls * 420, output_tokens: calls * 160, cost_usd: calls * 0.0031,
      first_seen: time(90), last_seen: time(Math.floor(roll() * 40)), confidence: any(["exact", "session", "address-time", "inferred"]), attribution: name("the session's credentials were delivered by the metadata service of this instance", place + 5),
      protected: details.slice(0, 3).map((control) => control.state).reduce(worse), protected_means: MEANS, controls: Object.fromEntries(details.map((control) => [control.name, control.state])), control_details: details, evidence: [],
    };
  });
  const findings = Array.from({ length: findingCount }, (_, place) => {
    const status = any(["fail", "fail", "fail", "unknown", "pass"]);
    return {
      fingerprint: hex(0xf0000 + place), check_id: any(["bedrock-guardrail-prompt-attack", "iam-root-without-mfa", "ebs-snapshot-public", "bedrock-logging-off"]), title: name(any(["Prompt attacks are not filtered", "Model invocations are not logged", "A role of anybody may invoke models", "A notebook has direct internet access"]), place),
      status, severity: any(SEVERITIES), account_id: any(ACCOUNTS), region: any([...REGIONS, "global"]), resource: `arn:aws:bedrock:us-east-1:111122223333:guardrail/${name(`g${place}`, place + 1)}`,
      resource_title: name(`guardrail-${place}`, place + 1), reason: name(status === "unknown" ? "could not tell: `aws_bedrock_guardrail` was not read" : "no filter PROMPT_ATTACK", place + 2), evaluated_at: time(3),
      mute: place % 40 === 7 ? { reason: name("accepted until the migration", place), owner: name("Kim", place), expires: "2026-12-31" } : null,
    };
  }).sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const cases = Array.from({ length: 6 }, (_, place) => ({
    run_id: "r", case_id: hex(0xc0000 + place), account_id: ACCOUNTS[0], identity_arn: `arn:aws:iam::111122223333:user/${name(`deploy-${place}`, place)}`, workload_arn: `arn:aws:iam::111122223333:user/${name(`deploy-${place}`, place)}`,
    title: name(`user/deploy-${place} looked around, weakened logs or guardrails and came new to models`, place), severity: SEVERITIES[place % 3], summary: name("asked 3 times whether prompts are logged, in 2 regions, then turned model invocation logging off in us-east-1", place + 1),
    first_seen: time(20 + place), last_seen: time(18 + place), regions: ["us-east-1", "eu-west-1"], models: [MODELS[1]], source_ips: ["198.51.100.23"], access_key_ids: ["AKIAEXAMPLEEXAMPLE00"], events: 123 + place,
    signals: ["logging-config-read-then-use", "model-enumeration-then-use", "invocation-logging-weakened"].map((detection, number) => ({
      detection_id: detection, title: name(detection.replaceAll("-", " "), place + number), severity: SEVERITIES[number % 3], reason: name("asked 3 times whether prompts are logged", place + number), events: 3 + number, first_seen: time(20), last_seen: time(19),
      evidence: [{ object: `s3://logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/${name("part-1", place)}.json.gz`, line: 38, event_id: "22053223-9ef3-4ae7-bfdc-3fbe5390cdaa" }],
    })),
  }));
  const coverage = Array.from({ length: 140 }, (_, place) => {
    const outcome = any(["ok", "ok", "ok", "denied", "throttled", "unsupported"]);
    return { scan_id: "s", account_id: any(ACCOUNTS), region: any(REGIONS), table_name: `aws_table_${place}`, operation: "bedrock:ListGuardrails", action: "bedrock:ListGuardrails", target: "", outcome, error_code: outcome === "denied" ? "AccessDeniedException" : "", error_message: outcome === "denied" ? name("User is not authorized to perform this action", place) : "", rows: 3, calls: 1, collected_at: time(4) };
  });
  const spots = Array.from({ length: 48 }, (_, place) => {
    const sight = any(["blind", "partial", "unknown", "seen"]);
    return { run_id: "r", spot_id: hex(0xb0000 + place), account_id: any(ACCOUNTS), region: any(REGIONS), plane: any(["bedrock-runtime", "sagemaker-runtime", "network", "public-ai"]), telemetry: any(["cloudtrail-data", "invocation-logging", "flow-logs", "resolver-logs"]), subject: "", sight, seen_since: sight === "blind" ? null : time(300), seen_until: sight === "blind" ? null : time(2), blind_from: null, blind_until: null, lost: name("which model a call of the endpoint reached", place), reason: name("no trail records data events", place + 1), fix: any(["trail-data-events", "sightline ingest s3://logs/", ""]) };
  });
  const access = Array.from({ length: 40 }, (_, place) => ({
    run_id: "r", account_id: ACCOUNTS[0], principal_arn: `arn:aws:iam::111122223333:role/${name(`role-${place}`, place)}`, principal_kind: "role", workload_arn: "", workload_kind: "", action: "bedrock:InvokeModel", resource_arn: `arn:aws:bedrock:us-east-1::foundation-model/${MODELS[place % 5]}`, resource_account_id: "", resource_kind: "foundation-model",
    decision: place % 3 ? "allow" : "conditional", residual: place % 3 ? "" : name("if aws:SourceVpce is vpce-1", place), residual_ways: place % 3 ? [] : [[name("aws:SourceVpce is vpce-1", place)]], hops: 0, witness: [name("policy access allows it", place)], evaluated_at: time(2),
  }));
  return { ...beside, edges, findings, cases, access, coverage, spots, graph: nodeCount > 0 ? wide(nodeCount, roll) : graphOf(edges) };
}

const worse = (one, other) => (one === "no" || other === "no" ? "no" : one === "unknown" || other === "unknown" ? "unknown" : "yes");

function graphOf(edges) {
  const nodes = new Map();
  const lines = new Map();
  const layers = ["application", "workload", "identity", "target"];
  for (const edge of edges) {
    const way = [["application", edge.application, edge.application, "application"], ["workload", edge.workload_arn, edge.workload_title, edge.workload_kind], ["identity", edge.identity_arn, edge.identity_arn.split("/").pop(), "identity"], ["target", edge.target_arn, edge.target_title, edge.target_kind]].filter(([, arn]) => arn);
    way.forEach(([role, arn, title, kind], place) => {
      const id = `${layers.indexOf(role)}:${arn}`;
      const node = nodes.get(id) ?? { id, layer: role, kind, title, arn, account_id: edge.account_id, calls: 0, protected: "yes" };
      nodes.set(id, { ...node, calls: node.calls + edge.calls, protected: worse(node.protected, edge.protected) });
      if (place === 0) return;
      const source = `${layers.indexOf(way[place - 1][0])}:${way[place - 1][1]}`;
      const line = lines.get(`${source}>${id}`) ?? { id: `${source}>${id}`, source, target: id, calls: 0, errors: 0, protected: "yes", edge_ids: [], edges: 0, controls: {} };
      lines.set(line.id, { ...line, calls: line.calls + edge.calls, protected: worse(line.protected, edge.protected), edge_ids: [...line.edge_ids, edge.edge_id].slice(0, 20), edges: line.edges + 1, controls: edge.controls });
    });
  }
  const tall = Math.max(...layers.map((role) => [...nodes.values()].filter((node) => node.layer === role).length));
  layers.forEach((role, layer) => {
    const own = [...nodes.values()].filter((node) => node.layer === role);
    own.forEach((node, place) => Object.assign(node, { x: layer * 400, y: ((place + 0.5) / own.length) * tall * 24 }));
  });
  return { nodes: [...nodes.values()], lines: [...lines.values()], total_edges: edges.length, left_out: 0, protected_means: MEANS };
}

/** A big map for measuring: workloads, their identities and forty models, in layers of several columns. */
function wide(count, roll) {
  const at = (number, column, rows) => ({ x: column * 900 + Math.floor(number / rows) * 60, y: (number % rows) * 24 });
  const models = Array.from({ length: 40 }, (_, place) => ({ id: `3:m${place}`, layer: "target", kind: "foundation-model", title: `model-${place}`, arn: `m${place}`, account_id: "", calls: 4000, protected: "no", ...at(place * 3, 3, 120) }));
  const roles = Array.from({ length: Math.floor(count / 9) }, (_, place) => ({ id: `2:r${place}`, layer: "identity", kind: "identity", title: `role-${place}`, arn: `r${place}`, account_id: ACCOUNTS[place % 2], calls: 400, protected: "no", ...at(place, 2, 140) }));
  const workloads = Array.from({ length: count - 40 - roles.length }, (_, place) => ({ id: `1:w${place}`, layer: "workload", kind: KINDS[place % KINDS.length], title: `workload-${place}`, arn: `w${place}`, account_id: ACCOUNTS[place % 2], calls: 40, protected: "no", ...at(place, 0, 160) }));
  const line = (source, target, place) => ({ id: `${source}>${target}`, source, target, calls: Math.floor(roll() * 1000), errors: 0, protected: ["yes", "no", "unknown"][place % 3], edge_ids: [hex(0xe0000 + (place % 60))], edges: 1 });
  const lines = [...workloads.map((node, place) => line(node.id, `2:r${place % roles.length}`, place)), ...roles.flatMap((node, place) => Array.from({ length: 6 }, (_, more) => line(node.id, `3:m${(place + more * 7) % 40}`, place + more)))];
  return { nodes: [...workloads, ...roles, ...models], lines, total_edges: lines.length, left_out: 0, protected_means: MEANS };
}
