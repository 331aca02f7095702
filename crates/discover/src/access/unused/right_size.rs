//! A policy of what is used.
//!
//! Every statement that allows something is cut down to what was used of it; its conditions stay, statements that deny stay as they
//! are. Nothing is allowed that was not before.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sightline_iam::caller::Caller;
use sightline_iam::catalogue::catalogue;
use sightline_iam::context::Context;
use sightline_iam::formula::Formula;
use sightline_iam::interpret::interpret;
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::{Effect, PolicyDocument, Statement};

use super::grant::{Grants, covers, is_all, is_of};
use super::used::Used;
use super::{ActionUse, ServiceUse, Use};

/// A document, and what it takes away and keeps.
pub(super) struct RightSized {
    pub(super) document: PolicyDocument,
    pub(super) removed: Vec<String>,
    pub(super) kept: Vec<String>,
}

pub(super) fn propose(grants: &Grants, actions: &[ActionUse], services: &[ServiceUse], used: &Used) -> RightSized {
    let mut statements: Vec<Statement> = Vec::new();
    for statement in &grants.statements {
        match statement.effect {
            Effect::Deny => statements.push(Statement { sid: None, ..statement.clone() }),
            Effect::Allow => {
                statements.extend(of_ai(statement, actions));
                statements.extend(of_others(statement, services, used));
            }
        }
    }
    let mut distinct: Vec<Statement> = Vec::new();
    for statement in statements {
        if !distinct.contains(&statement) {
            distinct.push(statement);
        }
    }
    let name = |service: &ServiceUse| format!("{}:*", service.service);
    let with = |seen: Use| {
        let actions = actions.iter().filter(move |action| action.seen == seen).map(|action| action.action.clone());
        actions.chain(services.iter().filter(move |service| service.seen == seen).map(name)).collect()
    };
    RightSized { document: PolicyDocument::new(distinct), removed: with(Use::Unused), kept: with(Use::NotShown) }
}

/// The statement's actions of AI services that are used, on what they are used on, and those that logs do not show.
fn of_ai(statement: &Statement, actions: &[ActionUse]) -> Vec<Statement> {
    let mut by_resource: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    for action in actions.iter().filter(|action| action.seen != Use::Unused && covers(statement, &action.action)) {
        let on = if action.seen == Use::Used { narrowed(statement, action) } else { None };
        by_resource.entry(on.unwrap_or_default()).or_default().insert(action.action.clone());
    }
    let cut = |(on, actions): (Vec<String>, BTreeSet<String>)| {
        let mut out = part(statement, actions.into_iter().collect());
        if !on.is_empty() {
            out.resource = on;
            out.not_resource = Vec::new();
        }
        out
    };
    by_resource.into_iter().map(cut).collect()
}

/// The resources that were used, where they are all of what the action is for and the statement allows each that it can.
fn narrowed(statement: &Statement, action: &ActionUse) -> Option<Vec<String>> {
    let known = catalogue().action(&action.action)?;
    let (service, _) = action.action.split_once(':')?;
    let types: Vec<String> =
        known.resources().filter_map(|one| Some(template(catalogue().resource_type(service, one.name)?.arn))).collect();
    let fitting = action.resources.iter().filter(|arn| names(&types, arn)).cloned();
    let fitting: Vec<String> = fitting.filter(|arn| names(&statement.resource, arn)).collect();
    // A profile leads to models that no event names: what AWS asks for beside it is not known here.
    let leads_on =
        action.resources.iter().any(|arn| arn.contains("inference-profile/") || arn.contains("prompt-router/"));
    (!leads_on && !fitting.is_empty() && fitting.len() == action.resources.len()).then_some(fitting)
}

/// `arn:${Partition}:bedrock:${Region}::foundation-model/${ResourceId}` as a pattern.
fn template(arn: &str) -> String {
    let mut out = String::new();
    let mut rest = arn;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

/// Whether a statement of these resources is about `arn`.
fn names(patterns: &[String], arn: &str) -> bool {
    let document =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": patterns}]});
    let identity = Layer::Known(vec![std::sync::Arc::new(Policy::read("resources", &document))]);
    let request = Request {
        caller: Caller::User { arn: String::new() },
        action: "any:Thing".to_owned(),
        resource: arn.to_owned(),
        resource_account: String::new(),
        context: Context::closed(),
    };
    interpret(&request, &Policies { identity, ..Policies::default() }).allowed() == Formula::True
}

/// The statement's actions of other services that are used, or of which logs do not show it.
fn of_others(statement: &Statement, services: &[ServiceUse], used: &Used) -> Option<Statement> {
    let mut patterns: BTreeSet<String> = BTreeSet::new();
    for service in services.iter().filter(|service| service.seen != Use::Unused) {
        let name = service.service.as_str();
        if !statement.not_action.is_empty() {
            // What a statement leaves out must stay out: only what was seen is named.
            patterns.extend(used.actions_of(name).filter(|action| covers(statement, action)).map(str::to_owned));
        } else if statement.action.iter().any(|pattern| is_all(pattern)) {
            patterns.insert(format!("{name}:*"));
        } else {
            patterns.extend(statement.action.iter().filter(|pattern| is_of(pattern, name)).cloned());
        }
    }
    (!patterns.is_empty()).then(|| part(statement, patterns.into_iter().collect()))
}

/// The statement for these actions alone.
fn part(statement: &Statement, actions: Vec<String>) -> Statement {
    Statement { sid: None, action: actions, not_action: Vec::new(), ..statement.clone() }
}
