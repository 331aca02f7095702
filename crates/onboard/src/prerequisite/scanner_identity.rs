//! The role that Sightline reads the account with.

use crate::context::{Asked, Context, list, or_absent, text};
use crate::effective::Effective;
use crate::error::OnboardError;
use crate::inventory;
use crate::newest;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, capitalised, reference};
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::trust::{self, Trust};
use crate::verdict::{Judge, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sightline_iam::{PolicyDocument, Principal, Statement};
use sightline_model::{Arn, column};

/// The unit.
pub static UNIT: ScannerIdentity = ScannerIdentity;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct ScannerIdentity;

const ID: &str = "scanner-identity";
const HEAD: &str = "Sightline: the role that the scanner reads the account with.";
const WHY_ROLE: &str = "One hour at a time, by one principal, and only with the external id: without it, whoever learns the role's name could \
                        make the scanner's account read this one.";
const WHY_AUDIT: &str = "AWS's own list of what auditors read. Wider than what Sightline calls; AWS changes it at will.";
const WHY_ATTACH: &str = "The role holds what Sightline calls, and nothing else.";
/// Policies that hold more than reading the configuration.
const BROAD: &[(&str, &str)] = &[
    ("AdministratorAccess", "it may change everything"),
    ("PowerUserAccess", "it may change almost everything"),
    ("ReadOnlyAccess", "it reads data as well: S3 objects, DynamoDB items, SQS messages, SSM parameters"),
];

impl Prerequisite for ScannerIdentity {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "An identity for the scanner"
    }

    fn about(&self) -> &'static str {
        "Sightline needs no user and no access key. It assumes a role that reads the account's configuration, and of its data the logs alone. \
         The policies are made of the very calls that Sightline makes, one action a call, a policy for each family of services, split where it \
         exceeds AWS's limit of 6,144 characters; a test keeps calls and policy equal. The trust policy names who may assume the role and asks for an external \
         id. `ReadOnlyAccess`, which is often asked for, also reads S3 objects, queue messages and parameters: it is neither needed nor \
         wanted. `--security-audit` attaches AWS's `SecurityAudit` as well, for those whose rules ask for it; what that policy reads of data is \
         denied again."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ROLE: Parameter = Parameter { name: "scanner-role", about: "the role's name; default `sightline-scanner`" };
        const AUDIT: Parameter = Parameter { name: "security-audit", about: "attach AWS's `SecurityAudit` as well" };
        &[given::ACCOUNT_ID, given::REGIONS, ROLE, given::PRINCIPAL, given::EXTERNAL_ID, AUDIT, given::BUCKET, given::PREFIX, given::KMS_KEY]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("iam:GetRole", "whether the scanner's role asks for the external id"),
            Permission::account("iam:ListAttachedRolePolicies", "which policies the scanner holds"),
            Permission::account("iam:ListRolePolicies", "which policies the scanner holds inline"),
            Permission::account("iam:GetRolePolicy", "what the scanner's inline policies allow"),
            Permission::account("iam:GetPolicy", "which version of a policy is in force"),
            Permission::account("iam:GetPolicyVersion", "what the scanner's policies allow"),
            Permission::account("iam:ListAccessKeys", "how old the keys are, where the scanner is a user"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        let identity = Identity::declare(parameters)?;
        Ok(match format {
            Format::Terraform => terraform(parameters, &identity),
            Format::CloudFormation => cloudformation(parameters, &identity),
            Format::Cli => script(HEAD, &steps(parameters, &identity)),
            Format::Policy => {
                let all: Vec<Policy> = std::iter::once(&identity.trust).chain(&identity.policies).cloned().collect();
                policy::json_of(&all)
            }
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        verify(context).boxed()
    }
}

/// What the role shall be.
struct Identity {
    trust: Policy,
    policies: Vec<Policy>,
}

impl Identity {
    fn declare(parameters: &Parameters) -> Result<Self, OnboardError> {
        Ok(Self { trust: trust_policy(parameters)?, policies: inventory::policies(parameters)? })
    }
}

fn trust_policy(parameters: &Parameters) -> Result<Policy, OnboardError> {
    let needed = |parameter, about| OnboardError::Needed { prerequisite: ID, parameter, about };
    let who = parameters.principal.as_ref();
    let who = who.ok_or_else(|| needed("principal", "who may assume the role: an account, or the ARN of a role or user"))?;
    let id = parameters.external_id.as_ref();
    let id = id.ok_or_else(|| needed("scanner-external-id", "a text that must be given when the role is assumed, such as a random UUID"))?;
    let statement = Statement::allow("ScannerWithExternalId", vec!["sts:AssumeRole".to_owned()], Vec::new())
        .of(Principal::aws(who))
        .when("StringEquals", "sts:ExternalId", [id.clone()]);
    Ok(Policy::new("trust-policy", vec![Reasoned::new("Only this principal, and only with the external id.", statement)]))
}

fn policy_name(parameters: &Parameters, policy: &Policy) -> String {
    format!("{}-{}", parameters.role, policy.name)
}

/// `inventory-models-2` as `inventory_models_2`.
fn label(policy: &Policy) -> String {
    column::snake_case(&policy.name)
}

fn terraform(parameters: &Parameters, identity: &Identity) -> String {
    let role = Block::resource("aws_iam_role", "scanner")
        .because(WHY_ROLE)
        .with("name", &parameters.role)
        .with("max_session_duration", 3600u32)
        .with("assume_role_policy", jsonencode(identity.trust.node()));
    let mut blocks = vec![role];
    let attach = |name: &str, arn: Node| {
        Block::resource("aws_iam_role_policy_attachment", name)
            .with("role", Node::code("aws_iam_role.scanner.name"))
            .with("policy_arn", arn)
    };
    for policy in &identity.policies {
        let name = label(policy);
        blocks.push(
            Block::resource("aws_iam_policy", &name)
                .with("name", policy_name(parameters, policy))
                .with("policy", jsonencode(policy.node())),
        );
        blocks.push(attach(&name, Node::code(format!("aws_iam_policy.{name}.arn"))));
    }
    if parameters.security_audit {
        let arn = parameters.aws_policy_arn("SecurityAudit");
        blocks.push(attach("security_audit", arn.into()).because(WHY_AUDIT));
    }
    hcl::file(HEAD, &blocks)
}

fn cloudformation(parameters: &Parameters, identity: &Identity) -> String {
    let logical = |policy: &Policy| policy.name.split('-').map(capitalised).collect::<String>() + "Policy";
    let mut attached: Vec<Node> = identity.policies.iter().map(|policy| reference(&logical(policy))).collect();
    if parameters.security_audit {
        attached.push(parameters.aws_policy_arn("SecurityAudit").into());
    }
    let role = vec![
        Entry::new("RoleName", &parameters.role),
        Entry::new("MaxSessionDuration", 3600u32),
        Entry::new("AssumeRolePolicyDocument", identity.trust.node()),
        Entry::new("ManagedPolicyArns", Node::list(attached)).because(WHY_ATTACH),
    ];
    let mut template = Template::new(HEAD).resource("ScannerRole", "AWS::IAM::Role", WHY_ROLE, role);
    for policy in &identity.policies {
        let properties = vec![
            Entry::new("ManagedPolicyName", policy_name(parameters, policy)),
            Entry::new("PolicyDocument", policy.node()),
        ];
        let why = "A managed policy: inline ones of a role share 10,240 characters.";
        template = template.resource(&logical(policy), "AWS::IAM::ManagedPolicy", why, properties);
    }
    template
        .output("ScannerRoleArn", "Give it to the scanner as --role-arn", Node::call("GetAtt", "ScannerRole.Arn"))
        .render(&format!("{HEAD}\nIAM resources with names: create the stack with --capabilities CAPABILITY_NAMED_IAM."))
}

fn steps(parameters: &Parameters, identity: &Identity) -> Vec<Step> {
    let create = Step::aws(format!("{WHY_ROLE}\n{}", identity.trust.reasons()), ["iam", "create-role"])
        .option("role-name", &parameters.role)
        .option("assume-role-policy-document", identity.trust.json());
    let mut steps = vec![create];
    for policy in &identity.policies {
        let name = policy_name(parameters, policy);
        let arn = format!("arn:{}:iam::{}:policy/{name}", parameters.partition, parameters.account_id);
        steps.push(
            Step::aws(policy.reasons(), ["iam", "create-policy"])
                .option("policy-name", name)
                .option("policy-document", policy.json()),
        );
        steps.push(step_attach(parameters, WHY_ATTACH, arn));
    }
    if parameters.security_audit {
        steps.push(step_attach(parameters, WHY_AUDIT, parameters.aws_policy_arn("SecurityAudit")));
    }
    steps
}

fn step_attach(parameters: &Parameters, why: &str, arn: String) -> Step {
    Step::aws(why, ["iam", "attach-role-policy"]).option("role-name", &parameters.role).option("policy-arn", arn)
}

fn step_detach(role: &str, arn: &str) -> Step {
    Step::aws("", ["iam", "detach-role-policy"]).option("role-name", role).option("policy-arn", arn)
}

fn step_trust(role: &str, parameters: &Parameters) -> String {
    match trust_policy(parameters) {
        Err(error) => error.to_string(),
        Ok(policy) => Step::aws("", ["iam", "update-assume-role-policy"])
            .option("role-name", role)
            .option("policy-document", policy.json())
            .command(),
    }
}

async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let (caller, mut verdicts) = match context.aws.caller().await {
        Ok(caller) => who_am_i(context, &caller.account_id, &caller.arn).await,
        Err(error) => {
            let told = Judge::new(ID, "the caller").cannot_tell("sts:GetCallerIdentity", error.to_string());
            (None, vec![told])
        }
    };
    let role = caller.unwrap_or_else(|| parameters.role.clone());
    verdicts.extend(verify_role(context, &role).await);
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
        ["root"] => (None, vec![judge.wrong(call, "calls are made as the account's root user, which nothing limits", use_role)]),
        _ => (None, vec![judge.cannot_tell(call, "the caller is neither a role nor a user")]),
    }
}

