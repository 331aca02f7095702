//! The role of instances that call models.

use crate::compare;
use crate::context::{Asked, Context, text};
use crate::error::OnboardError;
use crate::instances::{self, Instance};
use crate::invoke;
use crate::invoker::{self, Invoker, step_put};
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, reference};
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::role::{self, Role};
use crate::trust;
use crate::user_data::{self, UserData};
use crate::verdict::{Judge, State, Unanswered, Verdict};
use crate::workload_trust;
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use serde_json::json;
use sightline_iam::{Principal, Statement};
use std::collections::BTreeMap;

/// The unit.
pub static UNIT: VmModelRole = VmModelRole;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct VmModelRole;

const ID: &str = "vm-model-role";
const HEAD: &str = "Sightline: the role of instances that call models, in place of keys.";
const ATTACH: &str = "An instance gets it by its instance profile, at launch or later; it can have one only.";
const WHY_ROLE: &str = "Only the EC2 service may hand it to instances. Credentials come from the metadata service and expire within hours: no key \
                        is stored on the instance. Let instances have metadata version 2 alone (HttpTokens=required).";
const WHY_PROFILE: &str = "The form in which an instance holds a role.";
const WHY_DOCUMENTED: &str = "What the guide asks for, to the letter. What is wrong with it: `*` is every model of every region, imported and \
                              provisioned ones included, today's and those to come; answers cannot be streamed, for which \
                              bedrock:InvokeModelWithResponseStream is needed; no guardrail is asked for. Without --as-documented the \
                              listed models alone are allowed.";
/// Instances of a region whose user data is read; each is a call.
const USER_DATA: usize = 500;

impl Prerequisite for VmModelRole {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "A role for instances that call models"
    }

    fn about(&self) -> &'static str {
        "An instance that calls models should do so by a role that it holds through its instance profile: credentials expire by themselves, and \
         CloudTrail names the instance in each call. The role is for the listed models and endpoints (`--model`) and no other, whole and \
         streamed; an inference profile also takes its foundation model in the regions that it forwards to, bound to the profile. With \
         `--guardrail`, calls without that guardrail are refused. The guide's policy allows `bedrock:InvokeModel` on `*`: any model, at any \
         price. Verification also looks at the other instances: which may invoke what and through which role, which may invoke anything, and \
         which have keys in their user data, where everybody on the instance can read them. A key is never shown."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ROLE: Parameter = Parameter {
            name: "vm-role",
            about: "the role's and the instance profile's name; default `sightline-vm-models`",
        };
        &[given::ACCOUNT_ID, given::REGIONS, ROLE, given::MODELS, given::GUARDRAIL, given::AS_DOCUMENTED]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account(role::ACTION, "which roles instances and pods hold, and what these allow"),
            Permission::account("iam:GetPolicy", "which version of a policy is in force"),
            Permission::account("iam:GetPolicyVersion", "what the policies of those roles allow"),
            Permission::account(instances::ACTION, "which instances there are, and which profiles they have"),
            Permission::account(
                "ec2:DescribeInstanceAttribute",
                "whether user data holds keys; it is looked at and dropped",
            ),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        let policy = allowed(parameters)?;
        Ok(match format {
            Format::Terraform => terraform(parameters, &policy),
            Format::CloudFormation => cloudformation(parameters, &policy),
            Format::Cli => script(&format!("{HEAD}\n{ATTACH}"), &steps(parameters, &policy)),
            Format::Policy => policy::json_of(&[trusted(parameters), policy]),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        verify(context).boxed()
    }
}

fn service(parameters: &Parameters) -> String {
    format!("ec2.{}", parameters.dns_suffix())
}

fn trusted(parameters: &Parameters) -> Policy {
    let statement = Statement::allow("Instances", vec!["sts:AssumeRole".to_owned()], Vec::new());
    let statement = statement.of(Principal::service(&service(parameters)));
    Policy::new("trust-policy", vec![Reasoned::new("EC2 alone, for the instances that have the profile.", statement)])
}

fn allowed(parameters: &Parameters) -> Result<Policy, OnboardError> {
    if parameters.as_documented {
        let statement = Statement::allow("AsDocumented", vec!["bedrock:InvokeModel".to_owned()], vec!["*".to_owned()]);
        return Ok(Policy::new("as-documented", vec![Reasoned::new(WHY_DOCUMENTED, statement)]));
    }
    invoke::needs_models(parameters, ID)?;
    Ok(invoker::policy(parameters))
}

