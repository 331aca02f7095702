//! Whether the account has the scanner's role, and the role what the scanner calls.

use crate::context::{Asked, Context, or_absent, text};
use crate::effective::{Effective, Named, Refusing, Sorted};
use crate::inventory;
use crate::newest;
use crate::prerequisite::scanner_identity::{ASSUMABLE, ID, repair, script_of, step_detach};
use crate::render::shell::Step;
use crate::service_control::{self, ServiceControl};
use crate::trial::{self, Tried};
use crate::verdict::{Judge, Verdict};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sightline_model::Arn;
use std::collections::BTreeSet;

/// Policies that hold more than reading the configuration.
const BROAD: &[(&str, &str)] = &[
    ("AdministratorAccess", "it may change everything"),
    ("PowerUserAccess", "it may change almost everything"),
    ("ReadOnlyAccess", "it reads data as well: S3 objects, DynamoDB items, SQS messages, SSM parameters"),
];
/// Older keys should have been replaced, says CIS.
const OLD_KEY: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Looks.
pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let (caller, mut verdicts) = match context.aws.caller().await {
        Ok(caller) => who_am_i(context, &caller.account_id, &caller.arn).await,
        Err(error) => {
            let told = Judge::new(ID, "the caller").cannot_tell("sts:GetCallerIdentity", error.to_string());
            (None, vec![told])
        }
    };
    let is_role = caller.is_some();
    let role = caller.unwrap_or_else(|| parameters.role.clone());
    verdicts.extend(verify_role(context, &role, is_role).await);
    verdicts
}

/// The role behind the caller, if it is one, and what is to be said of the caller.
async fn who_am_i(context: &Context, account: &str, arn: &str) -> (Option<String>, Vec<Verdict>) {
    let parameters = &context.parameters;
    let judge = Judge::new(ID, arn);
    let call = "sts:GetCallerIdentity";
    if account != parameters.account_id {
        let reason = format!("the credentials are of account {account}, not of {}", parameters.account_id);
        return (None, vec![judge.wrong(call, reason, format!("--role-arn {}", parameters.role_arn()))]);
    }
    let use_role = format!("--role-arn {} --external-id <the external id>", parameters.role_arn());
    let parsed: Option<Arn> = arn.parse().ok();
    let resource = parsed.as_ref().map(Arn::resource).unwrap_or_default();
    match resource.split('/').collect::<Vec<_>>().as_slice() {
        ["assumed-role", role, ..] => {
            let reason = format!("calls are made as the role `{role}`, with credentials that expire");
            (Some((*role).to_owned()), vec![judge.ok(call, reason)])
        }
        ["user", .., name] => (None, user(context, name, &judge, &use_role).await),
        ["root"] => {
            (None, vec![judge.wrong(call, "calls are made as the account's root user, which nothing limits", use_role)])
        }
        _ => (None, vec![judge.cannot_tell(call, "the caller is neither a role nor a user")]),
    }
}

async fn user(context: &Context, name: &str, judge: &Judge, use_role: &str) -> Vec<Verdict> {
    let input = json!({"UserName": name});
    let region = &context.parameters.home;
    let keys =
        context.ask_all(region, "iam", "ListAccessKeys", input, ("AccessKeyMetadata", "iam:ListAccessKeys")).await;
    let user = |keys: &str, fix: String| {
        let reason = format!("calls are made as the user `{name}`, whose keys do not expire{keys}");
        judge.wrong("sts:GetCallerIdentity", reason, fix)
    };
    match keys {
        Err(unanswered) => vec![user("", use_role.to_owned()), judge.unanswered(&unanswered)],
        Ok(keys) => {
            let active: Vec<Key> =
                keys.iter().filter(|key| text(key, "/Status") == "Active").map(|key| Key::of(key, context)).collect();
            let ages: Vec<&str> = active.iter().map(|key| key.told.as_str()).collect();
            let old = active.iter().filter(|key| key.is_old).map(|key| step_deactivate(name, &key.id).command());
            let fix = std::iter::once(use_role.to_owned()).chain(old).collect::<Vec<_>>().join("\n");
            vec![user(&if ages.is_empty() { String::new() } else { format!(": {}", ages.join(", ")) }, fix)]
        }
    }
}

