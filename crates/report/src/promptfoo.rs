//! A configuration of promptfoo for one target: its provider, our prompts as tests, and assertions where one of promptfoo's own says the
//! same as our rule. Nothing is generated, shared or sent elsewhere by it. Format: <https://www.promptfoo.dev/docs/configuration/reference/>.

use crate::ReportError;
use serde_json::{Map, Value, json};
use sightline_model::untrusted::{for_terminal, shortened};
use std::collections::BTreeMap;

/// What promptfoo shall ask.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptfooTarget {
    /// the provider's id, such as `bedrock:converse:amazon.nova-micro-v1:0`
    pub provider: String,
    /// its name for people
    pub label: String,
    /// the provider's settings
    pub config: Map<String, Value>,
}

/// One prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptfooTest {
    /// one line
    pub description: String,
    /// the system prompt; may be empty
    pub system: String,
    /// the conversation: role and text, the last of the user
    pub turns: Vec<(String, String)>,
    /// what an answer must be, each an assertion of promptfoo
    pub assertions: Vec<Assertion>,
    /// where it is from and what it answers to
    pub metadata: BTreeMap<String, String>,
}

/// An assertion of promptfoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assertion {
    /// the answer has this text, whatever its case
    Contains(String),
    /// it has not
    Lacks(String),
    /// it refuses
    Refuses,
    /// it does not
    Answers,
}

/// What a file begins with.
const HEAD: &str = "# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json\n# ";
/// The messages, as JSON, with every text quoted.
const PROMPT: &str = "{{ messages.list | dump }}";

/// The configuration as YAML.
///
/// # Errors
/// When it cannot be written down, which is a fault of ours.
pub fn config(target: &PromptfooTarget, tests: &[PromptfooTest], version: &str) -> Result<String, ReportError> {
    let label = for_terminal(&shortened(&target.label, 200));
    let document = json!({
        "description": format!("Probes of Sightline against {label}"),
        "targets": [{ "id": target.provider, "label": label, "config": target.config }],
        "prompts": [{ "id": "messages", "label": "the conversation", "raw": PROMPT }],
        "tests": tests.iter().map(test).collect::<Vec<_>>(),
        // What it says of results elsewhere is off: they may hold what nobody should read.
        "sharing": false,
        "commandLineOptions": { "share": false, "maxConcurrency": 2 },
    });
    let text = serde_yaml_ng::to_string(&document).map_err(|error| ReportError::render("promptfoo", &error))?;
    Ok(format!("{HEAD}Made by sightline {version}; run it with `promptfoo eval -c FILE`.\n{text}"))
}

fn test(test: &PromptfooTest) -> Value {
    let system = (!test.system.is_empty()).then(|| ("system".to_owned(), test.system.clone()));
    let turns = system.iter().chain(&test.turns);
    let messages: Vec<Value> = turns.map(|(role, text)| json!({ "role": role, "content": text })).collect();
    json!({
        "description": test.description,
        // A list would be taken for several tests, one a message.
        "vars": { "messages": { "list": messages } },
        "assert": test.assertions.iter().map(assertion).collect::<Vec<_>>(),
        "metadata": test.metadata,
    })
}

fn assertion(assertion: &Assertion) -> Value {
    match assertion {
        Assertion::Contains(text) => json!({ "type": "icontains", "value": verbatim(text) }),
        Assertion::Lacks(text) => json!({ "type": "not-icontains", "value": verbatim(text) }),
        Assertion::Refuses => json!({ "type": "is-refusal" }),
        Assertion::Answers => json!({ "type": "not-is-refusal" }),
    }
}

/// A value that promptfoo's template engine leaves as it is; it looks at those of assertions, and at texts in variables only where a
/// prompt names them by themselves.
fn verbatim(text: &str) -> String {
    if ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
        format!("{{% raw %}}{text}{{% endraw %}}")
    } else {
        text.to_owned()
    }
}
