//! Policies whose statements say why they are there: written with comments where the language has them, as bare documents
//! where it does not, and compared with what an account has.

use super::node::{Entry, Item, Node};
use serde_json::{Map, Value};
use sightline_iam::{PolicyDocument, Statement};
use std::collections::BTreeMap;

/// A statement with its reason.
#[derive(Debug, Clone)]
pub(crate) struct Reasoned {
    pub(crate) why: String,
    pub(crate) statement: Statement,
    /// Comments that stand before single actions.
    pub(crate) notes: BTreeMap<String, String>,
}

/// A document of such statements, and the name under which it goes.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) statements: Vec<Reasoned>,
}

impl Reasoned {
    pub(crate) fn new(why: impl Into<String>, statement: Statement) -> Self {
        Self { why: why.into(), statement, notes: BTreeMap::new() }
    }

    pub(crate) fn sid(&self) -> &str {
        self.statement.sid.as_deref().unwrap_or_default()
    }
}

impl Policy {
    pub(crate) fn new(name: impl Into<String>, statements: Vec<Reasoned>) -> Self {
        Self { name: name.into(), statements }
    }

    pub(crate) fn document(&self) -> PolicyDocument {
        PolicyDocument::new(self.statements.iter().map(|reasoned| reasoned.statement.clone()).collect())
    }

    /// The document with its comments.
    pub(crate) fn node(&self) -> Node {
        let document = self.document();
        let items =
            self.statements.iter().map(|reasoned| Item { why: Some(reasoned.why.clone()), value: statement(reasoned) });
        Node::map([("Version", document.version.into()), ("Statement", Node::List(items.collect()))])
    }

    /// The same as [`json`].
    pub(crate) fn json(&self) -> String {
        json(&self.document())
    }

    /// Its statements' names and reasons, a line each: for languages whose documents cannot hold comments.
    pub(crate) fn reasons(&self) -> String {
        let lines = self.statements.iter().flat_map(|reasoned| {
            let notes = reasoned.notes.iter().map(|(action, note)| format!("{action} and on: {note}"));
            std::iter::once(format!("{}: {}", reasoned.sid(), reasoned.why)).chain(notes)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A document as JSON text for a command line.
pub(crate) fn json(document: &PolicyDocument) -> String {
    pretty(&value(document))
}

/// Several documents as one JSON object, by name.
pub(crate) fn json_of(policies: &[Policy]) -> String {
    let all: Map<String, Value> =
        policies.iter().map(|policy| (policy.name.clone(), value(&policy.document()))).collect();
    pretty(&Value::Object(all)) + "\n"
}

fn statement(reasoned: &Reasoned) -> Node {
    let mut node = Node::from(&serde_json::to_value(&reasoned.statement).unwrap_or_default());
    if let Node::Map(entries) = &mut node {
        for Entry { key, value, .. } in entries {
            if let ("Action", Node::List(items)) = (key.as_str(), value) {
                items.iter_mut().for_each(|item| item.why = note(reasoned, &item.value));
            }
        }
    }
    node
}

fn note(reasoned: &Reasoned, action: &Node) -> Option<String> {
    match action {
        Node::Text(action) => reasoned.notes.get(action).cloned(),
        _ => None,
    }
}

fn value(document: &PolicyDocument) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}

pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
