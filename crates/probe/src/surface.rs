//! How a target is asked: one file a surface. Each writes a [`Prompt`] in the way of its API, asks, and reads what comes back into an
//! [`Answer`]; a run knows no API.

mod agent;
mod apply_guardrail;
mod asker;
mod body;
pub(crate) mod converse;
mod converse_stream;
mod endpoint;
mod flat;
mod flow;
mod invoke_model;
mod invoke_model_stream;
mod knowledge_base;
mod openai;

pub(crate) use asker::Asker;
pub use body::Body;
pub use endpoint::{Dialect, Form, Template};

use crate::answer::Answer;
use crate::conversation::Prompt;
use crate::target::Guardrail;
use serde::{Deserialize, Serialize};
use sightline_aws::CallError;
use sightline_model::Arn;
use std::fmt;

/// The key of a request's metadata, and the product of its user agent, that names our calls in logs, so that detections can tell them from an
/// attacker's.
pub(crate) const TAG: &str = "sightline-probe";

/// How a target is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Surface {
    /// one form for all models
    #[default]
    Converse,
    /// the same, and the answer comes in events
    ConverseStream,
    /// the model's own form
    InvokeModel(Body),
    /// the same, and the answer comes in events
    InvokeModelStream(Body),
    /// a guardrail alone: no model is asked
    ApplyGuardrail,
    /// an agent, by one of its aliases
    Agent,
    /// a knowledge base, and the model that answers out of it: its id or ARN
    KnowledgeBase(String),
    /// a flow, by one of its aliases
    Flow,
    /// an endpoint of Amazon SageMaker AI, or an inference component
    SageMaker(Dialect),
    /// a server that speaks as OpenAI does: what it calls the model
    OpenAi(String),
}

/// The longest word, in bytes: the form of an endpoint's requests may be a template.
const LONGEST: usize = 32 << 10;

/// Resource types of Bedrock that answer for a model.
const MODELS: &[&str] = &[
    "foundation-model",
    "custom-model",
    "custom-model-deployment",
    "imported-model",
    "provisioned-model",
    "inference-profile",
    "application-inference-profile",
    "prompt-router",
    "default-prompt-router",
];

impl Surface {
    /// The words for models of Amazon Bedrock, and for a guardrail alone.
    pub const OF_BEDROCK: &[&str] =
        &["converse", "converse-stream", "invoke-model", "invoke-model-stream", "apply-guardrail"];
    /// All words. Behind those of a model's own form may stand `:` and the form.
    pub const WORDS: &[&str] = &[
        "converse",
        "converse-stream",
        "invoke-model",
        "invoke-model-stream",
        "apply-guardrail",
        "agent",
        "knowledge-base",
        "flow",
        "sagemaker",
        "openai",
    ];

    /// The surface of a word, for this model: its own form is looked up where the word does not say it.
    ///
    /// # Errors
    /// Says what is wrong with the word, or that the form is not known.
    pub fn named(word: &str, model: &str) -> Result<Self, String> {
        let (word, rest) = word.split_once(':').map_or((word, None), |(word, rest)| (word, Some(rest)));
        let needed = |what: &str| {
            let named = rest.filter(|rest| !rest.is_empty() && rest.len() <= LONGEST).map(str::to_owned);
            named.ok_or_else(|| format!("it needs {what}: write `{word}:` and that"))
        };
        let body = || match rest {
            Some(body) => body.parse(),
            None => Body::of(model).ok_or_else(|| {
                format!(
                    "its name does not tell which form of body the model takes: name it with `--body`, one of {}",
                    Body::words()
                )
            }),
        };
        match word {
            "converse" => Ok(Self::Converse),
            "converse-stream" => Ok(Self::ConverseStream),
            "invoke-model" => body().map(Self::InvokeModel),
            "invoke-model-stream" => body().map(Self::InvokeModelStream),
            "apply-guardrail" => Ok(Self::ApplyGuardrail),
            "agent" => Ok(Self::Agent),
            "knowledge-base" => needed("the model that answers").map(Self::KnowledgeBase),
            "flow" => Ok(Self::Flow),
            "sagemaker" => needed("the form of its requests")?.parse().map(Self::SageMaker),
            "openai" => needed("what the server calls the model").map(Self::OpenAi),
            _ => Err(format!("there is no such surface; there are {}", Self::WORDS.join(", "))),
        }
    }

