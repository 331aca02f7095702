//! The user with long-lived keys that the common guides ask for, to the letter, for those who are held to one.

use crate::error::OnboardError;
use crate::parameters::Parameters;
use crate::prerequisite::Format;
use crate::prerequisite::scanner_identity::ID;
use crate::render::cloudformation::Template;
use crate::render::hcl::{self, Block};
use crate::render::node::{Entry, Node};
use crate::render::shell::{Step, script};

const POLICIES: [&str; 2] = ["ReadOnlyAccess", "SecurityAudit"];
const HEAD: &str = "The scanner's identity as the common guides ask for it: a user with AWS's ReadOnlyAccess and SecurityAudit.\n\
    What is wrong with it: its keys do not expire, and whoever copies them reads the account from anywhere. ReadOnlyAccess also reads S3 objects, \
    DynamoDB items, SQS messages and SSM parameters, none of which Sightline needs. `sightline onboard verify` calls it wrong. \
    Without --as-documented this is a role that is assumed for an hour, and reads configuration alone.";
const WHY_USER: &str = "One name for the scanner. It has no console password.";
const WHY_POLICY: &str = "As the guides say. SecurityAudit alone reads most of what is needed.";
const WHY_KEY: &str = "Prints the secret once. Keep it in a secrets manager, and replace it every 90 days.";

/// Writes the user down.
pub(crate) fn render(parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
    let arns = || POLICIES.map(|name| parameters.aws_policy_arn(name));
    Ok(match format {
        Format::Terraform => hcl::file(
            &format!(
                "{HEAD}\nThe access key is not among the resources: Terraform would keep its secret in the state. Make it by command."
            ),
            &terraform(parameters),
        ),
        Format::CloudFormation => {
            let properties = vec![
                Entry::new("UserName", &parameters.role),
                Entry::new("ManagedPolicyArns", Node::list(arns())).because(WHY_POLICY),
            ];
            let template = Template::new("Sightline: the scanner's user, as the common guides ask for it.");
            let template = template.resource("ScannerUser", "AWS::IAM::User", WHY_USER, properties);
            template.render(&format!("{HEAD}\nCreate the stack with --capabilities CAPABILITY_NAMED_IAM."))
        }
        Format::Cli => script(HEAD, &steps(parameters, &arns())),
        Format::Policy => {
            let why = "the guides attach AWS's own ReadOnlyAccess and SecurityAudit, and write no policy";
            return Err(OnboardError::NoForm { prerequisite: ID, format: Format::Policy.as_str(), why });
        }
    })
}

fn terraform(parameters: &Parameters) -> Vec<Block> {
    let user = Block::resource("aws_iam_user", "scanner").because(WHY_USER).with("name", &parameters.role);
    let attach = |name: &str| {
        Block::resource("aws_iam_user_policy_attachment", &sightline_model::column::snake_case(name))
            .because(WHY_POLICY)
            .with("user", Node::code("aws_iam_user.scanner.name"))
            .with("policy_arn", parameters.aws_policy_arn(name))
    };
    std::iter::once(user).chain(POLICIES.map(attach)).collect()
}

fn steps(parameters: &Parameters, arns: &[String]) -> Vec<Step> {
    let step =
        |why: &str, operation: &'static str| Step::aws(why, ["iam", operation]).option("user-name", &parameters.role);
    let attach = arns.iter().map(|arn| step(WHY_POLICY, "attach-user-policy").option("policy-arn", arn));
    std::iter::once(step(WHY_USER, "create-user")).chain(attach).chain([step(WHY_KEY, "create-access-key")]).collect()
}
