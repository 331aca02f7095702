//! People and programs with keys of their own.

use sightline_model::Arn;
use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// How the console names the users that it makes for long-term Bedrock API keys:
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html>.
const KEY_USER: &str = "BedrockAPIKey-";

/// IAM users, federated users, the root user. People of IAM Identity Center hold sessions of roles: see the module `person`.
pub(super) fn attribute(caller: &Caller, _: &Estate) -> Option<Attribution> {
    let sentence = match caller.identity_type.as_str() {
        "IAMUser" if caller.user_name.starts_with(KEY_USER) => {
            "the event names the user, whom the console made for a long-term Bedrock API key"
        }
        "IAMUser" => "the event names the user",
        "FederatedUser" => "the event names the federated user",
        "Root" => "the event names the account's root user",
        _ => return None,
    };
    let sentence = sentence.to_owned();
    let arn = caller.identity_arn.clone();
    let name = arn.parse::<Arn>().map_or_else(|_| arn.clone(), |arn| arn.name().to_owned());
    let title = if caller.user_name.is_empty() { name } else { caller.user_name.clone() };
    Some(Attribution { arn, kind: WorkloadKind::User, title, confidence: Confidence::Exact, sentence, place: None })
}
