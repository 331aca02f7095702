//! What is probed: one model, named by whoever runs the probes. Nothing is probed because it was found.

use crate::ProbeError;
use sightline_model::Arn;

/// One model in one region, perhaps behind a guardrail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    model: String,
    region: String,
    account_id: String,
    guardrail: Option<Guardrail>,
}

/// A guardrail to put on each call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrail {
    /// its id or ARN
    pub id: String,
    /// `DRAFT`, or a number
    pub version: String,
}

/// Resource types of Bedrock that Converse answers for.
const KINDS: &[&str] = &[
    "foundation-model",
    "custom-model",
    "custom-model-deployment",
    "imported-model",
    "provisioned-model",
    "inference-profile",
    "application-inference-profile",
];

impl Target {
    /// A model id, an inference profile's id or an ARN of either; `region` is where the call goes, `account_id` whose it is.
    ///
    /// # Errors
    /// When the name is a pattern, no model, or of another account or region.
    pub fn new(model: &str, region: &str, account_id: &str, guardrail: Option<Guardrail>) -> Result<Self, ProbeError> {
        let wrong = |reason| Err(ProbeError::target(model, reason));
        if model.is_empty() || model.contains(['*', '?', '{']) || model.chars().any(char::is_whitespace) {
            return wrong("name one model by its id or ARN; patterns are not allowed");
        }
        if model.starts_with("arn:") {
            let Ok(arn) = model.parse::<Arn>() else {
                return wrong("it is no whole ARN; copy it from `sightline query`");
            };
            if arn.service() != "bedrock" || !KINDS.contains(&arn.resource_type()) {
                return wrong("only models and inference profiles of Amazon Bedrock can be probed");
            }
            if arn.region() != region {
                return wrong("it is in another region; pass that one as `--region`");
            }
            if !arn.account_id().is_empty() && arn.account_id() != account_id {
                return wrong("it belongs to another account; only the account of the credentials is probed");
            }
        }
        Ok(Self { model: model.to_owned(), region: region.to_owned(), account_id: account_id.to_owned(), guardrail })
    }

    /// The model as it is called.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Where the call goes.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Twelve digits.
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// The guardrail, if any.
    pub fn guardrail(&self) -> Option<&Guardrail> {
        self.guardrail.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_model_of_this_account_and_region() {
        let target =
            |model: &str| Target::new(model, "us-east-1", "123456789012", None).map_err(|error| error.to_string());
        assert!(target("amazon.nova-micro-v1:0").is_ok());
        assert!(target("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0").is_ok());
        assert!(target("arn:aws:bedrock:us-east-1:123456789012:imported-model/abc").is_ok());
        for (model, why) in [
            ("*", "patterns"),
            ("", "patterns"),
            ("arn:aws:bedrock:us-east-1:123456789012:guardrail/gr", "only models"),
            ("arn:aws:sagemaker:us-east-1:123456789012:endpoint/e", "only models"),
            ("arn:aws:bedrock:eu-west-1::foundation-model/m", "another region"),
            ("arn:aws:bedrock:us-east-1:999999999999:imported-model/abc", "another account"),
        ] {
            let error = target(model).unwrap_err();
            assert!(error.contains(why), "{model}: {error}");
        }
    }
}
