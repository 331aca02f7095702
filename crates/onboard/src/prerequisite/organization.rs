//! The organization's other accounts: the scanner's role in each.

use crate::context::Context;
use crate::error::OnboardError;
use crate::inventory;
use crate::member_access;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given, scanner_identity};
use crate::render::cloudformation::Template;
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::verdict::Verdict;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;
use sightline_iam::{Principal, Statement};

/// The unit.
pub static UNIT: Organization = Organization;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct Organization;

pub(crate) const ID: &str = "organization";
pub(crate) const HEAD: &str = "Sightline: the scanner's role in the organization's other accounts.";
pub(crate) const WHERE: &str = "Apply it with the credentials of the organization's management account. A stack set with service-managed permissions does \
                     not deploy to the management account itself: if that one is to be read too, apply scanner-identity there.";
const MEMBER: &str = "Sightline: the role that the scanner reads this account with.";
const STACK_SET: &str = "sightline-scanner";
const WHY_TRUSTED: &str = "Lets stack sets deploy into the organization's accounts (trusted access); it takes effect once and can be run again.";
const WHY_SET: &str = "The role in each account, and only the role: the template is the whole of what is deployed. Accounts that join later get it \
                       by themselves, accounts that leave lose it.";
const WHY_TEMPLATE: &str =
    "The role reads the configuration of its account. It reads no logs: they lie in the scanner's own account.";
const WHY_TARGETS: &str = "The accounts below these organizational units. IAM knows no regions: one is enough.";
const WHY_POLICY: &str = "The scanner's account may ask which accounts there are, and nothing else. A delegated administrator of a service (register-delegated-administrator) \
                          could do more than that; of stack sets, deploy anything into every account.";
const ONE_POLICY: &str =
    "An organization has one such policy, and this replaces it: if there is one, add the statement to it instead.";

/// Reads that a policy of the organization can delegate.
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs-policy-delegate.html>.
const DELEGABLE: [&str; 15] = [
    "organizations:DescribeAccount",
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribeOrganization",
    "organizations:DescribeOrganizationalUnit",
    "organizations:DescribePolicy",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListChildren",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListParents",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
    "organizations:ListTargetsForPolicy",
];

