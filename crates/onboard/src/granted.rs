//! What several prerequisites together grant, and to whom: for the person who must approve it.

use crate::compose::Part;
use crate::parameters::Parameters;
use crate::render::policy::pretty;
use serde_json::{Map, Value, json};
use sightline_iam::{PolicyDocument, Statement};
use std::collections::BTreeMap;

/// A JSON object of policy documents: `role/<name>` is what the role may do, `role/<name>/trust` who may assume it, `bucket/<name>` and
/// `key/<arn>` who may use them, `<prerequisite>/<name>` the rest.
pub(crate) fn listing(parameters: &Parameters, parts: &[Part]) -> String {
    let mut granted: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
    for part in parts {
        // A part of ours is an object of documents; one that were not would have nothing to list.
        let documents: BTreeMap<String, PolicyDocument> = serde_json::from_str(&part.text).unwrap_or_default();
        for (name, document) in documents {
            for statement in document.statement {
                let all = granted.entry(to_whom(parameters, part.id, &name, &statement)).or_default();
                if !all.contains(&statement) {
                    all.push(statement);
                }
            }
        }
    }
    let document = |statements: Vec<Statement>| json!(PolicyDocument::new(statements));
    let all: Map<String, Value> = granted.into_iter().map(|(whom, statements)| (whom, document(statements))).collect();
    pretty(&Value::Object(all)) + "\n"
}

fn to_whom(parameters: &Parameters, unit: &str, name: &str, statement: &Statement) -> String {
    let role = match unit {
        "scanner-identity" => format!("role/{}", parameters.role),
        "organization" => format!("role/{} in other accounts", parameters.role),
        "ai-scan-permissions" => format!("role/{}", parameters.probe_role),
        "vm-model-role" => format!("role/{}", parameters.vm_role),
        "pod-model-role" => format!("role/{}", parameters.pod_role),
        _ => format!("{unit}/{name}"),
    };
    let is_resource_policy = statement.principal.is_some() || statement.not_principal.is_some();
    let is_trust = statement.action.iter().any(|action| action.starts_with("sts:"));
    match (is_resource_policy, &parameters.kms_key_arn) {
        (false, _) => role,
        (true, _) if is_trust => format!("{role}/trust"),
        (true, _) if name.starts_with("bucket-policy") => format!("bucket/{}", parameters.bucket),
        (true, Some(key)) if name.starts_with("key-policy") => format!("key/{key}"),
        (true, _) => format!("{unit}/{name}"),
    }
}