/// An access key of a user, never its secret.
struct Key {
    id: String,
    told: String,
    is_old: bool,
}

impl Key {
    fn of(key: &Value, context: &Context) -> Self {
        let id = text(key, "/AccessKeyId").to_owned();
        match text(key, "/CreateDate").parse() {
            Err(_) => Self { told: format!("{id} is of unknown age"), id, is_old: false },
            Ok(made) => {
                let (age, shown) = newest::age(made, context.now);
                let is_old = age > OLD_KEY;
                let remark = if is_old { ", older than the 90 days after which CIS wants it replaced" } else { "" };
                Self { told: format!("{id} is {shown} old{remark}"), id, is_old }
            }
        }
    }
}

fn step_deactivate(user: &str, key: &str) -> Step {
    Step::aws("", ["iam", "update-access-key"])
        .option("user-name", user)
        .option("access-key-id", key)
        .option("status", "Inactive")
}

async fn verify_role(context: &Context, role: &str, is_caller: bool) -> Vec<Verdict> {
    let Context { parameters, .. } = context;
    let judge = Judge::new(ID, parameters.arn_of_role(role));
    let call = format!("iam:GetRole in {}", parameters.home);
    let input = json!({"RoleName": role});
    let asked = context.ask(&parameters.home, "iam", "GetRole", input, "iam:GetRole").await;
    let answer = match or_absent(asked, "NoSuchEntity") {
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        Ok(None) => return vec![judge.missing(&call, "no role of this name is in the account", script_of(parameters))],
        Ok(Some(answer)) => answer,
    };
    let document = text(&answer, "/Role/AssumeRolePolicyDocument");
    let mut verdicts = vec![ASSUMABLE.verify(parameters, role, document, &judge, &call)];
    verdicts.extend(verify_policies(context, role, &answer, is_caller, &judge).await);
    verdicts
}

async fn verify_policies(
    context: &Context,
    role: &str,
    answer: &Value,
    is_caller: bool,
    judge: &Judge,
) -> Vec<Verdict> {
    let region = &context.parameters.home;
    let call = format!("iam:ListAttachedRolePolicies in {region}");
    let key = ("AttachedPolicies", "iam:ListAttachedRolePolicies");
    let attached =
        match context.ask_all(region, "iam", "ListAttachedRolePolicies", json!({"RoleName": role}), key).await {
            Ok(attached) => attached,
            Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        };
    let mut verdicts = Vec::new();
    for policy in &attached {
        let (name, arn) = (text(policy, "/PolicyName"), text(policy, "/PolicyArn"));
        let is_aws = arn.contains(":iam::aws:policy/");
        if let Some((_, why)) = BROAD.iter().find(|(broad, _)| *broad == name && is_aws) {
            verdicts.push(judge.wrong(&call, format!("`{name}` is attached: {why}"), step_detach(role, arn).command()));
        }
    }
    let held =
        Held { role, attached: &attached, boundary: text(answer, "/Role/PermissionsBoundary/PermissionsBoundaryArn") };
    let (read, above, tried) =
        futures::join!(held.read(context), service_control::read(context), try_out(context, is_caller));
    let mut effective = match read {
        Err(unanswered) => {
            verdicts.push(judge.unanswered(&unanswered));
            return verdicts;
        }
        Ok(effective) => effective,
    };
    let is_settled = match above {
        Ok(ServiceControl::DoNotApply) => true,
        Ok(ServiceControl::Levels(levels)) => {
            effective.service_control = levels;
            true
        }
        Ok(ServiceControl::NotReadable) => false,
        Err(unanswered) => {
            verdicts.push(judge.unanswered(&unanswered));
            true
        }
    };
    verdicts.extend(Allowed { context, role, judge, attached: &attached, tried, is_settled }.verdicts(&effective));
    verdicts
}

/// Calls are tried where they are made as the role: what another may do says nothing.
async fn try_out(context: &Context, is_caller: bool) -> Option<Tried<'_>> {
    if is_caller && !context.parameters.calls.is_empty() { Some(trial::run(context).await) } else { None }
}

/// What a role holds, by name.
pub(crate) struct Held<'a> {
    pub(crate) role: &'a str,
    pub(crate) attached: &'a [Value],
    /// an ARN, or empty
    pub(crate) boundary: &'a str,
}

