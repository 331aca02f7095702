//! What is probed: one model, or a guardrail alone, named by whoever runs the probes, and how it is asked. Nothing is probed because it was found.

use crate::ProbeError;
use crate::surface::Surface;
use sightline_model::Arn;
use std::fmt;

/// One model in one region, perhaps behind a guardrail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    model: String,
    region: String,
    account_id: String,
    guardrail: Option<Guardrail>,
    surface: Surface,
    token: Option<Token>,
}

/// What a server wants to be shown by its callers. It is never printed nor kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token as it is.
    pub fn new(token: String) -> Self {
        Self(token)
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token]")
    }
}

/// A guardrail to put on each call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrail {
    /// its id or ARN
    pub id: String,
    /// `DRAFT`, or a number
    pub version: String,
}

impl Target {
    /// A model id, an inference profile's id or an ARN of either; `region` is where the call goes, `account_id` whose it is.
    ///
    /// # Errors
    /// When the name is a pattern, no model, or of another account or region.
    pub fn new(model: &str, region: &str, account_id: &str, guardrail: Option<Guardrail>) -> Result<Self, ProbeError> {
        Self::of(Surface::Converse, model, region, account_id, guardrail)
    }

    /// The same, asked by another surface; what is named is what that surface asks.
    ///
    /// # Errors
    /// Those of [`Target::new`], and when the surface needs what is not given.
    pub fn of(
        surface: Surface,
        model: &str,
        region: &str,
        account_id: &str,
        guardrail: Option<Guardrail>,
    ) -> Result<Self, ProbeError> {
        let wrong = |reason| Err(ProbeError::target(model, reason));
        let is_address = model.starts_with("http://") || model.starts_with("https://");
        if is_address && model.contains(['@', '?', '#']) {
            // What stands there may be a secret: it is not repeated.
            let host = model.rsplit('@').next().and_then(|rest| rest.split(['?', '#']).next()).unwrap_or_default();
            return Err(ProbeError::target(
                host,
                "an address is kept with the results: leave out credentials and queries, and name the token's variable with `--token-env`",
            ));
        }
        if model.is_empty() || model.contains(['*', '?', '{']) || model.chars().any(char::is_whitespace) {
            return wrong("name one model by its id or ARN; patterns are not allowed");
        }
        if model.starts_with("arn:") {
            let Ok(arn) = model.parse::<Arn>() else {
                return wrong("it is no whole ARN; copy it from `sightline query`");
            };
            if let Err(reason) = surface.takes(&arn) {
                return wrong(reason);
            }
            if arn.region() != region {
                return wrong("it is in another region; pass that one as `--region`");
            }
            if !arn.account_id().is_empty() && arn.account_id() != account_id {
                return wrong("it belongs to another account; only the account of the credentials is probed");
            }
        }
        match (is_address, matches!(surface, Surface::OpenAi(_))) {
            (true, false) => return wrong("an address is asked by the surface `openai:MODEL`"),
            (false, true) => {
                return wrong("`openai` asks a server: name its address, such as `http://vllm.llm.svc:8000/v1`");
            }
            (true, true) | (false, false) => {}
        }
        if let Err(reason) = surface.needs(guardrail.as_ref()) {
            return wrong(reason);
        }
        let [model, region, account_id] = [model, region, account_id].map(str::to_owned);
        Ok(Self { model, region, account_id, guardrail, surface, token: None })
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

    /// How it is asked.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The same, with what its server wants to be shown.
    pub fn with_token(self, token: Option<Token>) -> Self {
        Self { token, ..self }
    }

    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
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
