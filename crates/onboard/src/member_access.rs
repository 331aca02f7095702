//! Whether the organization's other accounts can be read: who may list them, and which let the scanner in.

use crate::compare;
use crate::context::{Context, or_absent, text};
use crate::members::{self, Entered, Member};
use crate::parameters::Parameters;
use crate::prerequisite::organization::{Declared, HEAD, ID, WHERE, delegation, step_instances, step_policy, steps};
use crate::prerequisite::scanner_identity;
use crate::render::policy;
use crate::render::shell::script;
use crate::verdict::{Judge, Unanswered, Verdict};
use serde_json::json;
use sightline_aws::CallErrorKind;
use sightline_iam::PolicyDocument;
use sightline_model::untrusted::shortened;

pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let is_asked = !parameters.organizational_units.is_empty() || parameters.delegated_administrator.is_some();
    let judge = Judge::new(ID, "the organization");
    let call = format!("organizations:{} in {}", operation(parameters), parameters.home);
    match members::list(context).await {
        Err(unanswered) => vec![not_listed(&judge, &call, &unanswered, is_asked)],
        Ok(_) if !is_asked => {
            let reason = "nothing to do: no other account is asked for; --organizational-unit asks for those of the organization";
            vec![judge.ok(&call, reason)]
        }
        Ok(all) => {
            let mut verdicts = delegated(context).await;
            verdicts.extend(accounts(context, &judge, &call, &all).await);
            verdicts
        }
    }
}

/// The first call that lists accounts.
fn operation(parameters: &Parameters) -> &'static str {
    if parameters.organizational_units.is_empty() { "ListAccounts" } else { "ListAccountsForParent" }
}

fn not_listed(judge: &Judge, call: &str, unanswered: &Unanswered, is_asked: bool) -> Verdict {
    let is_alone = unanswered.error.code == "AWSOrganizationsNotInUseException";
    match (is_alone, is_asked) {
        (true, false) => judge.ok(call, "nothing to do: the account is in no organization"),
        (true, true) => {
            let reason = "the account is in no organization, and other accounts of one are asked for";
            judge.wrong(call, reason, "leave out --organizational-unit and --delegated-administrator")
        }
        (false, true) if unanswered.error.code == "ParentNotFoundException" => {
            let reason = "the organization has no such organizational unit or root as was given";
            judge.wrong(call, reason, "aws organizations list-roots; aws organizations list-organizational-units-for-parent --parent-id <root>")
        }
        (false, false) if unanswered.error.kind == CallErrorKind::Denied => {
            let reason = "nothing to do: no other account is asked for (--organizational-unit asks), and this caller may not list any";
            judge.ok(call, reason)
        }
        _ => judge.unanswered(unanswered),
    }
}

/// Whether the scanner's account may list the organization. Where it is the one that asks, its own answers tell.
async fn delegated(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let Some((wanted, account)) = delegation(parameters).zip(parameters.delegated_administrator.as_ref()) else {
        return Vec::new();
    };
    let judge = Judge::new(ID, format!("the scanner's account {account}"));
    if *account == parameters.account_id {
        let call = format!("organizations:{} in {}", operation(parameters), parameters.home);
        return vec![judge.ok(&call, "it may list the organization's accounts")];
    }
    let call = format!("organizations:DescribeResourcePolicy in {}", parameters.home);
    let action = "organizations:DescribeResourcePolicy";
    let asked = context.ask(&parameters.home, "organizations", "DescribeResourcePolicy", json!({}), action).await;
    match or_absent(asked, "ResourcePolicyNotFoundException") {
        Err(unanswered) => vec![judge.unanswered(&unanswered)],
        Ok(None) => {
            let reason = "the organization has no policy that lets it list the accounts";
            vec![judge.missing(&call, reason, step_policy(wanted.json()).command())]
        }
        Ok(Some(answer)) => {
            // A policy is put as a whole: what it says besides goes along.
            let fix = |has: &PolicyDocument| step_policy(policy::json(&compare::merged(has, &wanted))).command();
            compare::statements(&judge, &call, text(&answer, "/ResourcePolicy/Content"), &wanted, fix)
        }
    }
}

async fn accounts(context: &Context, judge: &Judge, call: &str, all: &[Member]) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let others = || all.iter().filter(|member| member.id != parameters.account_id);
    let (open, closed): (Vec<&Member>, Vec<&Member>) = others().partition(|member| member.state == "ACTIVE");
    let entered = members::enter(context, &open).await;
    // Where one account has the role, the stack set is there.
    let fix = Fix { parameters, has_set: entered.iter().any(|entered| matches!(entered, Entered::Ok)) };
    let mut verdicts: Vec<Verdict> =
        open.iter().zip(&entered).map(|(member, entered)| account(&fix, member, entered)).collect();
    verdicts.extend(closed.iter().map(|member| {
        let state = member.state.to_lowercase().replace('_', " ");
        Judge::new(ID, target(member)).ok(call, format!("not entered: the organization says that it is {state}"))
    }));
    if verdicts.is_empty() {
        verdicts.push(judge.ok(call, "nothing to do: no other account is below the given units"));
    }
    verdicts
}

fn target(member: &Member) -> String {
    format!("account {} ({})", member.id, shortened(&member.name, 60))
}

fn account(fix: &Fix<'_>, member: &Member, entered: &Entered) -> Verdict {
    let parameters = fix.parameters;
    let judge = Judge::new(ID, target(member));
    let call = format!("sts:AssumeRole in {}", parameters.home);
    let role = &parameters.role;
    match entered {
        Entered::Ok => judge.ok(&call, format!("the role `{role}` can be assumed with the external id")),
        Entered::Unanswered(unanswered) => judge.unanswered(unanswered),
        Entered::Elsewhere(session) => {
            let session = shortened(session, 200);
            judge.cannot_tell(&call, format!("the credentials that came are those of `{session}`, not of the account"))
        }
        Entered::Refused(told) => {
            let told = shortened(told, 200);
            let reason = format!(
                "`{role}` cannot be assumed: the role is missing, or its trust policy does not name this caller or asks for another external id ({told})"
            );
            judge.wrong(&call, reason, fix.of(member))
        }
    }
}

/// How an account that refuses is put right.
struct Fix<'p> {
    parameters: &'p Parameters,
    has_set: bool,
}

impl Fix<'_> {
    fn of(&self, member: &Member) -> String {
        let parameters = self.parameters;
        match Declared::of(parameters) {
            Err(error) => error.to_string(),
            Ok(declared) if !self.has_set => script(&format!("{HEAD}\n{WHERE}"), &steps(parameters, &declared)),
            Ok(_) => {
                let targets = json!({
                    "Accounts": [member.id],
                    "AccountFilterType": "INTERSECTION",
                    "OrganizationalUnitIds": [member.unit],
                });
                let deploy = step_instances(parameters, "", &targets.to_string()).command();
                let trust = scanner_identity::step_trust(&parameters.role, parameters);
                let by_hand: String = trust.lines().map(|line| format!("\n#   {line}")).collect();
                format!(
                    "{deploy}\n# Where the role had been deployed and was changed by hand, that does not put it back; with the account's own credentials:{by_hand}"
                )
            }
        }
    }
}