fn terraform(parameters: &Parameters, policy: &Policy) -> String {
    let role = Block::resource("aws_iam_role", "vm_models")
        .because(WHY_ROLE)
        .with("name", &parameters.vm_role)
        .with("assume_role_policy", jsonencode(trusted(parameters).node()));
    let inline = Block::resource("aws_iam_role_policy", "vm_models")
        .with("name", &policy.name)
        .with("role", Node::code("aws_iam_role.vm_models.id"))
        .with("policy", jsonencode(policy.node()));
    let profile = Block::resource("aws_iam_instance_profile", "vm_models")
        .because(WHY_PROFILE)
        .with("name", &parameters.vm_role)
        .with("role", Node::code("aws_iam_role.vm_models.name"));
    let head =
        format!("{HEAD}\n{ATTACH} In aws_instance: iam_instance_profile = aws_iam_instance_profile.vm_models.name");
    hcl::file(&head, &[role, inline, profile])
}

fn cloudformation(parameters: &Parameters, policy: &Policy) -> String {
    let inline = Node::map([("PolicyName", (&policy.name).into()), ("PolicyDocument", policy.node())]);
    let role = vec![
        Entry::new("RoleName", &parameters.vm_role),
        Entry::new("AssumeRolePolicyDocument", trusted(parameters).node()),
        Entry::new("Policies", Node::list([inline])),
    ];
    let profile = vec![
        Entry::new("InstanceProfileName", &parameters.vm_role),
        Entry::new("Roles", Node::list([reference("VmModelsRole")])),
    ];
    Template::new(HEAD)
        .resource("VmModelsRole", "AWS::IAM::Role", WHY_ROLE, role)
        .resource("VmModelsProfile", "AWS::IAM::InstanceProfile", WHY_PROFILE, profile)
        .render(&format!(
            "{HEAD}\n{ATTACH}\nIAM resources with names: create the stack with --capabilities CAPABILITY_NAMED_IAM."
        ))
}

fn steps(parameters: &Parameters, policy: &Policy) -> Vec<Step> {
    let trust = trusted(parameters);
    let create = Step::aws(format!("{WHY_ROLE}\n{}", trust.reasons()), ["iam", "create-role"])
        .option("role-name", &parameters.vm_role)
        .option("assume-role-policy-document", trust.json());
    let mut steps = vec![create, step_put(&policy.reasons(), &parameters.vm_role, policy)];
    steps.extend(profile_steps(parameters));
    steps
}

fn profile_steps(parameters: &Parameters) -> [Step; 2] {
    let create = Step::aws(WHY_PROFILE, ["iam", "create-instance-profile"]);
    let add = Step::aws("A profile holds one role.", ["iam", "add-role-to-instance-profile"]);
    [create, add.option("role-name", &parameters.vm_role)]
        .map(|step| step.option("instance-profile-name", &parameters.vm_role))
}

fn step_associate(parameters: &Parameters, region: &str, instance: &str) -> Step {
    Step::aws("", ["ec2", "associate-iam-instance-profile"])
        .option("region", region)
        .option("instance-id", instance)
        .option("iam-instance-profile", format!("Name={}", parameters.vm_role))
}

/// Instances of one region.
struct Region<'a> {
    name: &'a str,
    instances: Vec<Instance>,
}

async fn verify(context: &Context) -> Vec<Verdict> {
    let names = &context.parameters.regions;
    let asked: Vec<_> = names.iter().map(|region| instances::all(context, region)).collect();
    let (roles, asked) = futures::join!(role::all(context), futures::future::join_all(asked));
    let mut verdicts = Vec::new();
    let mut regions = Vec::new();
    for (name, instances) in names.iter().zip(asked) {
        match instances {
            Ok(instances) => regions.push(Region { name, instances }),
            Err(unanswered) => verdicts.push(in_region(name).unanswered(&unanswered)),
        }
    }
    match roles {
        Err(unanswered) => verdicts.push(own(&context.parameters).unanswered(&unanswered)),
        Ok(roles) => {
            verdicts.extend(verify_role(context, &roles, &regions).await);
            for region in &regions {
                verdicts.extend(other_roles(context, &roles, region).await);
            }
        }
    }
    for region in &regions {
        verdicts.extend(keys(context, region).await);
    }
    verdicts
}

fn own(parameters: &Parameters) -> Judge {
    Judge::new(ID, parameters.arn_of_role(&parameters.vm_role))
}

fn in_region(region: &str) -> Judge {
    Judge::new(ID, format!("instances in {region}"))
}

