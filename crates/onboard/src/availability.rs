//! Which foundation models stand behind what may be invoked, and whether the account can use them. Only asks: nothing here accepts
//! anything.
//!
//! Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html>.

use crate::context::{Asked, Context, list, or_absent, text};
use crate::parameters::Parameters;
use crate::render::shell::Step;
use crate::verdict::{Judge, Verdict};
use serde_json::{Value, json};
use sightline_model::Arn;
use sightline_model::untrusted::shortened;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const AVAILABILITY: &str = "bedrock:GetFoundationModelAvailability";
pub(crate) const PROFILES: &str = "bedrock:ListInferenceProfiles";
pub(crate) const FORM: &str = "bedrock:GetUseCaseForModelAccess";
const PROVIDER_WITH_FORM: &str = "anthropic.";
/// Amazon's own models are not sold through the Marketplace.
const PROVIDER_WITHOUT_OFFERS: &str = "amazon.";
pub(crate) const OFFERS: &str = "The provider's terms and prices, with the token that stands for accepting them. This shows them, and accepts nothing.";

/// What a listed ARN leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Behind {
    /// a foundation model, by its id
    Model(String),
    /// a profile whose name does not tell its model
    Profile,
    /// the account's own model or endpoint, or a router: no agreement of its own
    Own,
}

/// The region in which a listed ARN is called, and what it leads to.
pub(crate) fn behind(parameters: &Parameters, listed: &str) -> (String, Behind) {
    let Ok(arn) = listed.parse::<Arn>() else { return (parameters.home.clone(), Behind::Own) };
    let region = if arn.region().is_empty() { parameters.home.clone() } else { arn.region().to_owned() };
    let (kind, id) = arn.resource().split_once('/').unwrap_or_default();
    let behind = match kind {
        "foundation-model" => Behind::Model(id.to_owned()),
        "inference-profile" => Behind::Model(id.split_once('.').map_or(id, |(_, model)| model).to_owned()),
        "application-inference-profile" => Behind::Profile,
        _ => Behind::Own,
    };
    (region, behind)
}

/// A region's inference profiles: by ARN, the ARNs of the foundation models in all regions that they lead to.
pub(crate) async fn profiles(context: &Context, region: &str) -> Asked<BTreeMap<String, Vec<String>>> {
    let ask = |kind: &'static str| {
        let key = ("inferenceProfileSummaries", PROFILES);
        context.ask_all(region, "bedrock", "ListInferenceProfiles", json!({"typeEquals": kind}), key)
    };
    let (system, own) = futures::join!(ask("SYSTEM_DEFINED"), ask("APPLICATION"));
    let models = |profile: &Value| list(profile, "/models").map(|model| text(model, "/modelArn").to_owned()).collect();
    let all = [system?, own?].concat();
    Ok(all.iter().map(|profile| (text(profile, "/inferenceProfileArn").to_owned(), models(profile))).collect())
}

/// The model's id in the ARN of a foundation model.
pub(crate) fn id_of(arn: &str) -> &str {
    arn.rsplit_once("foundation-model/").map_or(arn, |(_, id)| id)
}

/// What stands in the way of a model's use, the first cause alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Use {
    Usable,
    NotInRegion,
    /// with what Bedrock says of it
    NoAgreement(String),
    Pending,
    Failed(String),
    NotEntitled,
    NotAuthorized,
}

/// Asks for one model.
pub(crate) async fn of(context: &Context, region: &str, model: &str) -> Asked<Use> {
    let input = json!({"modelId": model});
    let asked = context.ask(region, "bedrock", "GetFoundationModelAvailability", input, AVAILABILITY).await;
    let Some(answer) = or_absent(asked, "ResourceNotFoundException")? else { return Ok(Use::NotInRegion) };
    let said = || shortened(text(&answer, "/agreementAvailability/errorMessage"), 200);
    Ok(match text(&answer, "/agreementAvailability/status") {
        _ if text(&answer, "/regionAvailability") != "AVAILABLE" => Use::NotInRegion,
        "PENDING" => Use::Pending,
        "ERROR" => Use::Failed(said()),
        "AVAILABLE" if text(&answer, "/entitlementAvailability") != "AVAILABLE" => Use::NotEntitled,
        "AVAILABLE" if text(&answer, "/authorizationStatus") != "AUTHORIZED" => Use::NotAuthorized,
        "AVAILABLE" => Use::Usable,
        _ => Use::NoAgreement(said()),
    })
}

/// Whether Anthropic's form was submitted. What it says is nobody's business here.
pub(crate) async fn has_form(context: &Context, region: &str) -> Asked<bool> {
    let asked = context.ask(region, "bedrock", "GetUseCaseForModelAccess", json!({}), FORM).await;
    Ok(or_absent(asked, "ResourceNotFoundException")?.is_some())
}

/// Whether the model is sold by somebody whose terms are to be accepted.
pub(crate) fn is_sold(model: &str) -> bool {
    !model.starts_with(PROVIDER_WITHOUT_OFFERS)
}

/// Whether the provider asks for a form before the first use.
pub(crate) fn asks_for_form(model: &str) -> bool {
    model.starts_with(PROVIDER_WITH_FORM)
}

/// One model in one region.
pub(crate) struct Told<'a> {
    pub(crate) region: &'a str,
    pub(crate) model: &'a str,
    /// other regions among the given ones that have the model
    pub(crate) elsewhere: BTreeSet<&'a str>,
    pub(crate) partition: &'a str,
}

