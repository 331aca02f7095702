//! The role that Sightline reads the account with.

use crate::assumable::Assumable;
use crate::context::Context;
use crate::error::OnboardError;
use crate::inventory;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, capitalised, reference};
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy};
use crate::render::shell::{Step, script};
use crate::scanner;
use crate::scanner_user;
use crate::verdict::Verdict;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sightline_model::column;

/// The unit.
pub static UNIT: ScannerIdentity = ScannerIdentity;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct ScannerIdentity;

pub(crate) const ID: &str = "scanner-identity";
pub(crate) const ASSUMABLE: Assumable = Assumable { prerequisite: ID, sid: "ScannerWithExternalId" };
const HEAD: &str = "Sightline: the role that the scanner reads the account with.";
const WHY_ROLE: &str = "One hour at a time, by one principal, and only with the external id: without it, whoever learns the role's name could \
                        make the scanner's account read this one.";
const WHY_AUDIT: &str = "AWS's own list of what auditors read. Wider than what Sightline calls; AWS changes it at will.";
const WHY_ATTACH: &str = "The role holds what Sightline calls, and nothing else.";

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
        &[given::ACCOUNT_ID, given::REGIONS, ROLE, given::PRINCIPAL, given::EXTERNAL_ID, AUDIT, given::BUCKET, given::PREFIX, given::KMS_KEY, given::ORGANIZATION, given::UNITS, given::AS_DOCUMENTED]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("iam:GetRole", "whether the scanner's role asks for the external id"),
            Permission::account("iam:ListAttachedRolePolicies", "which policies the scanner holds"),
            Permission::account("iam:ListRolePolicies", "which policies the scanner holds inline"),
            Permission::account("iam:GetRolePolicy", "what the scanner's inline policies allow"),
            Permission::account("iam:GetPolicy", "which version of a policy is in force"),
            Permission::account("iam:GetPolicyVersion", "what the scanner's policies allow"),
            Permission::account("organizations:DescribeOrganization", "whether service control policies bind the account"),
            Permission::account("organizations:ListParents", "which units stand above the account"),
            Permission::account("organizations:ListPoliciesForTarget", "which service control policies bind the account"),
            Permission::account("organizations:DescribePolicy", "what they deny"),
            Permission::account("iam:ListAccessKeys", "how old the keys are, where the scanner is a user"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        if parameters.as_documented {
            return scanner_user::render(parameters, format);
        }
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
        scanner::verify(context).boxed()
    }
}

/// What the role shall be.
struct Identity {
    trust: Policy,
    policies: Vec<Policy>,
}

impl Identity {
    fn declare(parameters: &Parameters) -> Result<Self, OnboardError> {
        Ok(Self { trust: ASSUMABLE.policy(parameters)?, policies: inventory::policies(parameters)? })
    }
}

/// The same role as it shall be in the organization's other accounts: its policies, the trust policy first, and a template of it.
pub(crate) fn in_members(parameters: &Parameters) -> Result<(Vec<Policy>, Template), OnboardError> {
    let identity = Identity { trust: ASSUMABLE.policy(parameters)?, policies: inventory::member_policies(parameters)? };
    let template = template(parameters, &identity);
    Ok((std::iter::once(identity.trust).chain(identity.policies).collect(), template))
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
    let head = format!("{HEAD}\nIAM resources with names: create the stack with --capabilities CAPABILITY_NAMED_IAM.");
    template(parameters, identity).render(&head)
}

fn template(parameters: &Parameters, identity: &Identity) -> Template {
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
    template.output("ScannerRoleArn", "Give it to the scanner as --role-arn", Node::call("GetAtt", "ScannerRole.Arn"))
}

fn steps(parameters: &Parameters, identity: &Identity) -> Vec<Step> {
    let create = Step::aws(format!("{WHY_ROLE}\n{}", identity.trust.reasons()), ["iam", "create-role"])
        .option("role-name", &parameters.role)
        .option("assume-role-policy-document", identity.trust.json());
    let mut steps = vec![create];
    for policy in &identity.policies {
        let name = policy_name(parameters, policy);
        let arn = format!("arn:{}:iam::{}:policy/{name}", parameters.partition, parameters.account_id);
        steps.push(step_create(policy, name));
        steps.push(step_attach(&parameters.role, WHY_ATTACH, arn));
    }
    if parameters.security_audit {
        steps.push(step_attach(&parameters.role, WHY_AUDIT, parameters.aws_policy_arn("SecurityAudit")));
    }
    steps
}

fn step_create(policy: &Policy, name: String) -> Step {
    Step::aws(policy.reasons(), ["iam", "create-policy"]).option("policy-name", name).option("policy-document", policy.json())
}

fn step_attach(role: &str, why: &str, arn: String) -> Step {
    Step::aws(why, ["iam", "attach-role-policy"]).option("role-name", role).option("policy-arn", arn)
}

pub(crate) fn step_detach(role: &str, arn: &str) -> Step {
    Step::aws("", ["iam", "detach-role-policy"]).option("role-name", role).option("policy-arn", arn)
}

/// Gives a role the trust policy.
pub(crate) fn step_trust(role: &str, parameters: &Parameters) -> String {
    ASSUMABLE.step(parameters, role)
}

/// The whole role, step by step.
pub(crate) fn script_of(parameters: &Parameters) -> String {
    match Identity::declare(parameters) {
        Ok(identity) => script(HEAD, &steps(parameters, &identity)),
        Err(error) => error.to_string(),
    }
}

/// The steps that let a role do what its policies leave out: policies of ours that it holds get a new version, the others are made.
pub(crate) fn repair(parameters: &Parameters, role: &str, lacking: &[&str], held: &[&str]) -> String {
    let policies = match inventory::policies(parameters) {
        Ok(policies) => policies,
        Err(error) => return error.to_string(),
    };
    let lacks = |policy: &&Policy| {
        let statements = policy.document().statement;
        statements.iter().flat_map(|statement| &statement.action).any(|action| lacking.contains(&action.as_str()))
    };
    let mut steps = Vec::new();
    for policy in policies.iter().filter(lacks) {
        let name = policy_name(parameters, policy);
        let arn = format!("arn:{}:iam::{}:policy/{name}", parameters.partition, parameters.account_id);
        if held.contains(&name.as_str()) {
            steps.push(
                Step::aws(policy.reasons(), ["iam", "create-policy-version"])
                    .option("policy-arn", arn)
                    .option("policy-document", policy.json())
                    .flag("set-as-default"),
            );
        } else {
            steps.push(step_create(policy, name));
            steps.push(step_attach(role, WHY_ATTACH, arn));
        }
    }
    script(HEAD, &steps)
}
