//! Whether the account can use models at all.

use crate::availability::{
    AVAILABILITY, Behind, FORM, OFFERS, PROFILES, accepting, asks_for_form, behind, is_sold, step_offered, step_offers,
    submitting,
};
use crate::context::Context;
use crate::error::OnboardError;
use crate::model_use;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::verdict::Verdict;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sightline_iam::Statement;
use std::collections::BTreeSet;

/// The unit.
pub static UNIT: ModelAccess = ModelAccess;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct ModelAccess;

pub(crate) const ID: &str = "model-access";
const HEAD: &str = "Sightline: which models the account can use. Nothing has to be enabled: the steps below only look.";
const WHY_AVAILABLE: &str =
    "Whether the region has the model, and the account an agreement, an entitlement and an authorization for it.";

impl Prerequisite for ModelAccess {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Access to models"
    }

    fn about(&self) -> &'static str {
        "There is nothing to enable today: the console's page on model access is gone, and serverless models can be called by whoever IAM lets. Three \
         things can still be missing. Models of other companies are sold through AWS Marketplace: the first call by somebody who holds \
         `aws-marketplace:Subscribe` accepts an agreement, in the account's name and within 15 minutes. Anthropic asks for a form once. And a \
         region may not offer a model, or only through an inference profile. This looks at all of them, and accepts nothing: a contract is \
         the customer's decision. Who holds `aws-marketplace:Subscribe` decides who can bring in a new model; who may call one is IAM's \
         and the organization's policies' matter: `sightline who-can` answers it, this does not look at them."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const MODELS: Parameter = Parameter {
            name: "model",
            about: "ARN of a model or inference profile to look at; verification without it looks at the models called in the last two weeks",
        };
        &[given::ACCOUNT_ID, given::REGIONS, MODELS]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("bedrock:ListFoundationModels", "which models a region offers"),
            Permission::account(AVAILABILITY, "whether the account can use a model; accepts nothing"),
            Permission::account(FORM, "whether Anthropic's form was submitted; what it says is not kept"),
            Permission::account(PROFILES, "which models an inference profile leads to, in which regions"),
            Permission::account("cloudwatch:ListMetrics", "which models were called in the last two weeks"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        Ok(match format {
            Format::Terraform | Format::CloudFormation => {
                let why = "nothing has to be made: models need no enabling, and agreements are accepted by a person; the AWS CLI steps show what is there";
                return Err(OnboardError::NoForm { prerequisite: ID, format: format.as_str(), why });
            }
            Format::Cli => script(HEAD, &steps(parameters)),
            Format::Policy => policy::json_of(&policies()),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        model_use::verify(context).boxed()
    }
}

/// The foundation models of the listed ARNs, by region; what is the account's own, or not told by its name, is left out.
pub(crate) fn listed(parameters: &Parameters) -> BTreeSet<(String, String)> {
    let all = parameters.models.iter().map(|listed| behind(parameters, listed));
    all.filter_map(|(region, behind)| match behind {
        Behind::Model(id) => Some((region, id)),
        Behind::Profile | Behind::Own => None,
    })
    .collect()
}

fn steps(parameters: &Parameters) -> Vec<Step> {
    let mut steps: Vec<Step> = parameters.regions.iter().map(|region| step_offered(region)).collect();
    for (region, model) in listed(parameters) {
        let available = Step::aws(WHY_AVAILABLE, ["bedrock", "get-foundation-model-availability"]);
        steps.push(available.option("region", &region).option("model-id", &model));
        if is_sold(&model) {
            let mut guidance = vec![OFFERS.to_owned(), accepting(&region, &model)];
            guidance.extend(asks_for_form(&model).then(|| submitting(&region)));
            steps.push(step_offers(&region, &model).because(&guidance.join("\n")));
        }
    }
    steps
}

/// What a person needs: to look, and to accept. The second is a right to sign contracts.
fn policies() -> Vec<Policy> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let every = || words(&["*"]);
    let look = words(&[
        "bedrock:ListFoundationModels",
        "bedrock:ListFoundationModelAgreementOffers",
        AVAILABILITY,
        FORM,
        PROFILES,
    ]);
    let accept = words(&["bedrock:CreateFoundationModelAgreement", "bedrock:PutUseCaseForModelAccess"]);
    let subscribe = words(&["aws-marketplace:Subscribe", "aws-marketplace:ViewSubscriptions"]);
    let through = Statement::allow("SubscribeThroughBedrock", subscribe, every());
    let through = through.when("StringEquals", "aws:CalledViaLast", words(&["bedrock.amazonaws.com"]));
    vec![
        Policy::new(
            "model-access-look",
            vec![Reasoned::new(
                "Looks which models can be used, and reads offers; accepts nothing.",
                Statement::allow("LookAtModels", look, every()),
            )],
        ),
        Policy::new(
            "model-access-accept",
            vec![
                Reasoned::new(
                    "Accepts agreements and declares the use case in the account's name: for those who may sign contracts.",
                    Statement::allow("AcceptAgreements", accept, every()),
                ),
                Reasoned::new(
                    "Subscribes to models by way of Bedrock, and to nothing else that the Marketplace sells.",
                    through,
                ),
            ],
        ),
    ]
}