async fn user(context: &Context, name: &str, judge: &Judge, use_role: &str) -> Vec<Verdict> {
    let input = json!({"UserName": name});
    let region = &context.parameters.home;
    let keys = context.ask_all(region, "iam", "ListAccessKeys", input, ("AccessKeyMetadata", "iam:ListAccessKeys")).await;
    let user = |keys: &str| {
        let reason = format!("calls are made as the user `{name}`, whose keys do not expire{keys}");
        judge.wrong("sts:GetCallerIdentity", reason, use_role)
    };
    match keys {
        Err(unanswered) => vec![user(""), judge.unanswered(&unanswered)],
        Ok(keys) => {
            let age = |key: &Value| {
                let made = text(key, "/CreateDate").parse().map(|made| newest::age(made, context.now).1);
                format!("{} is {} old", text(key, "/AccessKeyId"), made.unwrap_or_else(|_| "of unknown age and".to_owned()))
            };
            let ages: Vec<String> = keys.iter().filter(|key| text(key, "/Status") == "Active").map(age).collect();
            vec![user(&if ages.is_empty() { String::new() } else { format!(": {}", ages.join(", ")) })]
        }
    }
}

async fn verify_role(context: &Context, role: &str) -> Vec<Verdict> {
    let Context { parameters, .. } = context;
    let arn = format!("arn:{}:iam::{}:role/{role}", parameters.partition, parameters.account_id);
    let judge = Judge::new(ID, arn);
    let call = format!("iam:GetRole in {}", parameters.home);
    let input = json!({"RoleName": role});
    let asked = context.ask(&parameters.home, "iam", "GetRole", input, "iam:GetRole").await;
    let answer = match or_absent(asked, "NoSuchEntity") {
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        Ok(None) => {
            let fix = match Identity::declare(parameters) {
                Ok(identity) => script(HEAD, &steps(parameters, &identity)),
                Err(error) => error.to_string(),
            };
            return vec![judge.missing(&call, "no role of this name is in the account", fix)];
        }
        Ok(Some(answer)) => answer,
    };
    let document = text(&answer, "/Role/AssumeRolePolicyDocument");
    let mut verdicts = vec![verify_trust(parameters, role, document, &judge, &call)];
    verdicts.extend(verify_policies(context, role, &judge).await);
    verdicts
}

