//! What a container wants to be asked with. There is no standard: three forms are common, and a template is for the rest.

use super::template;
use crate::conversation::Prompt;
use crate::surface::body::chat;
use crate::surface::flat;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::fmt;
use std::str::FromStr;

/// How an endpoint is asked, and where its answer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// the form of requests and answers
    pub form: Form,
    /// ARN of the endpoint, where an inference component behind it is asked; empty where the endpoint is asked itself
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub endpoint: String,
}

/// A form of requests and answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `inputs` and `parameters`, as Text Generation Inference and DJL serving have them
    /// <https://huggingface.co/docs/text-generation-inference/reference/api_reference>
    TextGeneration,
    /// `messages`, as OpenAI has them
    Chat,
    /// one JSON text a line
    #[serde(rename = "jsonlines")]
    JsonLines,
    /// the user's own
    Template(Template),
}

/// A form of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// the request's body, a template in the language of Jinja: `text` is the whole conversation, `system`, `user` and `messages` are its parts,
    /// `max_tokens` the cap; `tojson` quotes
    pub request: String,
    /// the request's content type
    pub content_type: String,
    /// where the text stands in the answer: a JSON pointer, in which `*` is each element of a list
    pub answer: String,
    /// where the answer says why it ended; empty where it does not
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stop: String,
}

impl Dialect {
    /// The words of the command line.
    pub const WORDS: &[&str] = &["text-generation", "chat", "jsonlines"];

    /// A form, for an endpoint that is asked itself.
    pub fn new(form: Form) -> Self {
        Self { form, endpoint: String::new() }
    }

    /// The form that a container of this engine answers to; nothing where nobody knows.
    pub fn of_engine(engine: &str) -> Option<Self> {
        match engine {
            "tgi" | "djl" | "djl-serving" | "lmi" => Some(Self::new(Form::TextGeneration)),
            "vllm" | "sglang" | "nim" | "llama.cpp" | "ollama" => Some(Self::new(Form::Chat)),
            _ => None,
        }
    }

    /// The same behind this endpoint.
    pub fn behind(self, endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), ..self }
    }

    pub(super) fn content_type(&self) -> &str {
        match &self.form {
            Form::TextGeneration | Form::Chat => "application/json",
            Form::JsonLines => "application/jsonlines",
            Form::Template(template) => &template.content_type,
        }
    }

    pub(super) fn accept(&self) -> &str {
        match &self.form {
            Form::JsonLines => "application/jsonlines",
            Form::TextGeneration | Form::Chat | Form::Template(_) => "application/json",
        }
    }

    pub(in crate::surface) fn has_tools(&self) -> bool {
        self.form == Form::Chat
    }

    /// The request's body.
    pub(super) fn body(&self, prompt: &Prompt) -> Result<String, String> {
        match &self.form {
            Form::TextGeneration => Ok(generation(prompt).to_string()),
            Form::Chat => Ok(conversation(prompt).to_string()),
            Form::JsonLines => Ok(format!("{}\n", json!({"inputs": flat::text(prompt)}))),
            Form::Template(template) => template::rendered(template, prompt),
        }
    }
}

fn generation(prompt: &Prompt) -> Value {
    // With details the answer tells why it ended; without the question it holds nothing but the answer.
    let parameters = json!({"max_new_tokens": prompt.max_output_tokens, "return_full_text": false, "details": true});
    json!({"inputs": flat::text(prompt), "parameters": parameters})
}

fn conversation(prompt: &Prompt) -> Value {
    let mut request = Map::new();
    request.insert("messages".into(), chat::messages(prompt).into());
    request.insert("max_tokens".into(), prompt.max_output_tokens.into());
    if let Some(tools) = chat::tools(prompt) {
        request.insert("tools".into(), tools.into());
    }
    Value::Object(request)
}

/// A word, or all of it as JSON.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match &self.form {
            Form::TextGeneration => "text-generation",
            Form::Chat => "chat",
            Form::JsonLines => "jsonlines",
            Form::Template(_) => "",
        };
        match !word.is_empty() && self.endpoint.is_empty() {
            true => f.pad(word),
            false => f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?),
        }
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let dialect = match text {
            "text-generation" => Self::new(Form::TextGeneration),
            "chat" => Self::new(Form::Chat),
            "jsonlines" => Self::new(Form::JsonLines),
            json if json.starts_with('{') => serde_json::from_str(json)
                .map_err(|error| format!("the form of the endpoint cannot be read: {error}"))?,
            _ => return Err(format!("there is no such form; there are {}", Self::WORDS.join(", "))),
        };
        if let Form::Template(template) = &dialect.form {
            template::check(template)?;
        }
        Ok(dialect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_read_as_it_is_written() {
        let template = Template {
            request: "{\"q\": {{ text | tojson }}}".into(),
            content_type: "application/json".into(),
            answer: "/out/*/text".into(),
            stop: String::new(),
        };
        let forms = [Form::TextGeneration, Form::Chat, Form::JsonLines, Form::Template(template)];
        for dialect in forms
            .into_iter()
            .map(Dialect::new)
            .flat_map(|one| [one.clone(), one.behind("arn:aws:sagemaker:us-east-1:123456789012:endpoint/e")])
        {
            assert_eq!(dialect.to_string().parse(), Ok(dialect.clone()), "{dialect}");
        }
        assert!("tgi".parse::<Dialect>().unwrap_err().contains("text-generation"));
        assert!("{\"form\":\"telepathy\"}".parse::<Dialect>().is_err());
    }
}
