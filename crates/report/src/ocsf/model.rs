//! Which model a call is of, as the attribute `ai_model`.

use super::object::Object;
use super::resource::title_of;
use sightline_model::Arn;

/// What stands before a maker's name in the ids of inference profiles.
const PLACES: [&str; 10] = ["us", "eu", "apac", "ap", "jp", "au", "ca", "sa", "us-gov", "global"];

/// The model by the id that the call named it by; nothing where it named none.
pub(super) fn model(id: &str, service: &str) -> Object {
    if id.trim().is_empty() {
        return Object::new();
    }
    let parsed = id.parse::<Arn>().ok();
    let name = parsed.as_ref().map_or(id, title_of);
    let provider = maker(name).unwrap_or_else(|| owner(service));
    Object::new().text("name", name).text("ai_provider", provider).text("uid", id)
}

/// `anthropic` of `anthropic.claude-…` and of `eu.anthropic.claude-…`; nothing where the id does not tell.
fn maker(name: &str) -> Option<&str> {
    let (first, rest) = name.split_once('.')?;
    let maker = if PLACES.contains(&first) { rest.split_once('.')?.0 } else { first };
    let is_name =
        !maker.is_empty() && maker.len() <= 40 && maker.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_name.then_some(maker)
}

/// Who serves what has no maker in its name: an agent, an endpoint, a model of the account's own.
fn owner(service: &str) -> &str {
    match service.split('.').next() {
        Some("sagemaker") => "Amazon SageMaker",
        Some(name) if name.starts_with("bedrock") => "Amazon Bedrock",
        _ => "unknown",
    }
}
