//! All the other prerequisites in one file.

use crate::compose::{self, Part};
use crate::context::Context;
use crate::error::OnboardError;
use crate::granted;
use crate::parameters::Parameters;
use crate::prerequisite::{ALL, Format, Parameter, Permission, Prerequisite, given};
use crate::render::hcl::Block;
use crate::render::node::Node;
use crate::verdict::{Judge, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;

/// The unit.
pub static UNIT: DiscoveryIac = DiscoveryIac;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct DiscoveryIac;

const ID: &str = "discovery-iac";
const HEAD: &str = "Sightline: everything that the account needs, in one file.";
/// What the others wait for.
const FIRST: &str = "log-bucket";

impl Prerequisite for DiscoveryIac {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Everything in one file"
    }

    fn about(&self) -> &'static str {
        "One Terraform file, one CloudFormation template or one script made of all the other prerequisites, for those who approve and apply \
         once. What lacks a parameter is left out, and a comment at the top names it. The log bucket comes first, and whatever delivers into it \
         waits for its policy. `sightline onboard policy discovery-iac` lists beforehand what would be granted to whom: for each role \
         the union of its permissions and who may assume it, for the bucket and the key who may use them. A template of more than 51,200 bytes is \
         handed to CloudFormation through S3. It has nothing in the account that is its own: verifying it is verifying the others. \
         The same as a module with variables is in `deploy/terraform`."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[given::ACCOUNT_ID, given::REGIONS]
    }

    fn permissions(&self) -> &'static [Permission] {
        &[]
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        let (parts, left_out) = parts(parameters, format)?;
        let head = format!("{HEAD}\n{left_out}");
        match format {
            Format::Terraform => Ok(compose::terraform::file(&head, &first(parameters), &parts)),
            Format::CloudFormation => {
                let home = &parameters.home;
                let head = format!(
                    "{head}Make the stack in {home} first, with --capabilities CAPABILITY_NAMED_IAM; then, of the same template, one in each further region."
                );
                compose::cloudformation::template(&head, HEAD, home, &parts)
                    .map_err(|(has, limit)| OnboardError::TooManyResources { prerequisite: ID, has, limit })
            }
            Format::Cli => Ok(compose::script(&head, &parts)),
            Format::Policy => Ok(granted::listing(parameters, &parts)),
        }
    }

    fn is_composition(&self) -> bool {
        true
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        let judge = Judge::new(ID, format!("account {}", context.parameters.account_id));
        let reason = "nothing in the account is its own: it is made of the other prerequisites, and their verdicts are what counts";
        async move { vec![judge.ok("no call", reason)] }.boxed()
    }
}

/// The renderings of all others, and lines that say what is not among them and why.
fn parts(parameters: &Parameters, format: Format) -> Result<(Vec<Part>, String), OnboardError> {
    let (mut parts, mut left_out) = (Vec::new(), String::new());
    let mut units: Vec<_> = ALL.iter().filter(|unit| !unit.is_composition()).collect();
    units.sort_by_key(|unit| unit.id() != FIRST);
    for unit in units {
        // What no file makes, no file grants.
        if format == Format::Policy && is_by_hand(parameters, *unit) {
            continue;
        }
        let why = match unit.render(parameters, format) {
            Ok(_) if is_elsewhere(parameters, unit.id()) => {
                "it belongs into the management account, which the delegated administrator is not".to_owned()
            }
            Ok(text) => {
                parts.push(Part { id: unit.id(), name: format!("{}: {}", unit.id(), unit.title()), text });
                continue;
            }
            Err(OnboardError::Needed { parameter, about, .. }) => format!("it needs --{parameter}, {about}"),
            Err(OnboardError::NoForm { why, .. }) => why.to_owned(),
            Err(error) => return Err(error),
        };
        left_out.push_str(&format!("Left out: {}: {why}\n", unit.id()));
    }
    Ok((parts, left_out))
}

fn is_by_hand(parameters: &Parameters, unit: &dyn Prerequisite) -> bool {
    matches!(unit.render(parameters, Format::Terraform), Err(OnboardError::NoForm { .. }))
}

/// The organization's stack set is made in the management account, and a delegated administrator is another one.
fn is_elsewhere(parameters: &Parameters, unit: &str) -> bool {
    unit == "organization" && parameters.delegated_administrator.as_ref() == Some(&parameters.account_id)
}

fn first(parameters: &Parameters) -> [Block; 2] {
    let provider = Block::new("provider", ["aws"])
        .because("Refuses to work in any other account.")
        .with("region", &parameters.home)
        .with("allowed_account_ids", Node::list([&parameters.account_id]));
    [compose::terraform::requirements(), provider]
}
