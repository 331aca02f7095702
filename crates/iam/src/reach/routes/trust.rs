//! Whether a role lets a service act as it.

use crate::caller::Caller;
use crate::context::{Context, Fact};
use crate::direct::Answer;
use crate::interpret::interpret;
use crate::organization::{Assumptions, Organization, Principal};
use crate::reach::residual;
use crate::request::{Layer, Policies, Request};
use crate::solve::classify;

/// When `role` trusts `service` with `sts:AssumeRole` and with `actions`.
pub(super) fn trusts(organization: &Organization, role: &Principal, service: &str, actions: &[String]) -> Answer {
    let assume = one(organization, role, service, "sts:AssumeRole");
    let others: Vec<Answer> = actions.iter().map(|action| one(organization, role, service, action)).collect();
    residual::all(std::iter::once(&assume).chain(&others))
}

fn one(organization: &Organization, role: &Principal, service: &str, action: &str) -> Answer {
    let request = Request {
        caller: Caller::Service(service.to_owned()),
        action: action.to_owned(),
        resource: role.arn.clone(),
        resource_account: role.account.clone(),
        context: context(organization, role),
    };
    let account = organization.accounts.get(&role.account);
    let policies = Policies {
        rcp: account.map_or_else(Layer::default, |account| account.rcp.clone()),
        resource: role.trust.clone(),
        ..Policies::default()
    };
    let allowed = interpret(&request, &policies).allowed();
    let tri = classify(&allowed, &|_| true);
    Answer { tri, allowed }
}

/// What a service brings for a resource of the role's own account: which resource that is stays open.
fn context(organization: &Organization, role: &Principal) -> Context {
    let mut context = match organization.assumptions {
        Assumptions::Open => Context::open(),
        Assumptions::Closed => Context::closed(),
    };
    context.set_value("aws:SourceAccount", &role.account);
    context.set_value("aws:PrincipalIsAWSService", "true");
    context.set("aws:SourceArn", Fact::Unknown);
    context.set_family("aws:RequestTag/", Fact::Unknown);
    if let Some(id) = &organization.id {
        context.set_value("aws:SourceOrgID", id);
    }
    context
}
