//! A guardrail on the call, and a policy that requires one.

use serde_json::json as object;
use sightline_model::Arn;
use sightline_model::edge::Fix;

use super::super::Subject;
use super::{cli, fill, json, policy, safe, terraform, text};
use crate::calls::Plane;
use crate::estate::Estate;

const POLICY_CLI: &str = "\
aws iam put-{{kind}}-policy --{{kind}}-name {{name}} --policy-name require-guardrail \\
  --policy-document '{{policy}}'
";

const POLICY_TERRAFORM: &str = r#"resource "aws_iam_{{kind}}_policy" "require_guardrail" {
  name   = "require-guardrail"
  {{kind}}   = "{{name}}"
  policy = jsonencode({{policy}})
}
"#;

const AGENT_CLI: &str = "\
aws bedrock-agent get-agent --region {{region}} --agent-id {{agent}}
# the command replaces the agent's settings: give those that it has as well
aws bedrock-agent update-agent --region {{region}} --agent-id {{agent}} --agent-name REPLACE_NAME \\
  --agent-resource-role-arn arn:{{partition}}:iam::{{account}}:role/REPLACE_ROLE --foundation-model REPLACE_MODEL --instruction REPLACE_INSTRUCTION \\
  --guardrail-configuration guardrailIdentifier={{guardrail}},guardrailVersion={{version}}
aws bedrock-agent prepare-agent --region {{region}} --agent-id {{agent}}
";

const AGENT_TERRAFORM: &str = r#"resource "aws_bedrockagent_agent" "guarded" {
  agent_name              = "REPLACE_NAME"
  agent_resource_role_arn = "arn:{{partition}}:iam::{{account}}:role/REPLACE_ROLE"
  foundation_model        = "REPLACE_MODEL"
  guardrail_configuration {
    guardrail_identifier = "{{guardrail}}"
    guardrail_version    = "{{version}}"
  }
}
"#;

pub(super) fn on_call(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    let guardrail = guardrail(subject, estate);
    if let Some((_, agent)) = subject.model_arn.split_once(":agent/") {
        let region = safe(&subject.region, "REGION");
        let values = [
            ("region", region.as_str()),
            ("agent", &safe(agent, "AGENT")),
            ("guardrail", &guardrail),
            ("version", "REPLACE_VERSION"),
            ("partition", &safe(subject.partition(), "PARTITION")),
            ("account", &safe(&subject.account, "ACCOUNT")),
        ];
        let said = "Give the agent a guardrail, then prepare it and point its alias to the new version.";
        return vec![text(said), cli(fill(AGENT_CLI, &values)), terraform(fill(AGENT_TERRAFORM, &values))];
    }
    if !subject.calls_models() {
        return vec![text(
            "Calls of this kind take no guardrail: let the application ask ApplyGuardrail about what goes in and what comes out.",
        )];
    }
    let parameter =
        object!({"guardrailConfig": {"guardrailIdentifier": guardrail, "guardrailVersion": "REPLACE_VERSION"}});
    let said = "Name the guardrail in each call: `guardrailConfig` of Converse and ConverseStream, `guardrailIdentifier` and \
                `guardrailVersion` of InvokeModel. The statement makes sure of it; the change for `guardrail_enforced` puts it in place.";
    vec![text(said), json(parameter.to_string()), json(policy::requires(&guardrail).to_string())]
}

pub(super) fn enforced(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    if !subject.calls_models() {
        let said = match subject.is_only(Plane::Application) {
            true => "What the application calls in turn is an edge of its own: enforce a guardrail there.",
            false => {
                "Nothing enforces a guardrail on calls of this kind: let the application ask ApplyGuardrail itself."
            }
        };
        return vec![text(said)];
    }
    let guardrail = guardrail(subject, estate);
    let said = "Deny the identity calls that do not name the guardrail. Where all of the account should pass it, enforce it for the \
                account: `aws bedrock put-enforced-guardrail-configuration`.";
    let mut fixes = vec![text(said)];
    fixes.extend(requirement(subject, &guardrail));
    fixes
}

fn requirement(subject: &Subject, guardrail: &str) -> [Fix; 2] {
    let document = policy::requires(guardrail);
    let identity: Option<Arn> = subject.identity.parse().ok();
    let kind = if subject.identity.contains(":user/") { "user" } else { "role" };
    let name = safe(identity.as_ref().map_or("", Arn::name), if kind == "user" { "USER" } else { "ROLE" });
    let render =
        |template: &str, document: &str| fill(template, &[("kind", kind), ("name", &name), ("policy", document)]);
    [
        cli(render(POLICY_CLI, &policy::compact(&document))),
        terraform(render(POLICY_TERRAFORM, &policy::pretty(&document))),
    ]
}

/// One that calls named already, that is enforced, or that the account has; without a version.
fn guardrail(subject: &Subject, estate: &Estate) -> String {
    let facts = &estate.controls;
    let here = (subject.account.clone(), subject.region.clone());
    let named = subject.guardrail_ids.first().map(|id| full(id, subject));
    let enforced = || facts.enforced.guardrail(&subject.account, &subject.region).map(|id| full(id, subject));
    let owned = || facts.guardrails.get(&here).and_then(|all| all.first().cloned());
    safe(&named.or_else(enforced).or_else(owned).unwrap_or_default(), "GUARDRAIL_ARN")
}

/// Calls name a guardrail by its id or its ARN, some with a version behind it.
fn full(id: &str, subject: &Subject) -> String {
    let Some((_, name)) = id.split_once(":guardrail/") else {
        let id = id.split(':').next().unwrap_or(id);
        return format!("arn:{}:bedrock:{}:{}:guardrail/{id}", subject.partition(), subject.region, subject.account);
    };
    match name.split_once(':') {
        Some((bare, _)) => id.strip_suffix(name).map_or_else(String::new, |head| format!("{head}{bare}")),
        None => id.to_owned(),
    }
}
