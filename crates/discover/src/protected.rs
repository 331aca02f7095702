//! When an edge counts as protected: a small expression over its controls, which the user may change.
//!
//! ```text
//! private_path and (guardrail_on_call or guardrail_enforced) and not endpoint
//! ```
//! Names are those of the controls, and kinds of targets as the map has them, with `_` for `-`: `agent`, `endpoint`, `public_ai`. `and` binds more
//! than `or`, `not` more than both; words may be written in capitals. The logic has three values: what is unknown stays so unless
//! the rest decides.

mod read;

use sightline_model::control::CONTROLS;
use sightline_model::edge::{Edge, Tri};

/// Kinds of targets that a definition may name.
pub const KINDS: &[&str] = &[
    "agent",
    "agent_runtime",
    "custom_model",
    "custom_model_deployment",
    "endpoint",
    "flow",
    "foundation_model",
    "imported_model",
    "inference_component",
    "inference_profile",
    "knowledge_base",
    "marketplace_endpoint",
    "prompt_router",
    "provisioned_model",
    "public_ai",
    "self_hosted",
    "unknown_model",
    "unresolved",
];

/// The definition where the user gives none.
///
/// - The path must be private: what leaves for the internet is seen by whoever carries it, and keys that leak work from anywhere.
/// - A guardrail must see the call, asked for or enforced. Endpoints of SageMaker, public services and servers of one's own take none, so
///   edges to them are unprotected until the user says what protects them instead.
/// - What was asked must be on record. Invocation logging has it of models; calls of agents, flows, knowledge bases and runtimes are never
///   in it, and there the record is CloudTrail's data event.
///
/// Not required: a narrow endpoint policy and an inspected path. They narrow what a stolen key can do, and most accounts have neither.
pub const DEFAULT: &str = "private_path and (guardrail_on_call or guardrail_enforced) and (invocation_logged or \
     (agent or agent_runtime or flow or knowledge_base) and data_events_logged)";

/// What counts as protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    text: String,
    rule: Rule,
}

/// Why a definition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {}: {message}", .offset + 1)]
pub struct ProtectedError {
    /// how many characters stand before the fault
    pub offset: usize,
    /// what is wrong, and what may stand there
    pub message: String,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Control(&'static str),
    Kind(&'static str),
    Not(Box<Rule>),
    All(Vec<Rule>),
    Any(Vec<Rule>),
}

impl Default for Protected {
    fn default() -> Self {
        // A test reads the default: it never falls back.
        Self::parse(DEFAULT).unwrap_or_else(|_| Self { text: DEFAULT.to_owned(), rule: Rule::Control("private_path") })
    }
}

impl Protected {
    /// Reads a definition.
    ///
    /// # Errors
    /// A name that is no control and no kind, a word that is missing or too much.
    pub fn parse(text: &str) -> Result<Self, ProtectedError> {
        Ok(Self { text: text.to_owned(), rule: read::rule(text)? })
    }

    /// The definition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the edge is protected. A control that the edge does not have is unknown.
    pub fn of(&self, edge: &Edge) -> Tri {
        self.rule.of(edge)
    }

    /// The controls that the definition names, in the order in which they are told.
    pub fn controls(&self) -> impl Iterator<Item = &'static str> {
        CONTROLS.iter().copied().filter(|name| self.rule.names(name))
    }
}

impl Rule {
    fn of(&self, edge: &Edge) -> Tri {
        match self {
            Self::Control(name) => {
                edge.controls.iter().find(|control| control.name == *name).map_or(Tri::Unknown, |control| control.state)
            }
            Self::Kind(kind) => {
                let is_kind = |own: &str| own.replace('-', "_") == *kind;
                if is_kind(&edge.model_kind) || is_kind(&edge.target_kind) { Tri::Yes } else { Tri::No }
            }
            Self::Not(rule) => match rule.of(edge) {
                Tri::Yes => Tri::No,
                Tri::No => Tri::Yes,
                Tri::Unknown => Tri::Unknown,
            },
            Self::All(rules) => joined(rules, edge, Tri::No, Tri::Yes),
            Self::Any(rules) => joined(rules, edge, Tri::Yes, Tri::No),
        }
    }