impl Held<'_> {
    /// The texts of all the role's policies, managed and inline, and of its boundary.
    pub(crate) async fn read(&self, context: &Context) -> Asked<Effective> {
        let Context { parameters, .. } = context;
        let region = &parameters.home;
        let mut identity = Vec::new();
        for policy in self.attached {
            identity.push(managed(context, text(policy, "/PolicyName"), text(policy, "/PolicyArn")).await?);
        }
        let input = json!({"RoleName": self.role});
        for name in
            context.ask_all(region, "iam", "ListRolePolicies", input, ("PolicyNames", "iam:ListRolePolicies")).await?
        {
            let input = json!({"RoleName": self.role, "PolicyName": name});
            let answer = context.ask(region, "iam", "GetRolePolicy", input, "iam:GetRolePolicy").await?;
            let name = name.as_str().unwrap_or_default().to_owned();
            identity.push(Named { name, text: decoded(text(&answer, "/PolicyDocument")) });
        }
        let boundary = match self.boundary {
            "" => None,
            arn => Some(managed(context, arn.rsplit('/').next().unwrap_or_default(), arn).await?),
        };
        let role = parameters.arn_of_role(self.role);
        Ok(Effective { role, region: region.clone(), identity, boundary, service_control: Vec::new() })
    }
}

async fn managed(context: &Context, name: &str, arn: &str) -> Asked<Named> {
    let region = &context.parameters.home;
    let answer = context.ask(region, "iam", "GetPolicy", json!({"PolicyArn": arn}), "iam:GetPolicy").await?;
    let input = json!({"PolicyArn": arn, "VersionId": text(&answer, "/Policy/DefaultVersionId")});
    let answer = context.ask(region, "iam", "GetPolicyVersion", input, "iam:GetPolicyVersion").await?;
    Ok(Named { name: name.to_owned(), text: decoded(text(&answer, "/PolicyVersion/Document")) })
}

/// IAM answers documents percent-encoded (RFC 3986).
fn decoded(document: &str) -> String {
    if document.trim_start().starts_with('{') {
        return document.to_owned();
    }
    percent_encoding::percent_decode_str(document).decode_utf8_lossy().into_owned()
}

/// Whether every action that Sightline calls is allowed, and nothing that changes the account.
struct Allowed<'a> {
    context: &'a Context,
    role: &'a str,
    judge: &'a Judge,
    attached: &'a [Value],
    tried: Option<Tried<'a>>,
    /// whether the service control policies are known, or known not to apply
    is_settled: bool,
}

