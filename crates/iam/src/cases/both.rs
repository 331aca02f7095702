//! A case as an organization, where one can say all that the case does: then the engine answers it too.

use crate::caller::{Caller, account_of};
use crate::context::{Context, Fact};
use crate::direct::{Answer, Direct as _};
use crate::engine::Engine;
use crate::formula::Formula;
use crate::organization::{Account, Assumptions, Organization, Principal, PrincipalKind, Question};
use crate::policy::Policy;
use crate::request::{Layer, Level, Policies, Request};
use crate::solve::Tri;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The engine's answer; none where no organization says the same as the case.
pub(super) fn engine(request: &Request, policies: &Policies) -> Option<Answer> {
    let (organization, question) = as_organization(request, policies)?;
    let answers = Engine::new(&organization).answer(&[question]);
    let own = answers.into_iter().flatten().find(|(principal, _)| *principal == 0);
    Some(own.map_or(Answer { tri: Tri::Deny, allowed: Formula::False }, |(_, answer)| answer))
}

fn as_organization(request: &Request, policies: &Policies) -> Option<(Organization, Question)> {
    let is_empty = |layer: &Layer<Vec<Arc<Policy>>>| layer.known().is_some_and(Vec::is_empty);
    if !is_empty(&policies.session) || !is_empty(&policies.vpce) {
        return None;
    }
    let keys = keys_read(policies);
    let is_open = keys.iter().any(|key| *request.context.fact(key) == Fact::Unknown);
    let caller = caller(request, policies)?;
    let mut organization = Organization {
        id: request.context.value("aws:principalorgid").map(str::to_owned),
        accounts: accounts(&caller.account, &request.resource_account, policies),
        assumptions: if is_open { Assumptions::Open } else { Assumptions::Closed },
        ..Organization::default()
    };
    if request.resource.contains(":role/") && request.resource != caller.arn {
        organization.principals.push(role(&request.resource, &policies.resource)?);
    } else {
        organization.resource_policies.insert(policy_holder(&request.resource).to_owned(), policies.resource.clone());
    }
    organization.principals.insert(0, caller);
    let mut question = Question::new(&request.action, &request.resource, &request.resource_account);
    question.context = difference(&keys, &request.context, &asked(&organization, &question)?.0.context);
    says_the_same(&organization, &question, request, policies, &keys).then_some((organization, question))
}

fn says_the_same(
    organization: &Organization,
    question: &Question,
    request: &Request,
    policies: &Policies,
    keys: &BTreeSet<String>,
) -> bool {
    let Some((other, other_policies)) = asked(organization, question) else { return false };
    let same_resource_policy = match (other_policies.resource.known(), policies.resource.known()) {
        (Some(other), Some(own)) => {
            other.len() == own.len() && other.iter().zip(own).all(|(one, two)| Arc::ptr_eq(one, two))
        }
        _ => false,
    };
    same_resource_policy
        && other.caller == request.caller
        && other.resource_account == request.resource_account
        && keys.iter().all(|key| other.context.fact(key) == request.context.fact(key))
}

fn asked(organization: &Organization, question: &Question) -> Option<(Request, Policies)> {
    Some(organization.ask(organization.principals.first()?, question))
}

fn caller(request: &Request, policies: &Policies) -> Option<Principal> {
    let (arn, kind) = match &request.caller {
        Caller::User { arn } => (arn, PrincipalKind::User),
        Caller::Role { arn } => (arn, PrincipalKind::Role),
        _ => return None,
    };
    let tags = request.context.facts().filter_map(|(key, fact)| match fact {
        Fact::Known(values) if !values.is_list => {
            Some((key.strip_prefix("aws:principaltag/")?.to_owned(), values.single()?.to_owned()))
        }
        _ => None,
    });
    Some(Principal {
        arn: arn.clone(),
        account: account_of(arn)?.to_owned(),
        kind,
        identity: policies.identity.clone(),
        boundary: policies.boundary.clone(),
        tags: tags.collect(),
        trust: if *arn == request.resource { policies.resource.clone() } else { Layer::default() },
    })
}

