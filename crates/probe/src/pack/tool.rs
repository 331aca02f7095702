//! Tools that a probe offers to the model. Where the way to ask it has an interface for tools, they are offered there; elsewhere they are
//! described in the system prompt, and a call is written as `<tool_call>{"name": …, "arguments": …}</tool_call>`.

use crate::fill::Words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A tool that the model may call. Nothing happens when it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// its name
    pub name: String,
    /// what it does
    pub about: String,
    /// its arguments, all of them texts, and what each is
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

impl Tool {
    /// The tool with words in the placeholders' places.
    pub(crate) fn filled(&self, words: &Words) -> Self {
        let arguments = self.arguments.iter().map(|(name, about)| (name.clone(), words.fill(about))).collect();
        Self { name: self.name.clone(), about: words.fill(&self.about), arguments }
    }

    /// The JSON schema of its arguments.
    pub fn schema(&self) -> serde_json::Value {
        let properties: serde_json::Map<String, serde_json::Value> = self
            .arguments
            .iter()
            .map(|(name, about)| (name.clone(), serde_json::json!({ "type": "string", "description": about })))
            .collect();
        let required: Vec<&String> = self.arguments.keys().collect();
        serde_json::json!({ "type": "object", "properties": properties, "required": required })
    }
}

/// How a model without an interface for tools is told of them.
pub(super) fn described(tools: &[Tool]) -> String {
    let mut text = String::from("You can call these tools:\n");
    for tool in tools {
        let arguments: Vec<String> = tool.arguments.iter().map(|(name, about)| format!("{name} ({about})")).collect();
        text.push_str(&format!("- {}: {} Arguments: {}\n", tool.name, tool.about, arguments.join(", ")));
    }
    text.push_str(
        "To call one, write <tool_call>{\"name\": \"the tool\", \"arguments\": {\"the argument\": \"its value\"}}</tool_call> and nothing else.",
    );
    text
}