/// The role that is rendered, and whether instances have it.
async fn verify_role(context: &Context, roles: &[Role], regions: &[Region<'_>]) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let judge = own(parameters);
    let call = format!("{} in {}", role::ACTION, parameters.home);
    let Some(role) = roles.iter().find(|role| role.name == parameters.vm_role) else {
        return vec![match allowed(parameters) {
            Ok(policy) => {
                let fix = script(&format!("{HEAD}\n{ATTACH}"), &steps(parameters, &policy));
                judge.missing(&call, "no role of this name is in the account", fix)
            }
            Err(_) => judge
                .ok(&call, "nothing to do: `--model` asks for this role, by what instances shall be able to invoke"),
        }];
    };
    let mut verdicts = vec![trusts(parameters, role, &judge, &call), policies(context, role, &judge, &call).await];
    verdicts.extend(attached(parameters, role, regions, &judge, &call));
    // One line says that all is well.
    if verdicts.iter().all(|verdict| verdict.status == State::Ok) {
        verdicts.drain(1..).take(1).collect()
    } else {
        faults(verdicts)
    }
}

fn faults(verdicts: Vec<Verdict>) -> Vec<Verdict> {
    verdicts.into_iter().filter(|verdict| verdict.status != State::Ok).collect()
}

fn trusts(parameters: &Parameters, role: &Role, judge: &Judge, call: &str) -> Verdict {
    let document = match trust::document(&role.trust) {
        Ok(document) => document,
        Err(error) => return judge.cannot_tell(call, format!("the trust policy could not be read: {error}")),
    };
    let services = [service(parameters), "ec2.amazonaws.com".to_owned()];
    if workload_trust::lacking(&document, &services, &["sts:AssumeRole"]).is_empty() {
        return judge.ok(call, "EC2 may hand the role to instances");
    }
    let fix = Step::aws("", ["iam", "update-assume-role-policy"])
        .option("role-name", &role.name)
        .option("policy-document", policy::json(&compare::merged(&document, &trusted(parameters))));
    judge.wrong(call, "EC2 may not hand the role to instances: they get no credentials", fix.command())
}

async fn policies(context: &Context, role: &Role, judge: &Judge, call: &str) -> Verdict {
    let invoker = match Invoker::read(context, role).await {
        Ok(invoker) => invoker,
        Err(not_read) => return not_read.verdict(judge),
    };
    let parameters = &context.parameters;
    let broad = invoker.broad();
    if !parameters.models.is_empty() || !broad.is_empty() {
        return invoker.verdict(judge, call, parameters);
    }
    judge.ok(call, format!("the role may invoke {}", invoker.told()))
}

/// Whether it has a profile, and any instance the profile.
fn attached(
    parameters: &Parameters,
    role: &Role,
    regions: &[Region<'_>],
    judge: &Judge,
    call: &str,
) -> Option<Verdict> {
    if role.profiles.is_empty() {
        let fix: Vec<String> = profile_steps(parameters).iter().map(Step::command).collect();
        return Some(judge.missing(
            call,
            "no instance profile holds the role: no instance can have it",
            fix.join("\n"),
        ));
    }
    let all = || regions.iter().flat_map(|region| region.instances.iter().map(|instance| (region.name, instance)));
    if parameters.models.is_empty() || all().any(|(_, instance)| role.profiles.contains(&instance.profile)) {
        return None;
    }
    let bare: Vec<(&str, &str)> = all()
        .filter(|(_, instance)| instance.profile.is_empty())
        .map(|(region, instance)| (region, instance.id.as_str()))
        .collect();
    let (_, first) = bare.first()?;
    let reason = match bare.len() {
        1 => format!(
            "no instance has the role, and `{first}` has no instance profile: it can call models by stored keys only"
        ),
        more => format!(
            "no instance has the role, and {more} have no instance profile, such as `{first}`: they can call models by stored keys only"
        ),
    };
    let commands = bare.iter().map(|(region, instance)| step_associate(parameters, region, instance).command());
    let note =
        "# a command for each instance without a profile: leave out those that are not to call models".to_owned();
    let fix: Vec<String> = (bare.len() > 1).then_some(note).into_iter().chain(commands).collect();
    Some(judge.missing(&format!("{} in {}", instances::ACTION, parameters.home), reason, fix.join("\n")))
}

/// What the other instances may invoke, a verdict for each role.
async fn other_roles(context: &Context, roles: &[Role], region: &Region<'_>) -> Vec<Verdict> {
    let judge = in_region(region.name);
    let call = format!("{} in {}", instances::ACTION, region.name);
    let mut holders: BTreeMap<&str, (&Role, Vec<&str>)> = BTreeMap::new();
    for instance in region.instances.iter().filter(|instance| !instance.profile.is_empty()) {
        if let Some(role) = roles.iter().find(|role| role.profiles.contains(&instance.profile)) {
            holders.entry(&role.name).or_insert((role, Vec::new())).1.push(&instance.id);
        }
    }
    let mut verdicts = Vec::new();
    for (role, ids) in holders.into_values() {
        let invoker = match Invoker::read(context, role).await {
            Ok(invoker) => invoker,
            Err(not_read) => {
                verdicts.push(not_read.verdict(&judge));
                continue;
            }
        };
        let broad = invoker.broad();
        let who = instances::some(&ids);
        if role.name == context.parameters.vm_role {
            verdicts.push(judge.ok(&call, format!("{who}: the role `{}`", role.name)));
        } else if !broad.is_empty() {
            let reason =
                format!("{who} may invoke any model through the role `{}`, by {}", role.name, Invoker::names(&broad));
            verdicts.push(judge.wrong(&call, reason, invoker.narrowed(&context.parameters)));
        } else if !invoker.reach().is_empty() {
            verdicts
                .push(judge.ok(&call, format!("{who} may invoke {} through the role `{}`", invoker.told(), role.name)));
        }
    }
    if verdicts.is_empty() {
        let bare = region.instances.iter().filter(|instance| instance.profile.is_empty()).count();
        let reason = match region.instances.len() {
            0 => "no instance is here".to_owned(),
            all => format!("of {all} instances none may invoke a model through its role; {bare} have no profile"),
        };
        verdicts.push(judge.ok(&call, reason));
    }
    verdicts
}

/// Instances with keys in their user data.
async fn keys(context: &Context, region: &Region<'_>) -> Vec<Verdict> {
    let asked: Vec<_> =
        region.instances.iter().take(USER_DATA).map(|one| user_data_of(context, region.name, &one.id)).collect();
    let answers: Vec<_> = futures::stream::iter(asked).buffered(8).collect().await;
    let call = format!("ec2:DescribeInstanceAttribute in {}", region.name);
    let mut verdicts = Vec::new();
    let mut unanswered: Vec<Box<Unanswered>> = Vec::new();
    for (id, answer) in answers {
        let judge = Judge::new(ID, format!("{id} in {}", region.name));
        match answer {
            Ok(UserData::Clean) => {}
            Ok(UserData::Key(kind)) => {
                let reason =
                    format!("the user data holds {kind}: whoever is on the instance, or may describe it, can read it");
                verdicts.push(judge.wrong(&call, reason, without_user_data(region.name, id)));
            }
            Ok(UserData::Unreadable) => {
                verdicts.push(judge.cannot_tell(&call, "the user data is packed: whether it holds keys was not seen"))
            }
            Err(error) => unanswered.push(error),
        }
    }
    // One refusal says it for all.
    if let Some(first) = unanswered.first() {
        verdicts.push(in_region(region.name).unanswered(first));
    }
    if region.instances.len() > USER_DATA {
        let reason = format!(
            "the user data of {USER_DATA} instances was read, of {} it was not",
            region.instances.len() - USER_DATA
        );
        verdicts.push(in_region(region.name).cannot_tell(&call, reason));
    }
    verdicts
}

async fn user_data_of<'a>(context: &Context, region: &str, id: &'a str) -> (&'a str, Asked<UserData>) {
    let input = json!({"InstanceId": id, "Attribute": "userData"});
    let action = "ec2:DescribeInstanceAttribute";
    let answer = context.ask(region, "ec2", "DescribeInstanceAttribute", input, action).await;
    (id, answer.map(|answer| user_data::read(text(&answer, "/UserData/Value"))))
}

/// User data can be replaced while an instance is stopped.
fn without_user_data(region: &str, id: &str) -> String {
    let step = |words: [&str; 2]| Step::aws("", words).option("region", region);
    let stop = step(["ec2", "stop-instances"]).options("instance-ids", [id.to_owned()]);
    let wait = Step::aws("", ["ec2", "wait", "instance-stopped"])
        .option("region", region)
        .options("instance-ids", [id.to_owned()]);
    let clear = step(["ec2", "modify-instance-attribute"]).option("instance-id", id).option("user-data", "Value=");
    let start = step(["ec2", "start-instances"]).options("instance-ids", [id.to_owned()]);
    let note = "# first deactivate the key where it was issued, and keep what else the user data does:\n# this clears it, which takes a stopped instance";
    std::iter::once(note.to_owned())
        .chain([stop, wait, clear, start].iter().map(Step::command))
        .collect::<Vec<_>>()
        .join("\n")
}
