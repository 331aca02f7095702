//! The role that Sightline probes models with.

use crate::assumable::Assumable;
use crate::availability::{AVAILABILITY, FORM, PROFILES};
use crate::context::Context;
use crate::error::OnboardError;
use crate::invoke;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::prober;
use crate::render::cloudformation::Template;
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::verdict::Verdict;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sightline_iam::Statement;

/// The unit.
pub static UNIT: AiScanPermissions = AiScanPermissions;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct AiScanPermissions;

pub(crate) const ID: &str = "ai-scan-permissions";
pub(crate) const ASSUMABLE: Assumable = Assumable { prerequisite: ID, sid: "ProberWithExternalId" };
const HEAD: &str =
    "Sightline: the role that models are probed with. Apart from the scanner's, which reads and never invokes.";
const WHY_ROLE: &str = "A role of its own: whoever only reads the account never needs it, and it can be taken away by itself. One hour at a time, and only with \
                        the external id.";
const WHY_DENY: &str = "Never, whatever another policy allows: accepting a contract in the account's name, declaring a use case, subscribing to a \
                        model, or changing the log in which probes are seen.";
const WHY_LOOK: &str = "Whether the account has an agreement for a model, asked before the model is called: without one, nothing is sent. It has no \
                        resources to be restricted to, and accepts nothing.";
const WHY_DOCUMENTED: &str = "The guide's own policy, which it puts on the scanner's user. What is wrong with it: any model, endpoint and price instead of listed ones, as \
                              the resource is `*`; the first call of a model may subscribe to it through AWS Marketplace, and nothing denies that; \
                              streamed answers are not allowed; the two list actions have been in SecurityAudit since, and belong to the scanner.";
/// Characters, without white space, of all inline policies of a role. Source:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
const INLINE_LIMIT: usize = 10_240;
/// What the guide asks for.
const DOCUMENTED: [&str; 4] = [
    "bedrock:InvokeModel",
    "bedrock:ListImportedModels",
    "bedrock:ListModelInvocationJobs",
    "sagemaker:InvokeEndpoint",
];
/// What the prober must never do.
pub(crate) const DENIED: [&str; 6] = [
    "aws-marketplace:Subscribe",
    "bedrock:CreateFoundationModelAgreement",
    "bedrock:DeleteModelInvocationLoggingConfiguration",
    "bedrock:PutFoundationModelEntitlement",
    "bedrock:PutModelInvocationLoggingConfiguration",
    "bedrock:PutUseCaseForModelAccess",
];

impl Prerequisite for AiScanPermissions {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "A role to probe models with"
    }

    fn about(&self) -> &'static str {
        "Probing a model means calling it, which costs and leaves traces: it is done with a second role, and only if somebody lists what may be \
         called. The role may invoke the listed ARNs and nothing else; for an inference profile that takes its model in every region that the profile \
         leads to, which a condition binds to the profile. An explicit denial keeps it from what a first call does silently, accepting a \
         seller's contract through AWS Marketplace, from declaring a use case, and from changing the log in which its calls are seen. Verification \
         calls no model: it evaluates the role's policies and asks whether agreements exist before anything is invoked. The common guide \
         allows `bedrock:InvokeModel` and `sagemaker:InvokeEndpoint` on all resources; `--as-documented` renders that."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ROLE: Parameter = Parameter { name: "probe-role", about: "the role's name; default `sightline-prober`" };
        &[
            given::ACCOUNT_ID,
            given::REGIONS,
            ROLE,
            given::PRINCIPAL,
            given::EXTERNAL_ID,
            given::MODELS,
            given::AS_DOCUMENTED,
        ]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("iam:GetRole", "whether the scanner's role asks for the external id"),
            Permission::account("iam:ListAttachedRolePolicies", "which policies the scanner holds"),
            Permission::account("iam:ListRolePolicies", "which policies the scanner holds inline"),
            Permission::account("iam:GetRolePolicy", "what the scanner's inline policies allow"),
            Permission::account("iam:GetPolicy", "which version of a policy is in force"),
            Permission::account("iam:GetPolicyVersion", "what the scanner's policies allow"),
            Permission::account(AVAILABILITY, "whether the account can use a model; accepts nothing"),
            Permission::account(FORM, "whether Anthropic's form was submitted; what it says is not kept"),
            Permission::account(PROFILES, "which models an inference profile leads to, in which regions"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        let (trust, policy) = (ASSUMABLE.policy(parameters)?, allowed(parameters)?);
        Ok(match format {
            Format::Terraform => terraform(parameters, &trust, &policy),
            Format::CloudFormation => cloudformation(parameters, &trust, &policy),
            Format::Cli => script(HEAD, &steps(parameters, &trust, &policy)),
            Format::Policy => policy::json_of(&[trust, policy]),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        prober::verify(context).boxed()
    }
}

/// What the role may do, and must never.
fn allowed(parameters: &Parameters) -> Result<Policy, OnboardError> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    if parameters.as_documented {
        let statement = Statement::allow("AsDocumented", words(&DOCUMENTED), words(&["*"]));
        return Ok(Policy::new("as-documented", vec![Reasoned::new(WHY_DOCUMENTED, statement)]));
    }
    invoke::needs_models(parameters, ID)?;
    let policy = declared(parameters);
    if policy.document().length() > INLINE_LIMIT {
        let listed = format!("{} ARNs", parameters.models.len());
        return Err(OnboardError::parameter("model", &listed, "as many as fit an inline policy of 10,240 characters"));
    }
    Ok(policy)
}