    fn names(&self, name: &str) -> bool {
        match self {
            Self::Control(own) => *own == name,
            Self::Kind(_) => false,
            Self::Not(rule) => rule.names(name),
            Self::All(rules) | Self::Any(rules) => rules.iter().any(|rule| rule.names(name)),
        }
    }
}

/// `decides` of one part is the whole's; else unknown of one; else `rest`.
fn joined(rules: &[Rule], edge: &Edge, decides: Tri, rest: Tri) -> Tri {
    let mut answer = rest;
    for rule in rules {
        match rule.of(edge) {
            state if state == decides => return decides,
            Tri::Unknown => answer = Tri::Unknown,
            _ => {}
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sightline_model::control::Control;

    fn edge(kind: &str, states: &[(&str, Tri)]) -> Edge {
        let control = |(name, state): &(&str, Tri)| Control {
            name: (*name).to_owned(),
            state: *state,
            reason: String::new(),
            fix: vec![],
        };
        Edge { target_kind: kind.to_owned(), controls: states.iter().map(control).collect(), ..Edge::default() }
    }

    fn of(text: &str, states: &[(&str, Tri)]) -> Tri {
        Protected::parse(text).unwrap().of(&edge("agent", states))
    }

    #[test]
    fn the_default_reads_and_asks_for_what_it_says() {
        let default = Protected::default();
        assert_eq!(default, Protected::parse(DEFAULT).unwrap());
        let named: Vec<&str> = default.controls().collect();
        assert_eq!(
            named,
            ["guardrail_on_call", "guardrail_enforced", "private_path", "invocation_logged", "data_events_logged"]
        );
        let model = |logged, data| {
            let states = [
                ("private_path", Tri::Yes),
                ("guardrail_on_call", Tri::No),
                ("guardrail_enforced", Tri::Yes),
                ("invocation_logged", logged),
                ("data_events_logged", data),
            ];
            [default.of(&edge("foundation-model", &states)), default.of(&edge("agent-runtime", &states))]
        };
        assert_eq!(model(Tri::Yes, Tri::No), [Tri::Yes, Tri::Yes]);
        assert_eq!(model(Tri::No, Tri::Yes), [Tri::No, Tri::Yes], "an agent's record is the data event");
        assert_eq!(model(Tri::No, Tri::Unknown), [Tri::No, Tri::Unknown]);
        assert_eq!(default.of(&edge("foundation-model", &[])), Tri::Unknown, "an older lake has no controls");
    }

    #[test]
    fn three_values() {
        let states = [("private_path", Tri::Yes), ("endpoint_policy", Tri::No), ("inspected_path", Tri::Unknown)];
        for (text, wanted) in [
            ("private_path", Tri::Yes),
            ("not private_path", Tri::No),
            ("not inspected_path", Tri::Unknown),
            ("private_path and inspected_path", Tri::Unknown),
            ("endpoint_policy and inspected_path", Tri::No),
            ("private_path or inspected_path", Tri::Yes),
            ("endpoint_policy or inspected_path", Tri::Unknown),
            ("private_path or endpoint_policy and endpoint_policy", Tri::Yes),
            ("(private_path or endpoint_policy) and endpoint_policy", Tri::No),
            ("not not PRIVATE_PATH AND Agent", Tri::Yes),
            ("not (private_path and endpoint)", Tri::Yes),
        ] {
            assert_eq!(of(text, &states), wanted, "{text}");
        }
    }

    #[test]
    fn faults_name_their_place_and_what_may_stand_there() {
        let fault = |text: &str| Protected::parse(text).unwrap_err().to_string();
        let faults: Vec<String> = [
            "",
            "private_pth",
            "private_path and",
            "private_path agent",
            "(private_path",
            "private_path)",
            "private_path & agent",
            "and agent",
            "größe",
        ]
        .into_iter()
        .map(fault)
        .collect();
        insta::assert_snapshot!(faults.join("\n"), @"
    at character 1: a control is missing; one of guardrail_on_call, guardrail_enforced, private_path, endpoint_policy, inspected_path, invocation_logged, data_events_logged, or a kind such as `agent`
    at character 1: `private_pth` is no control and no kind of target; one of guardrail_on_call, guardrail_enforced, private_path, endpoint_policy, inspected_path, invocation_logged, data_events_logged, or a kind such as `agent`
    at character 17: a control is missing; one of guardrail_on_call, guardrail_enforced, private_path, endpoint_policy, inspected_path, invocation_logged, data_events_logged, or a kind such as `agent`
    at character 14: `agent` cannot stand here; `and`, `or` or the end can
    at character 14: `)` is missing
    at character 13: `)` cannot stand here; `and`, `or` or the end can
    at character 14: `&` cannot stand here; `and`, `or` or the end can
    at character 1: `and` is no control and no kind of target; one of guardrail_on_call, guardrail_enforced, private_path, endpoint_policy, inspected_path, invocation_logged, data_events_logged, or a kind such as `agent`
    at character 1: `größe` is no control and no kind of target; one of guardrail_on_call, guardrail_enforced, private_path, endpoint_policy, inspected_path, invocation_logged, data_events_logged, or a kind such as `agent`
    ");
        assert!(Protected::parse(&"not ".repeat(100_000)).is_err(), "depth is bounded");
        assert!(Protected::parse(&"(".repeat(100_000)).is_err(), "depth is bounded");
    }

    proptest! {
        #[test]
        fn any_text_reads_or_says_where_it_does_not(text in "(and|or|not|[()a-z_ ]|agent|private_path|\\PC){0,20}") {
            if let Err(error) = Protected::parse(&text) {
                prop_assert!(error.offset <= text.chars().count());
                prop_assert!(error.message.chars().count() < 400);
            }
        }
    }
}
