//! What a call of a profile needs beside the profile: the models that it leads to.
//!
//! Sources: <https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html> (the profile, the model in
//! the source region, the model in every destination region),
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>.

use super::model::Model;
use crate::organization::Question;
use crate::reach::{Doubt, Part};

/// The region of a request whose destination AWS chooses among all, as policies for global profiles write it.
const UNSPECIFIED: &str = "unspecified";

/// The parts of the models that a profile leads to.
pub(super) fn destinations(profile: &Model, models: &[String], action: &str) -> Vec<Part> {
    let mut models = models.to_vec();
    if let Some(source) = source(profile, &models) {
        models.insert(0, source);
    }
    models.iter().map(|model| destination(profile, model, action)).collect()
}

/// The model in the region of the call, where the profile does not list it.
fn source(profile: &Model, models: &[String]) -> Option<String> {
    let is_there = models.iter().any(|model| region_of(model) == profile.region);
    let first = models.first().filter(|_| !is_there && !profile.region.is_empty())?;
    let mut parts: Vec<&str> = first.splitn(6, ':').collect();
    *parts.get_mut(3)? = &profile.region;
    Some(parts.join(":"))
}

fn destination(profile: &Model, model: &str, action: &str) -> Part {
    let region = region_of(model);
    if region.is_empty() {
        // AWS's pages write `unspecified`; that it is what every policy sees was not measured.
        let own = question(profile, model, action, UNSPECIFIED);
        let other = question(profile, model, action, &profile.region);
        let this = format!("aws:RequestedRegion is `{UNSPECIFIED}` for a global profile");
        return Part::new("any region", own).doubted(Doubt::Other(other, this));
    }
    Part::new(format!("region {region}"), question(profile, model, action, region))
}

fn question(profile: &Model, model: &str, action: &str, region: &str) -> Question {
    let mut question = Question::new(action, model, &profile.account);
    question.context.insert("aws:RequestedRegion".to_owned(), region.to_owned());
    question.context.insert("bedrock:InferenceProfileArn".to_owned(), profile.arn.clone());
    question
}

/// The parts of the models that a router chooses from: any of them may be needed.
///
/// Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-routing.html>.
pub(super) fn choices(router: &Model, models: &[String], action: &str) -> Vec<Part> {
    let one = |model: &String| {
        let mut question = Question::new(action, model, &router.account);
        question.context.insert("bedrock:PromptRouterArn".to_owned(), router.arn.clone());
        Part::new(model.clone(), question)
    };
    models.iter().map(one).collect()
}

fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}