impl Allowed<'_> {
    fn verdicts(&self, effective: &Effective) -> Vec<Verdict> {
        let parameters = &self.context.parameters;
        let call = format!("iam:GetPolicyVersion in {}", parameters.home);
        let wanted = inventory::actions(parameters);
        let sorted = effective.sort(wanted.iter().map(String::as_str));
        let mut verdicts: Vec<Verdict> = sorted
            .refused
            .iter()
            .map(|(by, actions)| self.refused(&call, by.as_ref(), actions, wanted.len()))
            .collect();
        verdicts.extend(self.told_by_aws(&sorted));
        verdicts.extend(self.open(&call, &sorted));
        if verdicts.is_empty() {
            verdicts.push(self.judge.ok(&call, self.all_allowed(wanted.len())));
        }
        if let Some(pattern) = effective.everything() {
            let reason = format!("a policy of the role allows `{pattern}`: far more than reading");
            verdicts.push(self.judge.wrong(
                &call,
                reason,
                format!("sightline onboard policy scanner-identity --scanner-role {}", self.role),
            ));
        }
        verdicts
    }

    fn refused(&self, call: &str, by: Option<&Refusing>, actions: &[&str], of: usize) -> Verdict {
        let (count, some) = (actions.len(), some(actions));
        let parameters = &self.context.parameters;
        match by {
            None => {
                let names: Vec<&str> = self.attached.iter().map(|policy| text(policy, "/PolicyName")).collect();
                let reason = format!("{count} of {of} actions are not allowed: {some}");
                self.judge.wrong(call, reason, repair(parameters, self.role, actions, &names))
            }
            Some(Refusing::OwnDenial) => {
                let reason = format!("a policy of the role denies {count} of {of} actions: {some}");
                self.judge.wrong(call, reason, "take the actions out of the denying statement of the role's policy")
            }
            Some(Refusing::Boundary) => {
                let reason = format!("the role's permissions boundary leaves out {count} of {of} actions: {some}");
                let step = Step::aws("", ["iam", "delete-role-permissions-boundary"]).option("role-name", self.role);
                self.judge.wrong(
                    call,
                    reason,
                    format!("# or let the boundary's owner add the actions to it\n{}", step.command()),
                )
            }
            Some(Refusing::ServiceControl(target)) => {
                let reason = format!("a service control policy at `{target}` denies {count} of {of} actions: {some}");
                let fix = format!(
                    "# for the organization's administrator: except {} from the policy, by\n\"ArnNotLike\": {{\"aws:PrincipalArn\": \"{}\"}}",
                    self.role,
                    parameters.arn_of_role(self.role)
                );
                self.judge.wrong("organizations:ListPoliciesForTarget", reason, fix)
            }
        }
    }

    /// What AWS itself refused although no policy that was read says so.
    fn told_by_aws(&self, sorted: &Sorted<'_>) -> Option<Verdict> {
        let tried = self.tried.as_ref()?;
        let known: BTreeSet<&str> = sorted.refused.values().flatten().copied().collect();
        let surprising: Vec<&str> = tried.refused.iter().copied().filter(|action| !known.contains(action)).collect();
        if surprising.is_empty() {
            return None;
        }
        let reason = format!(
            "AWS refused {} calls that the role's policies allow: {}. A service control policy, or a policy of the session or the endpoint, stands above them",
            surprising.len(),
            some(&surprising)
        );
        let fix = format!(
            "# for the organization's administrator: except {} from the policy, by\n\"ArnNotLike\": {{\"aws:PrincipalArn\": \"{}\"}}",
            self.role,
            self.context.parameters.arn_of_role(self.role)
        );
        Some(self.judge.wrong("the first answer of each call", reason, fix))
    }

    /// What neither the policies nor AWS's answers settle.
    fn open(&self, call: &str, sorted: &Sorted<'_>) -> Option<Verdict> {
        let settled = |action: &&&str| {
            self.tried
                .as_ref()
                .is_none_or(|tried| !tried.answered.contains(**action) && !tried.refused.contains(**action))
        };
        let conditional: Vec<&str> = sorted.conditional.iter().filter(settled).copied().collect();
        if !conditional.is_empty() {
            let reason = format!("{} actions are allowed under conditions: {}", conditional.len(), some(&conditional));
            return Some(self.judge.cannot_tell(call, reason));
        }
        if !self.is_settled && self.tried.is_none() {
            let reason = "service control policies can be read by the organization's administrators alone, and no call was tried: \
                          calls are not made as this role";
            return Some(self.judge.cannot_tell("organizations:ListPoliciesForTarget", reason));
        }
        let failed = self.tried.as_ref().map(|tried| &tried.failed).filter(|failed| !failed.is_empty())?;
        let failed: Vec<&str> = failed.iter().copied().collect();
        let reason = format!("{} calls failed, and may be allowed or not: {}", failed.len(), some(&failed));
        (!self.is_settled).then(|| self.judge.cannot_tell("the first answer of each call", reason))
    }

    fn all_allowed(&self, wanted: usize) -> String {
        let above = if self.is_settled {
            "service control policies were looked at".to_owned()
        } else {
            "service control policies can be read by the organization's administrators alone".to_owned()
        };
        let tried = match &self.tried {
            Some(tried) => {
                let silent = tried.not_offered.len() + tried.failed.len();
                let rest =
                    if silent > 0 { format!(", {silent} are not offered here or failed") } else { String::new() };
                format!("; AWS answered {} calls and refused none{rest}", tried.answered.len())
            }
            None => "; no call was tried, as they are not made as this role".to_owned(),
        };
        format!("all {wanted} actions are allowed by the role's policies and boundary; {above}{tried}")
    }
}

/// The first few.
fn some(actions: &[&str]) -> String {
    let shown: Vec<&str> = actions.iter().take(12).copied().collect();
    let more = actions.len().saturating_sub(shown.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &rest
}
