//! The service control policies above an account, where the caller may read them.
//!
//! Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>.

use crate::context::{Asked, Context, list, text};
use serde_json::{Value, json};
use sightline_aws::CallErrorKind;
use sightline_iam::policy::Policy;
use sightline_iam::request::Level;
use std::sync::Arc;

/// AWS nests units five deep, below a root; more would be a circle.
const DEEPEST: usize = 8;

/// What is known of them.
#[derive(Debug)]
pub(crate) enum ServiceControl {
    /// the account is in no organization, or is its management account, which none binds
    DoNotApply,
    /// from the root down to the account
    Levels(Vec<Level>),
    /// only the management account and delegated administrators may read them
    NotReadable,
}

/// Reads them.
pub(crate) async fn read(context: &Context) -> Asked<ServiceControl> {
    let Context { parameters, .. } = context;
    let asked = ask(context, "DescribeOrganization", json!({}), "organizations:DescribeOrganization").await;
    let organization = match asked {
        Err(unanswered) if unanswered.error.code == "AWSOrganizationsNotInUseException" => {
            return Ok(ServiceControl::DoNotApply);
        }
        other => other?,
    };
    if text(&organization, "/Organization/MasterAccountId") == parameters.account_id {
        return Ok(ServiceControl::DoNotApply);
    }
    match levels(context).await {
        Ok(levels) => Ok(ServiceControl::Levels(levels)),
        Err(unanswered) if unanswered.error.kind == CallErrorKind::Denied => Ok(ServiceControl::NotReadable),
        Err(unanswered) => Err(unanswered),
    }
}

async fn levels(context: &Context) -> Asked<Vec<Level>> {
    let mut levels = Vec::new();
    let mut target = context.parameters.account_id.clone();
    while levels.len() < DEEPEST {
        levels.push(Level { policies: attached(context, &target).await?, id: target.clone() });
        let answer = ask(context, "ListParents", json!({"ChildId": target}), "organizations:ListParents").await?;
        let Some(parent) = list(&answer, "/Parents").next() else { break };
        target = text(parent, "/Id").to_owned();
        if text(parent, "/Type") == "ROOT" {
            levels.push(Level { policies: attached(context, &target).await?, id: target });
            break;
        }
    }
    levels.reverse();
    Ok(levels)
}

async fn attached(context: &Context, target: &str) -> Asked<Vec<Arc<Policy>>> {
    let input = json!({"TargetId": target, "Filter": "SERVICE_CONTROL_POLICY"});
    let key = ("Policies", "organizations:ListPoliciesForTarget");
    let home = &context.parameters.home;
    let named = context.ask_all(home, "organizations", "ListPoliciesForTarget", input, key).await?;
    let mut policies = Vec::new();
    for summary in &named {
        let input = json!({"PolicyId": text(summary, "/Id")});
        let answer = ask(context, "DescribePolicy", input, "organizations:DescribePolicy").await?;
        policies.push(Arc::new(Policy::read_text(text(summary, "/Name"), text(&answer, "/Policy/Content"))));
    }
    Ok(policies)
}

async fn ask(context: &Context, operation: &str, input: Value, action: &'static str) -> Asked {
    context.ask(&context.parameters.home, "organizations", operation, input, action).await
}
