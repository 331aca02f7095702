// The way of an edge of the made-up estate, and what is new in it.
const HOPS = [["subnet", "subnet-0a1b2c3d"], ["route table", "rtb-0a1b2c3d"], ["firewall endpoint", "vpce-0f1f2f3f"], ["subnet", "subnet-0e1e2e3e"], ["route table", "rtb-0e1e2e3e"], ["NAT gateway", "nat-0a1b2c3d"], ["internet gateway", "igw-0a1b2c3d"], ["internet", "the internet"]];
const ENDPOINT = [["subnet", "subnet-0a1b2c3d"], ["route table", "rtb-0a1b2c3d"], ["interface endpoint", "vpce-0a1b2c3d4e5f6a7b8"]];

/** The steps of a way; with `name`, each is called as it says. `steps` more subnets make a wide one. */
export function wayOf(edge, { name = (plain) => plain, more = 0 } = {}) {
  const step = (id, part, kind, title, rest = {}) => ({ id, part, kind, title, arn: "", about: "", is_known: true, controls: {}, ...rest });
  const hops = (edge.path === "interface_endpoint" ? ENDPOINT : HOPS).map(([kind, title], place) => step(`hop:${place}`, "network", kind, name(title, place), { arn: `arn:aws:ec2:us-east-1:111122223333:thing/${title}` }));
  const doubt = edge.path === "vpc" ? [step("unknown:1", "network", "not known", "not known", { is_known: false, about: name("aws_vpc_route_table could not be read (denied: ec2:DescribeRouteTables)", 3) })] : [];
  const steps = [
    step("workload", "workload", edge.workload_kind, edge.workload_title, { arn: edge.workload_arn }),
    step("binding", "binding", "binding", `${edge.confidence} join`, { about: edge.attribution }),
    step("identity", "identity", "role", edge.identity_arn.split("/").pop(), { arn: edge.identity_arn }),
    ...hops,
    ...doubt,
    step("service", "service", "service", edge.service, { about: "port 443" }),
    step("target", "target", "foundation model", edge.target_title, { arn: edge.target_arn }),
  ];
  const links = steps.slice(1).map((one, place) => ({ source: steps[place].id, target: one.id }));
  for (let place = 0; place < more; place += 1) {
    steps.push(step(`more:${place}`, "network", "subnet", name(`subnet-${place}`, place)));
    links.push({ source: "identity", target: `more:${place}` }, { source: `more:${place}`, target: "service" });
  }
  const at = (id) => steps.find((one) => one.id === id).controls;
  const last = hops[hops.length - 1].id;
  Object.assign(at(last), pick(edge, "private_path", "endpoint_policy"));
  Object.assign(at(hops[1].id), pick(edge, "inspected_path"));
  Object.assign(at("service"), pick(edge, "invocation_logged", "data_events_logged"));
  Object.assign(at("target"), pick(edge, "guardrail_on_call", "guardrail_enforced"));
  return { steps, links, unknown: doubt.map((one) => one.about), left_out: 0 };
}

const pick = (edge, ...names) => Object.fromEntries(names.map((name) => [name, edge.controls[name]]));

/** What the newest run found and an earlier one did not. */
export function newsOf(data, since) {
  const [before, newest] = [since ? "2026-11-15T03:00:00Z" : "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"];
  const of = (items, gone = 0) => (data.edges.length === 0 ? { compared_with: null, newest: null, count: 0, gone: 0, items: [] } : { compared_with: before, newest, count: items.length, gone, items: items.slice(0, 10) });
  const models = data.edges.slice(0, 1).map((edge) => ({ arn: edge.target_arn, title: edge.target_title }));
  return { findings: of(data.findings.slice(0, since ? 12 : 3), 2), edges: of(data.edges.slice(0, 2)), models: of(models), cases: of(data.cases.slice(0, 1)), blind_spots: { ...of([]), compared_with: null } };
}