    /// Whether it asks what an ARN names.
    ///
    /// # Errors
    /// Says what it asks instead.
    pub(crate) fn takes(&self, arn: &Arn) -> Result<(), &'static str> {
        let (kinds, otherwise): (&[&str], _) = match self {
            Self::ApplyGuardrail => (&["guardrail"], "`apply-guardrail` asks a guardrail"),
            Self::Agent => (&["agent-alias"], "an agent is asked by the ARN of one of its aliases"),
            Self::KnowledgeBase(_) => (&["knowledge-base"], "`knowledge-base` asks a knowledge base"),
            Self::Flow => (&["flow"], "a flow is asked by the ARN of one of its aliases"),
            Self::SageMaker(_) => {
                (&["endpoint", "inference-component"], "`sagemaker` asks an endpoint or an inference component")
            }
            Self::OpenAi(_) => return Err("`openai` asks a server: name its address with `--url`"),
            Self::Converse | Self::ConverseStream | Self::InvokeModel(_) | Self::InvokeModelStream(_) => {
                (MODELS, "only models and inference profiles of Amazon Bedrock can be probed")
            }
        };
        let service = if matches!(self, Self::SageMaker(_)) { "sagemaker" } else { "bedrock" };
        let by_alias = !matches!(self, Self::Flow) || arn.resource().contains("/alias/");
        let takes = arn.service() == service && kinds.contains(&arn.resource_type()) && by_alias;
        if takes { Ok(()) } else { Err(otherwise) }
    }

    /// Whether all is there that it needs.
    ///
    /// # Errors
    /// Says what is missing.
    pub(crate) fn needs(&self, guardrail: Option<&Guardrail>) -> Result<(), &'static str> {
        match (self, guardrail) {
            (Self::ApplyGuardrail, None) => Err("`apply-guardrail` needs a guardrail: add `--guardrail ID`"),
            (Self::Agent | Self::Flow | Self::SageMaker(_) | Self::OpenAi(_), Some(_)) => {
                Err("no guardrail can be put on its calls: leave `--guardrail` out")
            }
            _ => Ok(()),
        }
    }

    /// Whether tools can be offered by the API's own means.
    pub(crate) fn has_tools(&self) -> bool {
        match self {
            Self::Converse | Self::ConverseStream => true,
            Self::InvokeModel(body) | Self::InvokeModelStream(body) => body.has_tools(),
            Self::SageMaker(dialect) => dialect.has_tools(),
            Self::OpenAi(_) => true,
            Self::ApplyGuardrail | Self::Agent | Self::KnowledgeBase(_) | Self::Flow => false,
        }
    }

    /// Whether tokens are billed by the price of the model.
    pub(crate) fn bills_tokens(&self) -> bool {
        self.asks_a_model()
    }

    /// Whether a model is asked; else it is a guardrail alone.
    pub fn asks_a_model(&self) -> bool {
        !matches!(self, Self::ApplyGuardrail)
    }

    /// Asks the asker's target.
    pub(crate) async fn ask(&self, asker: &Asker<'_>, prompt: &Prompt, probe_id: &str) -> Result<Answer, CallError> {
        match self {
            Self::Converse => converse::ask(asker, prompt, probe_id).await,
            Self::ConverseStream => converse_stream::ask(asker, prompt, probe_id).await,
            Self::InvokeModel(body) => invoke_model::ask(asker, *body, prompt, probe_id).await,
            Self::InvokeModelStream(body) => invoke_model_stream::ask(asker, *body, prompt, probe_id).await,
            Self::ApplyGuardrail => apply_guardrail::ask(asker, prompt).await,
            Self::Agent => agent::ask(asker, prompt, probe_id).await,
            Self::KnowledgeBase(model) => knowledge_base::ask(asker, model, prompt).await,
            Self::Flow => flow::ask(asker, prompt).await,
            Self::SageMaker(dialect) => endpoint::ask(asker, dialect, prompt).await,
            Self::OpenAi(model) => openai::ask(asker, model, prompt).await,
        }
    }
}

/// As [`Surface::named`] reads it.
impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converse => f.write_str("converse"),
            Self::ConverseStream => f.write_str("converse-stream"),
            Self::InvokeModel(body) => write!(f, "invoke-model:{body}"),
            Self::InvokeModelStream(body) => write!(f, "invoke-model-stream:{body}"),
            Self::ApplyGuardrail => f.write_str("apply-guardrail"),
            Self::Agent => f.write_str("agent"),
            Self::KnowledgeBase(model) => write!(f, "knowledge-base:{model}"),
            Self::Flow => f.write_str("flow"),
            Self::SageMaker(dialect) => write!(f, "sagemaker:{dialect}"),
            Self::OpenAi(model) => write!(f, "openai:{model}"),
        }
    }
}

impl From<Surface> for String {
    fn from(surface: Surface) -> Self {
        surface.to_string()
    }
}

impl TryFrom<String> for Surface {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Self::named(&word, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surface_is_read_as_it_is_written() {
        let bodies = Body::ALL.iter().flat_map(|body| [Surface::InvokeModel(*body), Surface::InvokeModelStream(*body)]);
        let others = [
            Surface::Converse,
            Surface::ConverseStream,
            Surface::ApplyGuardrail,
            Surface::Agent,
            Surface::KnowledgeBase("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0".into()),
            Surface::Flow,
            Surface::SageMaker(Dialect::new(Form::Chat)),
            Surface::SageMaker(Dialect::new(Form::Chat).behind("arn:aws:sagemaker:us-east-1:123456789012:endpoint/e")),
            Surface::OpenAi("llama3:8b".into()),
        ];
        for surface in others.into_iter().chain(bodies) {
            let word = surface.to_string();
            assert_eq!(Surface::named(&word, ""), Ok(surface.clone()), "{word}");
            assert!(Surface::WORDS.contains(&word.split(':').next().unwrap()), "{word}");
        }
    }

    #[test]
    fn a_form_is_looked_up_by_the_model() {
        let named = |word: &str| Surface::named(word, "us.amazon.nova-micro-v1:0");
        assert_eq!(named("invoke-model"), Ok(Surface::InvokeModel(Body::Nova)));
        assert_eq!(named("invoke-model:llama"), Ok(Surface::InvokeModel(Body::Llama)));
        assert!(Surface::named("invoke-model", "abc").unwrap_err().contains("anthropic"));
        assert!(named("invoke-model:bert").unwrap_err().contains("anthropic"));
        assert!(named("telepathy").unwrap_err().contains("converse-stream"));
    }
}
