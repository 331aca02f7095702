use super::listener::Listener;
use super::said::Said;
use super::{ai21, anthropic, cohere, deepseek, llama, mistral, mistral_chat, nova, openai, titan};
use crate::conversation::Prompt;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A form of body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Body {
    /// AI21 Jamba
    Ai21,
    /// Anthropic's messages
    Anthropic,
    /// Cohere Command R
    Cohere,
    /// DeepSeek R1's prompt
    DeepSeek,
    /// Meta's prompt
    Llama,
    /// Mistral's prompt
    Mistral,
    /// Mistral's messages
    MistralChat,
    /// Amazon Nova
    Nova,
    /// OpenAI's chat completions, as many makers have them
    OpenAi,
    /// Amazon Titan text
    Titan,
}

impl Body {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Ai21,
        Self::Anthropic,
        Self::Cohere,
        Self::DeepSeek,
        Self::Llama,
        Self::Mistral,
        Self::MistralChat,
        Self::Nova,
        Self::OpenAi,
        Self::Titan,
    ];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ai21 => "ai21",
            Self::Anthropic => "anthropic",
            Self::Cohere => "cohere",
            Self::DeepSeek => "deepseek",
            Self::Llama => "llama",
            Self::Mistral => "mistral",
            Self::MistralChat => "mistral-chat",
            Self::Nova => "nova",
            Self::OpenAi => "openai",
            Self::Titan => "titan",
        }
    }

    pub(in crate::surface) fn words() -> String {
        Self::ALL.iter().map(|body| body.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The form of a foundation model, of a profile that leads to one, or of a custom model whose ARN names its base; nothing where the name does
    /// not tell.
    pub fn of(model: &str) -> Option<Self> {
        // `…:custom-model/amazon.nova-micro-v1:0:128k/abc`, `us.amazon.nova-micro-v1:0`, `…/us.amazon.nova-micro-v1:0`
        let names = model.split('/').flat_map(|part| [Some(part), part.split_once('.').map(|(_, rest)| rest)]);
        names.flatten().find_map(Self::of_name)
    }

    fn of_name(name: &str) -> Option<Self> {
        let (_, body) = NAMES.iter().find(|(prefix, _)| name.starts_with(prefix))?;
        Some(*body)
    }

    /// Whether tools can be offered.
    pub(in crate::surface) fn has_tools(self) -> bool {
        match self {
            Self::Anthropic | Self::Nova | Self::MistralChat | Self::OpenAi => true,
            Self::Ai21 | Self::Cohere | Self::DeepSeek | Self::Llama | Self::Mistral | Self::Titan => false,
        }
    }

    /// The request's body.
    pub(in crate::surface) fn request(self, prompt: &Prompt, model: &str) -> Value {
        match self {
            Self::Ai21 => ai21::request(prompt),
            Self::Anthropic => anthropic::request(prompt),
            Self::Cohere => cohere::request(prompt),
            Self::DeepSeek => deepseek::request(prompt),
            Self::Llama => llama::request(prompt, model),
            Self::Mistral => mistral::request(prompt),
            Self::MistralChat => mistral_chat::request(prompt),
            Self::Nova => nova::request(prompt),
            Self::OpenAi => openai::request(prompt),
            Self::Titan => titan::request(prompt),
        }
    }

    /// What an answer's body says; nothing for one of another form.
    pub(in crate::surface) fn read(self, answer: &Value) -> Option<Said> {
        match self {
            Self::Ai21 | Self::MistralChat | Self::OpenAi => super::chat::read(answer),
            Self::Anthropic => anthropic::read(answer),
            Self::Cohere => cohere::read(answer),
            Self::DeepSeek => deepseek::read(answer),
            Self::Llama => llama::read(answer),
            Self::Mistral => mistral::read(answer),
            Self::Nova => nova::read(answer),
            Self::Titan => titan::read(answer),
        }
    }

    /// Puts an answer together that comes in parts.
    pub(in crate::surface) fn listener(self) -> Box<dyn Listener> {
        match self {
            Self::Ai21 | Self::MistralChat | Self::OpenAi => Box::<super::chat::Parts>::default(),
            Self::Anthropic => Box::<anthropic::Parts>::default(),
            Self::Cohere => Box::<cohere::Parts>::default(),
            Self::Nova => Box::<nova::Parts>::default(),
            // Each part is in the form of an answer.
            Self::DeepSeek | Self::Llama | Self::Mistral | Self::Titan => {
                Box::new(super::listener::Answers::of(move |part| match self {
                    Self::Titan => titan::read_part(part),
                    other => other.read(part),
                }))
            }
        }
    }
}

/// Beginnings of names, the longer ones of a maker first.
const NAMES: &[(&str, Body)] = &[
    ("ai21.jamba", Body::Ai21),
    ("anthropic.claude", Body::Anthropic),
    ("amazon.nova", Body::Nova),
    ("amazon.titan-text", Body::Titan),
    ("amazon.titan-tg1", Body::Titan),
    ("cohere.command-r", Body::Cohere),
    ("deepseek.r1", Body::DeepSeek),
    ("deepseek.", Body::OpenAi),
    ("google.gemma", Body::OpenAi),
    ("meta.llama", Body::Llama),
    ("minimax.", Body::OpenAi),
    ("mistral.mistral-7b", Body::Mistral),
    ("mistral.mixtral", Body::Mistral),
    ("mistral.mistral-large-2402", Body::Mistral),
    ("mistral.mistral-small-2402", Body::Mistral),
    ("mistral.", Body::MistralChat),
    ("moonshot.", Body::OpenAi),
    ("moonshotai.", Body::OpenAi),
    ("nvidia.", Body::OpenAi),
    ("openai.gpt", Body::OpenAi),
    ("qwen.", Body::OpenAi),
    ("writer.palmyra", Body::OpenAi),
    ("zai.", Body::OpenAi),
];

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Body {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|body| body.as_str() == word);
        found.copied().ok_or_else(|| format!("there is no such form of body; there are {}", Self::words()))
    }
}

#[cfg(test)]
mod tests {
    use super::Body;

    #[test]
    fn names_tell_the_form() {
        for (model, expected) in [
            ("anthropic.claude-3-haiku-20240307-v1:0", Some(Body::Anthropic)),
            ("us.anthropic.claude-3-5-haiku-20241022-v1:0", Some(Body::Anthropic)),
            ("arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-8b-instruct-v1:0", Some(Body::Llama)),
            ("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0", Some(Body::Nova)),
            (
                "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/abc",
                Some(Body::Titan),
            ),
            ("mistral.mistral-7b-instruct-v0:2", Some(Body::Mistral)),
            ("us.mistral.pixtral-large-2502-v1:0", Some(Body::MistralChat)),
            ("openai.gpt-oss-20b-1:0", Some(Body::OpenAi)),
            ("us.deepseek.r1-v1:0", Some(Body::DeepSeek)),
            ("deepseek.v3-v1:0", Some(Body::OpenAi)),
            ("arn:aws:bedrock:us-east-1:123456789012:imported-model/abc", None),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", None),
            ("cohere.embed-english-v3", None),
            ("", None),
        ] {
            assert_eq!(Body::of(model), expected, "{model}");
        }
    }
}
