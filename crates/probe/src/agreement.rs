//! Whether an agreement stands behind a model. A call of a third party's model may make one, with its licence and its bill, in the name
//! of whoever calls: what has none is not probed, and none is ever made.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html>

use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_model::untrusted::shortened;

/// Prefixes of an inference profile's id that name where it sends calls; what follows is the model's id.
const GEOGRAPHIES: &[&str] = &["us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global."];

/// What is known of a model's agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// a model of Amazon's own needs none, nor does one that the account brought in or bought capacity for
    NotNeeded,
    /// the account has it
    Exists,
    /// the account has none: why
    Missing(String),
    /// it could not be learned: why
    Unknown(String),
}

impl Agreement {
    /// Why the model must not be called; nothing where it may be.
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::NotNeeded | Self::Exists => None,
            Self::Missing(reason) => Some(format!("{reason}: a call could make one, so none is made")),
            Self::Unknown(reason) => Some(format!(
                "whether it has an agreement is not known ({reason}): a call could make one; once you know, add `--agreement-exists`"
            )),
        }
    }
}

/// The ids of the foundation models whose agreements a call of this target needs: `models` where the inventory tells which ones stand
/// behind it. Nothing where its name does not tell and nobody else does.
pub fn models_behind(target: &str, models: &[String]) -> Option<Vec<String>> {
    if !models.is_empty() {
        return Some(models.iter().map(|arn| id(arn).to_owned()).collect());
    }
    if target.starts_with("http://") || target.starts_with("https://") {
        return Some(Vec::new());
    }
    let needs_none = [
        "custom-model",
        "imported-model",
        "provisioned-model",
        "endpoint/",
        "knowledge-base/",
        "agent-alias/",
        "flow/",
    ];
    match target.starts_with("arn:") {
        true if target.contains(":foundation-model/") || target.contains(":inference-profile/") => {
            Some(vec![id(target).to_owned()])
        }
        true if needs_none.iter().any(|kind| target.contains(&format!(":{kind}"))) => Some(Vec::new()),
        true => None,
        false => Some(vec![id(target).to_owned()]),
    }
}

fn id(model: &str) -> &str {
    let id = model.rsplit('/').next().unwrap_or(model);
    GEOGRAPHIES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id)
}

/// Asks for the agreements of all these foundation models; the worst answer counts.
pub async fn agreement(aws: &Aws, region: &str, models: &[String]) -> Agreement {
    let mut worst = Agreement::NotNeeded;
    for model in models {
        let one = if model.starts_with("amazon.") { Agreement::NotNeeded } else { asked(aws, region, model).await };
        worst = match (worst, one) {
            (missing @ Agreement::Missing(_), _) | (_, missing @ Agreement::Missing(_)) => missing,
            (unknown @ Agreement::Unknown(_), _) | (_, unknown @ Agreement::Unknown(_)) => unknown,
            (Agreement::Exists, _) | (_, Agreement::Exists) => Agreement::Exists,
            (Agreement::NotNeeded, Agreement::NotNeeded) => Agreement::NotNeeded,
        };
    }
    worst
}

async fn asked(aws: &Aws, region: &str, model: &str) -> Agreement {
    match aws.call(region, "bedrock", "GetFoundationModelAvailability", json!({ "modelId": model })).await {
        Ok(answer) => read(&answer),
        Err(error) => Agreement::Unknown(shortened(&error.to_string(), 300)),
    }
}

fn read(answer: &Value) -> Agreement {
    let text = |path: &str| answer.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let states = [
        ("the agreement", text("/agreementAvailability/status"), "AVAILABLE"),
        ("the authorization", text("/authorizationStatus"), "AUTHORIZED"),
        ("the entitlement", text("/entitlementAvailability"), "AVAILABLE"),
        ("the region", text("/regionAvailability"), "AVAILABLE"),
    ];
    match states.into_iter().find(|(_, state, ready)| state != ready) {
        None => Agreement::Exists,
        Some((what, "", _)) => Agreement::Unknown(format!("{what} was not told")),
        Some((what, "ERROR", _)) => Agreement::Unknown(format!("{what} could not be looked up by the service")),
        Some((what, state, _)) => {
            Agreement::Missing(format!("the account has no agreement for it ({what} is {})", shortened(state, 40)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_answer_says_that_there_is_one() {
        let whole = json!({"agreementAvailability": {"status": "AVAILABLE"}, "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE"});
        assert_eq!(read(&whole), Agreement::Exists);
        for (path, state, refused) in [
            ("/agreementAvailability/status", "NOT_AVAILABLE", "no agreement"),
            ("/agreementAvailability/status", "PENDING", "no agreement"),
            ("/agreementAvailability/status", "ERROR", "not known"),
            ("/authorizationStatus", "NOT_AUTHORIZED", "no agreement"),
            ("/entitlementAvailability", "NOT_AVAILABLE", "no agreement"),
            ("/regionAvailability", "", "not known"),
        ] {
            let mut answer = whole.clone();
            *answer.pointer_mut(path).unwrap() = json!(state);
            let refusal = read(&answer).refusal().unwrap();
            assert!(refusal.contains(refused), "{path} {state}: {refusal}");
        }
        assert!(matches!(read(&json!({})), Agreement::Unknown(_)));
    }

    #[test]
    fn models_are_known_by_the_inventory_or_by_a_name_that_tells() {
        let behind = |target: &str| models_behind(target, &[]);
        let nova = Some(vec!["amazon.nova-micro-v1:0".to_owned()]);
        assert_eq!(behind("us.amazon.nova-micro-v1:0"), nova);
        assert_eq!(behind("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"), nova);
        assert_eq!(behind("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0"), nova);
        assert_eq!(behind("arn:aws:bedrock:us-east-1:123456789012:imported-model/abc"), Some(vec![]));
        assert_eq!(behind("http://vllm.llm.svc:8000/v1"), Some(vec![]));
        assert_eq!(behind("arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat"), Some(vec![]));
        let profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
        assert_eq!(behind(profile), None);
        let listed = ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0".to_owned()];
        assert_eq!(models_behind(profile, &listed), Some(vec!["anthropic.claude-3-haiku-20240307-v1:0".to_owned()]));
    }
}
