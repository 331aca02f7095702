//! What is sent to a target, before a surface writes it in the way of its API.

use crate::fill::Words;
use crate::pack::{Role, Tool, Turn};

/// A conversation to send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prompt {
    /// what the model is told first; may be empty
    pub(crate) system: String,
    /// ends with a user's turn
    pub(crate) turns: Vec<Turn>,
    /// tools to offer by the API's own means; none where the surface has no such means, for then `system` describes them
    pub(crate) tools: Vec<Tool>,
    pub(crate) max_output_tokens: u32,
}

impl Prompt {
    pub(crate) fn filled(&self, words: &Words) -> Self {
        let turns = self.turns.iter().map(|turn| turn.filled(words)).collect();
        let tools = self.tools.iter().map(|tool| tool.filled(words)).collect();
        Self { system: words.fill(&self.system), turns, tools, ..*self }
    }

    /// The conversation as text, for those who asked to keep it.
    pub(crate) fn transcript(&self) -> String {
        let mut parts = Vec::new();
        if !self.system.is_empty() {
            parts.push(format!("system: {}", self.system));
        }
        parts.extend(self.tools.iter().map(|tool| format!("tool: {}: {}", tool.name, tool.about)));
        parts.extend(self.turns.iter().map(|turn| format!("{}: {}", turn.role.as_str(), turn.text)));
        parts.join("\n\n")
    }

    /// Bytes of all texts.
    pub(crate) fn bytes(&self) -> usize {
        let tools = self.tools.iter().map(|tool| tool.name.len() + tool.about.len() + tool.schema().to_string().len());
        self.system.len() + self.turns.iter().map(|turn| turn.text.len()).sum::<usize>() + tools.sum::<usize>()
    }
}

impl Role {
    /// The word in requests and transcripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}