fn verify_trust(parameters: &Parameters, role: &str, document: &str, judge: &Judge, call: &str) -> Verdict {
    let fix = || step_trust(role, parameters);
    match trust::read(document) {
        Err(error) => judge.cannot_tell(call, format!("the trust policy could not be read: {error}")),
        Ok(Trust::Everybody) => judge.wrong(call, "anybody in AWS may assume the role", fix()),
        Ok(Trust::WithoutExternalId(who)) => {
            judge.wrong(call, format!("{} may assume the role without an external id", who.join(", ")), fix())
        }
        Ok(Trust::WithExternalId(ids)) => match &parameters.external_id {
            Some(wanted) if !ids.contains(wanted) => judge.wrong(call, "the role asks for another external id", fix()),
            _ => judge.ok(call, "the role asks for the external id"),
        },
        Ok(Trust::ServicesOnly(who)) => judge.ok(call, format!("only {} may assume the role, inside the account", who.join(", "))),
        Ok(Trust::Nobody) => judge.wrong(call, "nobody may assume the role", fix()),
    }
}

async fn verify_policies(context: &Context, role: &str, judge: &Judge) -> Vec<Verdict> {
    let region = &context.parameters.home;
    let call = format!("iam:ListAttachedRolePolicies in {region}");
    let key = ("AttachedPolicies", "iam:ListAttachedRolePolicies");
    let attached = match context.ask_all(region, "iam", "ListAttachedRolePolicies", json!({"RoleName": role}), key).await {
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
    match documents(context, role, &attached).await {
        Err(unanswered) => verdicts.push(judge.unanswered(&unanswered)),
        Ok(texts) => verdicts.extend(allowed(context, role, judge, &texts)),
    }
    verdicts
}

/// The texts of all the role's policies, managed and inline.
async fn documents(context: &Context, role: &str, attached: &[Value]) -> Asked<Vec<String>> {
    let region = &context.parameters.home;
    let mut texts = Vec::new();
    for policy in attached {
        let arn = text(policy, "/PolicyArn");
        let answer = context.ask(region, "iam", "GetPolicy", json!({"PolicyArn": arn}), "iam:GetPolicy").await?;
        let input = json!({"PolicyArn": arn, "VersionId": text(&answer, "/Policy/DefaultVersionId")});
        let answer = context.ask(region, "iam", "GetPolicyVersion", input, "iam:GetPolicyVersion").await?;
        texts.push(text(&answer, "/PolicyVersion/Document").to_owned());
    }
    let answer = context.ask(region, "iam", "ListRolePolicies", json!({"RoleName": role}), "iam:ListRolePolicies").await?;
    for name in list(&answer, "/PolicyNames") {
        let input = json!({"RoleName": role, "PolicyName": name});
        let answer = context.ask(region, "iam", "GetRolePolicy", input, "iam:GetRolePolicy").await?;
        texts.push(text(&answer, "/PolicyDocument").to_owned());
    }
    Ok(texts)
}

/// Whether every action that Sightline calls is allowed, and nothing that changes the account.
fn allowed(context: &Context, role: &str, judge: &Judge, texts: &[String]) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let call = format!("iam:GetPolicyVersion in {}", parameters.home);
    let documents: Result<Vec<PolicyDocument>, _> = texts.iter().map(|text| trust::document(text)).collect();
    let effective = match documents {
        Ok(documents) => Effective::new(documents),
        Err(error) => return vec![judge.cannot_tell(&call, format!("a policy could not be read: {error}"))],
    };
    let wanted = inventory::actions(parameters);
    let sorted = effective.sort(wanted.iter().map(String::as_str));
    let fix = || match Identity::declare(parameters) {
        Ok(identity) => script(HEAD, &steps(parameters, &identity)),
        Err(error) => error.to_string(),
    };
    let mut verdicts = Vec::new();
    if !sorted.refused.is_empty() {
        let reason = format!("{} of {} actions are not allowed: {}", sorted.refused.len(), wanted.len(), some(&sorted.refused));
        verdicts.push(judge.wrong(&call, reason, fix()));
    }
    if !sorted.conditional.is_empty() {
        let reason = format!("{} actions are allowed under conditions: {}", sorted.conditional.len(), some(&sorted.conditional));
        verdicts.push(judge.cannot_tell(&call, reason));
    }
    if verdicts.is_empty() {
        let reason = format!(
            "all {} actions are allowed by the role's policies; service control policies and permission boundaries were not looked at",
            wanted.len()
        );
        verdicts.push(judge.ok(&call, reason));
    }
    if let Some(pattern) = effective.everything() {
        let reason = format!("a policy of the role allows `{pattern}` on all resources: more than reading the configuration");
        verdicts.push(judge.wrong(&call, reason, format!("take it out of the policies of {role}")));
    }
    verdicts
}

/// The first few.
fn some(actions: &[&str]) -> String {
    let shown: Vec<&str> = actions.iter().take(12).copied().collect();
    let more = actions.len().saturating_sub(shown.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &rest
}