fn role(arn: &str, trust: &Layer<Vec<Arc<Policy>>>) -> Option<Principal> {
    Some(Principal {
        arn: arn.to_owned(),
        account: account_of(arn)?.to_owned(),
        kind: PrincipalKind::Role,
        identity: Layer::default(),
        boundary: Layer::default(),
        tags: BTreeMap::new(),
        trust: trust.clone(),
    })
}

fn accounts(own: &str, owner: &str, policies: &Policies) -> BTreeMap<String, Account> {
    let mut out: BTreeMap<String, Account> = BTreeMap::new();
    out.entry(own.to_owned()).or_default().scp = policies.scp.clone();
    if !owner.is_empty() {
        out.entry(owner.to_owned()).or_default().rcp = policies.rcp.clone();
    }
    out
}

/// The resource whose policy speaks for `resource`.
fn policy_holder(resource: &str) -> &str {
    match resource.split_once('/') {
        Some((bucket, _)) if resource.contains(":s3:::") => bucket,
        _ => resource,
    }
}

/// What the case's request brings beyond what the organization tells of it.
fn difference(keys: &BTreeSet<String>, wanted: &Context, told: &Context) -> BTreeMap<String, String> {
    let differing = keys.iter().filter(|key| wanted.fact(key) != told.fact(key));
    differing.filter_map(|key| Some((key.clone(), wanted.value(key)?.to_owned()))).collect()
}

/// The condition keys that the policies read: what others are does not matter.
fn keys_read(policies: &Policies) -> BTreeSet<String> {
    let plain = [&policies.identity, &policies.boundary, &policies.session, &policies.resource, &policies.vpce];
    let levels = [&policies.scp, &policies.rcp]
        .into_iter()
        .filter_map(Layer::known)
        .flatten()
        .flat_map(|level: &Level| &level.policies);
    let all = plain.into_iter().filter_map(Layer::known).flatten().chain(levels);
    let mut out = BTreeSet::new();
    for statement in all.flat_map(|policy| &policy.statements) {
        out.extend(statement.conditions.iter().flat_map(|clause| clause.keys()).map(str::to_owned));
        let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
        out.extend(patterns.flat_map(|pattern| pattern.keys()).map(str::to_owned));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Case;
    use serde_json::{Value, json};

    fn case(context: Value, condition: Value) -> Case {
        let statement = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition});
        let case = json!({
            "id": "a",
            "request": {
                "principal": "arn:aws:iam::111111111111:role/r", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                "resource_account": "222222222222", "context": context,
            },
            "policies": {
                "identity": [{"Version": "2012-10-17", "Statement": [statement]}],
                "resource": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "*", "Resource": "*"}
                ]},
            },
            "expected": {"decision": "Allowed"},
        });
        Case::read(&case.to_string()).unwrap()
    }

    fn answer(case: &Case) -> Option<Tri> {
        Some(engine(&case.request().unwrap(), &case.policies())?.tri)
    }

    #[test]
    fn the_engine_answers_what_an_organization_can_say() {
        assert_eq!(answer(&case(json!({}), json!({}))), Some(Tri::Allow));
        let vpce = json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}});
        assert_eq!(answer(&case(json!({"aws:SourceVpce": "vpce-1"}), vpce.clone())), Some(Tri::Allow));
        assert_eq!(answer(&case(json!({}), vpce)), Some(Tri::Deny));
        let tag = json!({"StringEquals": {"aws:PrincipalTag/team": "ml"}});
        assert_eq!(answer(&case(json!({"aws:PrincipalTag/team": "ml"}), tag)), Some(Tri::Allow));
    }

    #[test]
    fn what_no_organization_says_is_left_to_the_interpreter() {
        // Requests of an organization come over TLS.
        let plain = json!({"Bool": {"aws:SecureTransport": "false"}});
        assert_eq!(answer(&case(json!({}), plain)), None);
        let set = json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}});
        assert_eq!(answer(&case(json!({"aws:TagKeys": ["a", "b"]}), set)), None);
    }
}
