//! Every rendered policy against AWS's own list of actions, and against AWS's limits.

use crate::{checked, full, plain, written};
use serde_json::Value;
use sightline_iam::{Effect, PolicyDocument, Statement};
use sightline_onboard::{ALL, Format, Given};
use std::collections::{BTreeMap, BTreeSet};

/// Statements that speak of all resources though an action of theirs knows some: what bounds them instead.
const EVERYWHERE: [(&str, &str); 3] = [
    ("inventory-", "lists and describes what is not known before; reads alone"),
    ("key-policy", "in a key's policy `*` is the key itself"),
    ("organization-resource-policy", "in the organization's policy: its accounts, units and policies; reads alone"),
];

/// Actions of services that the list leaves out. Sources:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsmarketplace.html>,
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53resolver.html>.
const ELSEWHERE: [&str; 4] = [
    "aws-marketplace:Subscribe",
    "aws-marketplace:ViewSubscriptions",
    "route53resolver:ListResolverQueryLogConfigAssociations",
    "route53resolver:ListResolverQueryLogConfigs",
];

/// The longest a document of this name may be, in characters without white space. Sources:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>,
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
fn limit(name: &str) -> usize {
    match name {
        _ if name.contains("trust") => 2_048,
        _ if name.starts_with("bucket-policy") || name.starts_with("policy-of-bucket") => 20_480,
        _ if name.starts_with("key-policy") => 32_768,
        _ if name.starts_with("organization-resource-policy") => 40_000,
        // Inline policies of a role share 10,240; a managed one is shorter.
        _ => 6_144,
    }
}

/// `service:Action` in lower case → its level, and whether it knows resources.
fn known() -> BTreeMap<String, (&'static str, bool)> {
    let lines = include_str!("../../../iam/data/actions.tsv").lines().skip(1);
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let (service, action) = (fields.next()?, fields.next()?);
        let (level, resources) = (fields.next()?, fields.next()?);
        Some((format!("{service}:{action}").to_lowercase(), (level, !resources.is_empty())))
    };
    lines.filter_map(row).collect()
}

struct Document {
    unit: &'static str,
    name: String,
    document: PolicyDocument,
}

/// Every document of every unit but the one that repeats the others.
fn documents(given: &Given) -> Vec<Document> {
    let parameters = checked(given.clone());
    let mut all = Vec::new();
    for unit in ALL.iter().filter(|unit| !unit.is_composition()) {
        let Some(text) = written(*unit, &parameters, Format::Policy) else { continue };
        let read: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        for (name, value) in read {
            let document =
                serde_json::from_value(value).unwrap_or_else(|error| panic!("{} {name}: {error}", unit.id()));
            all.push(Document { unit: unit.id(), name, document });
        }
    }
    all
}

fn ours() -> Vec<Document> {
    let few = Given { models: vec![plain().models[0].clone()], ..plain() };
    [plain(), full(), few].iter().flat_map(documents).collect()
}

/// The actions that a statement's pattern stands for.
fn expanded<'k>(
    known: &'k BTreeMap<String, (&'static str, bool)>,
    pattern: &str,
) -> Vec<(&'k String, bool, &'static str)> {
    let pattern = pattern.to_lowercase();
    let fits = |action: &str| match pattern.split_once('*') {
        None => action == pattern,
        Some((before, after)) => {
            assert!(!after.contains(['*', '?']), "{pattern}");
            action.len() >= before.len() + after.len() && action.starts_with(before) && action.ends_with(after)
        }
    };
    known.iter().filter(|(action, _)| fits(action)).map(|(action, (level, has))| (action, *has, *level)).collect()
}

#[test]
fn every_action_exists() {
    let known = known();
    assert!(known.len() > 5_000, "{}", known.len());
    let documented = Given { as_documented: true, ..full() };
    for Document { unit, name, document } in ours().into_iter().chain(documents(&documented)) {
        for action in
            document.statement.iter().flat_map(|statement| statement.action.iter().chain(&statement.not_action))
        {
            let is_known = action == "*" || ELSEWHERE.contains(&action.as_str());
            assert!(is_known || !expanded(&known, action).is_empty(), "{unit} {name}: `{action}`");
        }
    }
}

#[test]
fn no_statement_is_broader_than_it_must_be() {
    let known = known();
    for Document { unit, name, document } in ours() {
        for statement in document.statement.iter().filter(|statement| statement.effect == Effect::Allow) {
            let shown = format!("{unit} {name} {:?}", statement.sid);
            assert!(
                statement.not_action.is_empty() && statement.not_resource.is_empty(),
                "{shown}: allows by exception"
            );
            assert!(statement.not_principal.is_none(), "{shown}: allows by exception");
            let everybody = serde_json::to_value(&statement.principal).unwrap().to_string().contains("\"*\"");
            assert!(!everybody, "{shown}: allows everybody");
            assert!(statement.sid.is_some(), "{shown}: has no name");
            let reads = ["L", "R"];
            let reason = EVERYWHERE.iter().find(|(prefix, _)| name.starts_with(prefix));
            for (action, has_resources, level) in statement.action.iter().flat_map(|action| expanded(&known, action)) {
                let is_bounded = !is_everywhere(statement) || !has_resources;
                let is_excused = reason.is_some_and(|(prefix, _)| *prefix == "key-policy" || reads.contains(&level));
                assert!(is_bounded || is_excused, "{shown}: `{action}` on all resources");
            }
        }
    }
}

fn is_everywhere(statement: &Statement) -> bool {
    statement.resource.iter().any(|resource| resource == "*")
}

#[test]
fn every_document_fits() {
    for Document { unit, name, document } in ours() {
        assert!(document.length() <= limit(&name), "{unit} {name}: {}", document.length());
        let mut sids: Vec<&String> = document.statement.iter().filter_map(|statement| statement.sid.as_ref()).collect();
        sids.sort();
        sids.dedup();
        assert_eq!(sids.len(), document.statement.len(), "{unit} {name}: two statements of one name");
    }
}

/// Newer than the list: in the API's model, not yet in the service authorization reference.
const NEWER: [&str; 1] = ["bedrock:ListVpcConfigurations"];

/// The modules hold what the whole inventory calls.
#[test]
fn the_modules_actions_exist() {
    let known = known();
    let services: BTreeSet<&str> = known.keys().filter_map(|action| action.split(':').next()).collect();
    let is_action = |line: &str| {
        let (service, name) = line.trim().strip_prefix('"')?.strip_suffix("\",")?.split_once(':')?;
        let is_one =
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
        is_one.then(|| (service.to_owned(), format!("{service}:{name}")))
    };
    let text = include_str!("../../../../deploy/terraform/main.tf");
    let all: Vec<(String, String)> = text.lines().filter_map(is_action).collect();
    assert!(all.len() > 300, "{}", all.len());
    for (service, action) in all.iter().filter(|(service, _)| services.contains(service.as_str())) {
        let is_known = known.contains_key(&action.to_lowercase());
        assert!(is_known || NEWER.contains(&action.as_str()), "{service} has no `{action}`");
    }
    let unlisted = all.iter().filter(|(service, _)| !services.contains(service.as_str())).count();
    eprintln!("{} actions; {unlisted} of services that the list leaves out", all.len());
}
