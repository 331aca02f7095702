//! `endpoint_policy`: does the policy of the endpoint on the path restrict anything that matters for these calls?
//!
//! An endpoint made without a policy gets one that allows everybody everything. A policy may look narrower and come to the same:
//! so it is asked. It restricts nothing where a stranger of another account may call this model through it, and this account any
//! other model.
//! Source: <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>.

use std::sync::{Arc, LazyLock};

use serde_json::json;
use sightline_iam::Effect;
use sightline_iam::caller::Caller;
use sightline_iam::context::{Context, Fact, Values};
use sightline_iam::formula::{Atom, Formula};
use sightline_iam::interpret::interpret;
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::solve::{Tri as Answer, classify};
use sightline_model::edge::{PathClass, Tri};

use super::{Judged, Subject};
use crate::estate::Estate;

/// An account that is nobody's.
const STRANGER: &str = "000000000000";

static EVERYTHING: LazyLock<Arc<Policy>> = LazyLock::new(|| {
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    Arc::new(Policy::read("everything", &document))
});

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    match subject.path {
        PathClass::Internet
        | PathClass::Vpc
        | PathClass::Peering
        | PathClass::TransitGateway
        | PathClass::OnPremises => return Judged::no("the calls pass no VPC endpoint"),
        PathClass::AwsInternal | PathClass::Unknown => {
            return Judged::unknown("the log shows no VPC endpoint of ours");
        }
        PathClass::InterfaceEndpoint => {}
    }
    // The worst of the endpoints that were used.
    let judged = subject.path_evidence.iter().map(|id| of_endpoint(id, subject, estate));
    Judged::worst(judged).unwrap_or_else(|| Judged::unknown("no endpoint is known"))
}

fn of_endpoint(id: &str, subject: &Subject, estate: &Estate) -> Judged {
    let facts = &estate.controls;
    let Some((endpoint, policy)) =
        facts.endpoints.get(id).and_then(|endpoint| Some((endpoint, endpoint.policy.as_ref()?)))
    else {
        return Judged::unknown(format!("the policy of {id} was not read"));
    };
    let Some(action) = subject.actions().first().copied() else {
        return Judged::unknown(format!("what the calls through {id} need is not known"));
    };
    let key = (id.to_owned(), action, subject.model_arn.clone());
    let (state, reason) = facts.restricted.of(key, || restricts(id, policy, action, subject));
    Judged { state, reason, proof: vec![endpoint.arn.clone()] }
}

fn restricts(id: &str, policy: &Arc<Policy>, action: &str, subject: &Subject) -> (Tri, String) {
    if policy.uncertainties().next().is_some() {
        return (Tri::Unknown, format!("the policy of {id} could not be understood"));
    }
    let restricts = || (Tri::Yes, format!("the policy of {id} restricts who may call what through it"));
    let denies = policy.statements.iter().any(|statement| {
        let about = statement.actions.as_ref().is_none_or(|actions| actions.cover(action));
        statement.effect == Some(Effect::Deny) && statement.conditions.is_empty() && about
    });
    if denies {
        return restricts();
    }
    let other = other_than(&subject.model_arn, subject);
    let probes = [
        probe(policy, action, &subject.model_arn, STRANGER, "o-stranger", subject),
        probe(policy, action, &other, &subject.account, "", subject),
    ];
    let is_open = |(answer, formula): &(Answer, Formula)| {
        *answer == Answer::Conditional && formula.atoms().iter().any(|atom| matches!(&**atom, Atom::Unknown(_)))
    };
    if probes.iter().any(is_open) {
        return (Tri::Unknown, format!("the policy of {id} could not be understood"));
    }
    match probes.iter().all(|(answer, _)| *answer == Answer::Allow) {
        true => (Tri::No, format!("the policy of {id} allows everybody everything that these calls need")),
        false => restricts(),
    }
}

/// A resource of the same kind that nobody has.
fn other_than(arn: &str, subject: &Subject) -> String {
    match arn.rsplit_once('/') {
        Some((head, _)) if arn.starts_with("arn:") => format!("{head}/sightline-none"),
        _ => format!("arn:{}:bedrock:{}::foundation-model/sightline-none", subject.partition(), subject.region),
    }
}

/// Whether the policy lets a role of the account do it, when all that the account itself says is yes.
fn probe(
    policy: &Arc<Policy>,
    action: &str,
    resource: &str,
    account: &str,
    organization: &str,
    subject: &Subject,
) -> (Answer, Formula) {
    let arn = format!("arn:{}:iam::{account}:role/sightline-none", subject.partition());
    let mut context = Context::open();
    for (key, value) in [
        ("aws:PrincipalArn", arn.as_str()),
        ("aws:PrincipalAccount", account),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:SecureTransport", "true"),
        ("aws:RequestedRegion", &subject.region),
    ] {
        context.set_value(key, value);
    }
    if !organization.is_empty() {
        context.set_value("aws:PrincipalOrgID", organization);
        let paths = Values { values: vec![format!("{organization}/")], is_list: true };
        context.set("aws:PrincipalOrgPaths", Fact::Known(paths));
    }
    let request = Request {
        caller: Caller::Role { arn },
        action: action.to_owned(),
        resource: if resource.starts_with("arn:") { resource.to_owned() } else { other_than("", subject) },
        resource_account: account.to_owned(),
        context,
    };
    let policies = Policies {
        identity: Layer::Known(vec![Arc::clone(&EVERYTHING)]),
        vpce: Layer::Known(vec![Arc::clone(policy)]),
        ..Policies::default()
    };
    let allowed = interpret(&request, &policies).allowed();
    (classify(&allowed, &|_| true), allowed)
}
