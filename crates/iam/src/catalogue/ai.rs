//! The actions that use AI, in `data/ai-actions.toml`.

use serde::Deserialize;
use std::sync::LazyLock;

/// An action whose holder can use AI.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiAction {
    /// The full name, `bedrock:InvokeModel`.
    pub name: String,
    /// What it is used for.
    pub category: Category,
    /// Why it is in the list, for people.
    pub why: String,
    /// The names that CloudTrail gives to the calls it authorises. Empty: only the action's own, see [`Self::events`].
    #[serde(default)]
    events: Vec<String>,
}

/// What an AI action is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Calls a model.
    Invoke,
    /// Calls an agent, a flow or a harness, which calls models under its own role.
    Agent,
    /// Searches a knowledge base, an index or a memory.
    Retrieve,
    /// Has a text judged.
    Guardrail,
    /// Has a model answer many inputs.
    Batch,
    /// Calls a model that the account hosts.
    Endpoint,
    /// Calls what agents act through.
    Tool,
    /// Talks to a product in front of a model.
    Assistant,
    /// Lets a key stand for the principal.
    Credential,
}

impl AiAction {
    /// The names that CloudTrail gives to the calls it authorises, `InvokeModel` and `Converse`.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        let own = self.name.split_once(':').map(|(_, name)| name).filter(|_| self.events.is_empty());
        self.events.iter().map(String::as_str).chain(own)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    action: Vec<AiAction>,
}

/// The actions that use AI, in the file's order: what is closest to a model first, by service. Read at the first call.
pub fn ai_actions() -> &'static [AiAction] {
    static ACTIONS: LazyLock<Vec<AiAction>> = LazyLock::new(read);
    &ACTIONS
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
fn read() -> Vec<AiAction> {
    let file: File = toml::from_str(include_str!("../../data/ai-actions.toml")).expect("data/ai-actions.toml is valid");
    file.action
}