/// The policy that verification looks for, whatever the guides say.
pub(crate) fn declared(parameters: &Parameters) -> Policy {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let deny = Statement::deny("NoContractsNoLogChanges", words(&DENIED), words(&["*"]));
    let look = Statement::allow("LookAtAgreements", words(&[AVAILABILITY]), words(&["*"]));
    let mut statements = invoke::statements(parameters, false);
    statements.push(Reasoned::new(WHY_LOOK, look));
    statements.push(Reasoned::new(WHY_DENY, deny));
    Policy::new("probe-listed-targets", statements)
}

fn terraform(parameters: &Parameters, trust: &Policy, policy: &Policy) -> String {
    let role = Block::resource("aws_iam_role", "prober")
        .because(WHY_ROLE)
        .with("name", &parameters.probe_role)
        .with("max_session_duration", 3600u32)
        .with("assume_role_policy", jsonencode(trust.node()));
    let inline = Block::resource("aws_iam_role_policy", "prober")
        .with("name", &policy.name)
        .with("role", Node::code("aws_iam_role.prober.id"))
        .with("policy", jsonencode(policy.node()));
    hcl::file(HEAD, &[role, inline])
}

fn cloudformation(parameters: &Parameters, trust: &Policy, policy: &Policy) -> String {
    let inline = Node::map([("PolicyName", (&policy.name).into()), ("PolicyDocument", policy.node())]);
    let role = vec![
        Entry::new("RoleName", &parameters.probe_role),
        Entry::new("MaxSessionDuration", 3600u32),
        Entry::new("AssumeRolePolicyDocument", trust.node()),
        Entry::new("Policies", Node::list([inline])),
    ];
    Template::new(HEAD)
        .resource("ProberRole", "AWS::IAM::Role", WHY_ROLE, role)
        .output("ProberRoleArn", "The role to probe with", Node::call("GetAtt", "ProberRole.Arn"))
        .render(&format!(
            "{HEAD}\nIAM resources with names: create the stack with --capabilities CAPABILITY_NAMED_IAM."
        ))
}

fn steps(parameters: &Parameters, trust: &Policy, policy: &Policy) -> Vec<Step> {
    let create = Step::aws(format!("{WHY_ROLE}\n{}", trust.reasons()), ["iam", "create-role"])
        .option("role-name", &parameters.probe_role)
        .option("assume-role-policy-document", trust.json());
    vec![create, step_put(parameters, policy)]
}

/// Gives the role its policy.
pub(crate) fn step_put(parameters: &Parameters, policy: &Policy) -> Step {
    Step::aws(policy.reasons(), ["iam", "put-role-policy"])
        .option("role-name", &parameters.probe_role)
        .option("policy-name", &policy.name)
        .option("policy-document", policy.json())
}

/// The whole role, step by step.
pub(crate) fn script_of(parameters: &Parameters) -> String {
    match ASSUMABLE.policy(parameters) {
        Ok(trust) => script(HEAD, &steps(parameters, &trust, &declared(parameters))),
        Err(error) => error.to_string(),
    }
}