impl Told<'_> {
    /// The verdict. `form` is asked for only where it may be the cause.
    pub(crate) async fn verdict(&self, context: &Context, judge: &Judge, asked: Asked<Use>) -> Verdict {
        let call = format!("{AVAILABILITY} in {}", self.region);
        let model = self.model;
        match asked {
            Err(unanswered) => judge.unanswered(&unanswered),
            Ok(Use::Usable) => judge.ok(&call, format!("`{model}`: agreement, entitlement and authorization are there")),
            Ok(Use::NotInRegion) => self.not_in_region(judge, &call),
            Ok(Use::Pending) => judge
                .cannot_tell(&call, format!("the agreement of `{model}` is being made, which may take 15 minutes: look again")),
            Ok(Use::Failed(said)) => judge.wrong(&call, format!("the agreement of `{model}` failed: {said}"), self.accept()),
            Ok(Use::NoAgreement(_)) if asks_for_form(model) => match has_form(context, self.region).await {
                Err(unanswered) => judge.unanswered(&unanswered),
                Ok(true) => self.no_agreement(judge, &call),
                Ok(false) => {
                    let call = format!("{FORM} in {}", self.region);
                    let reason = format!("Anthropic's form has not been submitted for this account, without which `{model}` answers nobody");
                    judge.missing(&call, reason, self.submit())
                }
            },
            Ok(Use::NoAgreement(_)) => self.no_agreement(judge, &call),
            Ok(Use::NotEntitled) => judge.wrong(
                &call,
                format!("the account has an agreement for `{model}` and is not entitled to it: AWS Marketplace has not finished, or has withdrawn the subscription"),
                "",
            ),
            Ok(Use::NotAuthorized) => judge.wrong(
                &call,
                format!("the account has an agreement for `{model}`, and AWS does not authorize its use: AWS's support alone can say why"),
                "",
            ),
        }
    }

    fn no_agreement(&self, judge: &Judge, call: &str) -> Verdict {
        let reason = format!(
            "no agreement for `{}` in the account: the first call by somebody who holds `aws-marketplace:Subscribe` would accept one",
            self.model
        );
        judge.missing(call, reason, self.accept())
    }

    fn not_in_region(&self, judge: &Judge, call: &str) -> Verdict {
        let Self { region, model, elsewhere, partition } = self;
        let there: Vec<&str> = elsewhere.iter().copied().collect();
        let (where_else, fix) = match there.first() {
            Some(first) => (
                format!("; {} has it", there.join(", ")),
                format!("--model arn:{partition}:bedrock:{first}::foundation-model/{model}"),
            ),
            None => (String::new(), step_offered(region).command()),
        };
        judge.wrong(call, format!("{region} does not offer `{model}`{where_else}"), fix)
    }

    fn accept(&self) -> String {
        format!(
            "{}\n{}",
            step_offers(self.region, self.model).command(),
            commented(&accepting(self.region, self.model))
        )
    }

    fn submit(&self) -> String {
        commented(&submitting(self.region))
    }
}

/// Lists what a region offers.
pub(crate) fn step_offered(region: &str) -> Step {
    Step::aws("Which models the region offers.", ["bedrock", "list-foundation-models"])
        .option("region", region)
        .option("query", "modelSummaries[].modelId")
}

/// Shows the offers of a model.
pub(crate) fn step_offers(region: &str, model: &str) -> Step {
    Step::aws(OFFERS, ["bedrock", "list-foundation-model-agreement-offers"])
        .option("region", region)
        .option("model-id", model)
}

/// How an agreement is accepted, for a comment.
pub(crate) fn accepting(region: &str, model: &str) -> String {
    let step = Step::aws("", ["bedrock", "create-foundation-model-agreement"])
        .option("region", region)
        .option("model-id", model)
        .option("offer-token", "OFFER_TOKEN");
    format!(
        "Accepting binds the account to the provider's terms and prices. That is a decision of yours, which Sightline neither takes nor runs. \
         With an offerToken that list-foundation-model-agreement-offers shows:\n{}",
        step.command()
    )
}

/// How the form is submitted, for a comment.
pub(crate) fn submitting(region: &str) -> String {
    let step = Step::aws("", ["bedrock", "put-use-case-for-model-access"])
        .option("region", region)
        .option("form-data", "fileb://use-case.json");
    format!(
        "Anthropic asks once for each account, or once in the organization's management account, who uses its models and for what, and receives the answers. What you declare is a decision \
         of yours, which Sightline neither takes nor runs. The console's model catalog shows the form; by the CLI:\n{}",
        step.command()
    )
}

/// Text as lines of a shell's comment.
pub(crate) fn commented(text: &str) -> String {
    crate::render::comment(text, "#", 0).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Given;

    #[test]
    fn what_stands_behind() {
        let parameters = Parameters::check(Given { account_id: "123456789012".into(), ..Given::default() }).unwrap();
        let model = |id: &str| Behind::Model(id.to_owned());
        for (listed, region, expected) in [
            (
                "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0",
                "eu-west-1",
                model("amazon.nova-lite-v1:0"),
            ),
            ("arn:aws:bedrock:::foundation-model/amazon.nova-lite-v1:0", "us-east-1", model("amazon.nova-lite-v1:0")),
            (
                "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "us-west-2",
                model("anthropic.claude-sonnet-4-5-20250929-v1:0"),
            ),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", "us-east-1", Behind::Profile),
            ("arn:aws:sagemaker:us-east-1:123456789012:endpoint/ranker", "us-east-1", Behind::Own),
        ] {
            assert_eq!(behind(&parameters, listed), (region.to_owned(), expected), "{listed}");
        }
    }
}