impl Prerequisite for Organization {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "The organization's other accounts"
    }

    fn about(&self) -> &'static str {
        "Optional: where `--organizational-unit` names units (or the root) of an AWS organization, Sightline reads the accounts below them through a role \
         of the same name, trust policy and external id in each. A stack set with service-managed permissions makes it, also in accounts \
         that join later; no access key is handed out and no role that changes anything. The stack set belongs into the management account, to which it does \
         not deploy itself. Where the scanner runs in another account, `--delegated-administrator` names that one, and a policy of the organization \
         lets it list accounts, units and policies; it is not made a delegated administrator of a service, which \
         would let it do more. What is often got wrong: an account that joined before auto-deployment was on, a role made by hand with another external id, a unit \
         that was forgotten. Verification assumes the role in every active account and names those that refuse."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ROLE: Parameter =
            Parameter { name: "scanner-role", about: "the role's name; default `sightline-scanner`" };
        const AUDIT: Parameter = Parameter { name: "security-audit", about: "attach AWS's `SecurityAudit` as well" };
        &[
            given::ACCOUNT_ID,
            given::REGIONS,
            given::UNITS,
            given::DELEGATED,
            given::ORGANIZATION,
            ROLE,
            given::PRINCIPAL,
            given::EXTERNAL_ID,
            AUDIT,
        ]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("organizations:ListAccounts", "which accounts there are"),
            Permission::account(
                "organizations:ListAccountsForParent",
                "which accounts are below an organizational unit",
            ),
            Permission::account("organizations:ListOrganizationalUnitsForParent", "which units are below one"),
            Permission::account(
                "organizations:DescribeResourcePolicy",
                "whether the scanner's account may list the accounts",
            ),
            Permission::member_role("sts:AssumeRole", "whether the scanner's role can be assumed in every account"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        let declared = Declared::of(parameters)?;
        Ok(match format {
            Format::Terraform => terraform(parameters, declared),
            Format::CloudFormation => cloudformation(parameters, declared),
            Format::Cli => script(&format!("{HEAD}\n{WHERE}\n{}", declared.reasons()), &steps(parameters, &declared)),
            Format::Policy => {
                let all: Vec<Policy> = declared.policies.iter().chain(&declared.delegation).cloned().collect();
                policy::json_of(&all)
            }
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        member_access::verify(context).boxed()
    }
}

/// What shall be.
pub(crate) struct Declared {
    /// of the role in each account, its trust policy first
    policies: Vec<Policy>,
    template: Template,
    delegation: Option<Policy>,
}

impl Declared {
    pub(crate) fn of(parameters: &Parameters) -> Result<Self, OnboardError> {
        if parameters.organizational_units.is_empty() {
            let about = "the organizational units whose accounts are to be read, or the root";
            return Err(OnboardError::Needed { prerequisite: ID, parameter: given::UNITS.name, about });
        }
        let needed_here = |error| match error {
            OnboardError::Needed { parameter, about, .. } => {
                OnboardError::Needed { prerequisite: ID, parameter, about }
            }
            other => other,
        };
        let (policies, template) = scanner_identity::in_members(parameters).map_err(needed_here)?;
        Ok(Self { policies, template, delegation: delegation(parameters) })
    }

    /// Why each statement is there, for the script, whose JSON holds no comments.
    fn reasons(&self) -> String {
        self.policies.iter().chain(&self.delegation).map(Policy::reasons).collect::<Vec<_>>().join("\n")
    }
}

/// What the scanner's account may ask the organization.
pub(crate) fn delegation(parameters: &Parameters) -> Option<Policy> {
    let account = parameters.delegated_administrator.as_ref()?;
    let wanted = inventory::actions(parameters);
    let actions = DELEGABLE.into_iter().filter(|action| wanted.contains(*action)).map(str::to_owned).collect();
    let statement = Statement::allow("ScannerListsAccounts", actions, vec!["*".to_owned()])
        .of(Principal::aws(&format!("arn:{}:iam::{account}:root", parameters.partition)));
    let why = "What the scanner asks of the organization: its accounts, its units, and the policies that limit them. In that account, its own policies decide who may ask.";
    Some(Policy::new("organization-resource-policy", vec![Reasoned::new(why, statement)]))
}

fn terraform(parameters: &Parameters, declared: Declared) -> String {
    let set = Block::resource("aws_cloudformation_stack_set", "scanner")
        .because(&format!("{WHY_SET}\n{WHERE}"))
        .with("name", STACK_SET)
        .with("description", MEMBER)
        .with("permission_model", "SERVICE_MANAGED")
        .with("capabilities", Node::list(["CAPABILITY_NAMED_IAM"]))
        .entry(Entry::new("template_body", jsonencode(declared.template.long_form())).because(WHY_TEMPLATE))
        .block(Block::new("auto_deployment", []).with("enabled", true).with("retain_stacks_on_account_removal", false))
        .block(
            Block::new("lifecycle", [])
                .because("AWS fills it in where permissions are service-managed.")
                .with("ignore_changes", Node::list([Node::code("administration_role_arn")])),
        );
    let targets = Node::list(&parameters.organizational_units);
    let instances = Block::resource("aws_cloudformation_stack_set_instance", "scanner")
        .because(WHY_TARGETS)
        .with("stack_set_name", Node::code("aws_cloudformation_stack_set.scanner.name"))
        .block(Block::new("deployment_targets", []).with("organizational_unit_ids", targets));
    let policy = declared.delegation.map(|policy| {
        Block::resource("aws_organizations_resource_policy", "scanner")
            .because(&format!("{WHY_POLICY}\n{ONE_POLICY}"))
            .with("content", jsonencode(policy.node()))
    });
    let blocks: Vec<Block> = [set, instances].into_iter().chain(policy).collect();
    hcl::file(HEAD, &blocks)
}

fn cloudformation(parameters: &Parameters, declared: Declared) -> String {
    let deployment = Node::map([("Enabled", true.into()), ("RetainStacksOnAccountRemoval", false.into())]);
    let targets = Node::map([
        ("DeploymentTargets", Node::map([("OrganizationalUnitIds", Node::list(&parameters.organizational_units))])),
        ("Regions", Node::list([&parameters.home])),
    ]);
    let properties = vec![
        Entry::new("StackSetName", STACK_SET),
        Entry::new("Description", MEMBER),
        Entry::new("PermissionModel", "SERVICE_MANAGED"),
        Entry::new("AutoDeployment", deployment),
        Entry::new("Capabilities", Node::list(["CAPABILITY_NAMED_IAM"])),
        Entry::new("StackInstancesGroup", Node::list([targets])).because(WHY_TARGETS),
        Entry::new("TemplateBody", Node::Lines(declared.template.render(MEMBER))).because(WHY_TEMPLATE),
    ];
    let why = format!("{WHY_SET}\n{WHERE}");
    let mut template =
        Template::new(HEAD).resource("ScannerStackSet", "AWS::CloudFormation::StackSet", &why, properties);
    if let Some(policy) = declared.delegation {
        let why = format!("{WHY_POLICY}\n{ONE_POLICY}");
        let properties = vec![Entry::new("Content", policy.node())];
        template =
            template.resource("OrganizationResourcePolicy", "AWS::Organizations::ResourcePolicy", &why, properties);
    }
    template
        .render(&format!("{HEAD}\nCreate the stack with --capabilities CAPABILITY_NAMED_IAM, in {}.", parameters.home))
}

pub(crate) fn steps(parameters: &Parameters, declared: &Declared) -> Vec<Step> {
    let trust =
        Step::aws(WHY_TRUSTED, ["cloudformation", "activate-organizations-access"]).option("region", &parameters.home);
    let set = step_set(parameters, "create-stack-set", format!("{WHY_SET}\n{WHY_TEMPLATE}"))
        .option("description", MEMBER)
        .option("permission-model", "SERVICE_MANAGED")
        .option("auto-deployment", "Enabled=true,RetainStacksOnAccountRemoval=false")
        .option("capabilities", "CAPABILITY_NAMED_IAM")
        .option("template-body", declared.template.clone().render(MEMBER));
    let targets = json!({"OrganizationalUnitIds": parameters.organizational_units});
    let instances = step_instances(parameters, WHY_TARGETS, &targets.to_string());
    let policy = declared.delegation.as_ref().map(|policy| step_policy(policy.json()));
    [trust, set, instances].into_iter().chain(policy).collect()
}

fn step_set(parameters: &Parameters, verb: &'static str, why: impl Into<String>) -> Step {
    Step::aws(why, ["cloudformation", verb]).option("region", &parameters.home).option("stack-set-name", STACK_SET)
}

pub(crate) fn step_instances(parameters: &Parameters, why: &str, targets: &str) -> Step {
    step_set(parameters, "create-stack-instances", why)
        .option("deployment-targets", targets)
        .option("regions", &parameters.home)
}

pub(crate) fn step_policy(content: String) -> Step {
    Step::aws(format!("{WHY_POLICY}\n{ONE_POLICY}"), ["organizations", "put-resource-policy"])
        .option("content", content)
}
