//! What a guardrail did, in the four shapes in which answers tell it:
//!
//! | where | shape |
//! |---|---|
//! | Converse | `trace.guardrail.inputAssessment.<id>`, `….outputAssessments.<id>[]`; in streams within `metadata` |
//! | InvokeModel | `amazon-bedrock-trace.guardrail.input.<id>`, `….outputs[].<id>` |
//! | answers and chunks of InvokeModel | `amazon-bedrock-guardrailAction`: `INTERVENED`, `NONE` |
//! | any | a stop reason `guardrail_intervened` |
//!
//! No trace does not mean that there was no guardrail: the caller may not have asked for one.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailAssessment.html>

use super::node::{Node, is_word};
use serde_json::{Map, Value, json};
use sightline_model::untrusted::shortened;

/// Assessments that are kept of a call.
const MOST: usize = 50;
/// Characters of a name that whoever made the guardrail gave, and of text that it matched.
const LONGEST: usize = 128;

/// What was done, from least to most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// nobody tells
    #[default]
    Unknown,
    /// it found nothing
    None,
    /// it found something and let it pass
    Detected,
    /// it masked something
    Anonymized,
    /// it blocked the prompt or the answer
    Blocked,
}

impl Action {
    /// The word in the lake; empty for unknown.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::None => "none",
            Self::Detected => "detected",
            Self::Anonymized => "anonymized",
            Self::Blocked => "blocked",
        }
    }
}

/// What is known of the guardrail of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Verdict {
    /// what its assessments say
    assessed: Action,
    /// it did something, be it to mask
    intervened: bool,
    /// the reason that it gives says that it only masked
    masked: bool,
    /// a trace was there
    traced: bool,
    /// text that it matched is kept
    pub(crate) keep_match: bool,
    pub(crate) id: String,
    pub(crate) version: String,
    policies: Vec<Value>,
}

impl Verdict {
    /// What was done, of all that was told.
    pub(crate) fn action(&self) -> Action {
        match self.assessed {
            Action::Blocked | Action::Anonymized => self.assessed,
            _ if self.intervened && self.masked => Action::Anonymized,
            _ if self.intervened => Action::Blocked,
            assessed => assessed,
        }
    }

    /// What it found, `[{side, policy, type, name, action, confidence}]`; nothing where there is no trace.
    pub(crate) fn policies(&self) -> Option<String> {
        self.traced.then(|| Value::from(self.policies.clone()).to_string())
    }

    /// The answer says that the guardrail did something.
    pub(crate) fn intervened(&mut self) {
        self.intervened = true;
    }

    /// Takes what an object of an answer tells.
    pub(crate) fn learn(&mut self, part: Node<'_>) {
        for (name, value) in part.members() {
            match name {
                "amazon-bedrock-guardrailAction" => match value.str() {
                    Some("INTERVENED" | "GUARDRAIL_INTERVENED") => self.intervened = true,
                    Some("NONE") => self.at_least(Action::None),
                    _ => {}
                },
                "trace" | "amazon-bedrock-trace" => self.trace(value.at("guardrail")),
                _ => {}
            }
        }
    }

    /// Takes what a request tells: `guardrailConfig`, or the names in it.
    pub(crate) fn asked(&mut self, request: Node<'_>) {
        for from in [request, request.at("guardrailConfig"), request.at("amazon-bedrock-guardrailConfig")] {
            self.named(from.at("guardrailIdentifier"), from.at("guardrailVersion"));
        }
    }

    fn named(&mut self, id: Node<'_>, version: Node<'_>) {
        let fits = |node: Node<'_>| Some(node.text()).filter(|text| text.len() < 200 && text.split('/').all(is_word));
        if self.id.is_empty()
            && let Some(id) = fits(id)
        {
            self.id = id;
        }
        if self.version.is_empty()
            && let Some(version) = fits(version)
        {
            self.version = version;
        }
    }

    fn trace(&mut self, trace: Node<'_>) {
        if !trace.is_object() {
            return;
        }
        self.traced = true;
        self.at_least(Action::None);
        self.masked |= trace.at("actionReason").str().is_some_and(|reason| reason.contains("masked"));
        for (name, value) in trace.members() {
            let side = match name {
                "inputAssessment" | "input" => "input",
                "outputAssessments" | "outputs" => "output",
                _ => continue,
            };
            value.each().flat_map(Node::members).for_each(|(id, assessments)| {
                assessments.each().for_each(|assessment| self.assessment(side, id, assessment));
            });
        }
    }

    fn assessment(&mut self, side: &str, id: &str, assessment: Node<'_>) {
        let details = assessment.at("appliedGuardrailDetails");
        self.named(details.at("guardrailId"), details.at("guardrailVersion"));
        if self.id.is_empty() && is_word(id) {
            id.clone_into(&mut self.id);
        }
        for (policy, found) in assessment.members() {
            let (policy, lists): (&str, &[(&str, &str)]) = match policy {
                "topicPolicy" => ("topicPolicy", &[("topics", "")]),
                "contentPolicy" => ("contentPolicy", &[("filters", "")]),
                "wordPolicy" => ("wordPolicy", &[("customWords", "CUSTOM"), ("managedWordLists", "")]),
                "sensitiveInformationPolicy" => {
                    ("sensitiveInformationPolicy", &[("piiEntities", ""), ("regexes", "REGEX")])
                }
                "contextualGroundingPolicy" => ("contextualGrounding", &[("filters", "")]),
                "automatedReasoningPolicy" => {
                    found.at("findings").elements().for_each(|finding| self.reasoning(side, finding));
                    continue;
                }
                _ => continue,
            };
            for (list, kind) in lists {
                found.at(list).elements().for_each(|entry| self.entry(side, policy, kind, entry));
            }
        }
    }

    fn entry(&mut self, side: &str, policy: &str, kind: &str, entry: Node<'_>) {
        let action = entry.at("action").word().unwrap_or_default();
        let done = match action {
            "BLOCKED" => Action::Blocked,
            "ANONYMIZED" => Action::Anonymized,
            // What passed is listed as well, by full traces and with the scores of grounding.
            _ if entry.at("detected").flag() == Some(false) => return,
            _ if policy == "contextualGrounding" && !is_below_threshold(entry) => return,
            _ => Action::Detected,
        };
        let mut kept = Map::new();
        let mut keep = |name: &str, text: &str| {
            if !text.is_empty() {
                kept.insert(name.to_owned(), text.into());
            }
        };
        keep("side", side);
        keep("policy", policy);
        keep("type", entry.at("type").word().unwrap_or(kind));
        keep("name", &shortened(entry.at("name").str().unwrap_or_default(), LONGEST));
        keep("action", action);
        keep("confidence", entry.at("confidence").word().unwrap_or_default());
        if self.keep_match {
            keep("match", &shortened(entry.at("match").str().unwrap_or_default(), LONGEST));
        }
        self.keep(done, kept.into());
    }

    /// A finding is an object of one member, whose name tells its kind. Automated reasoning only detects.
    fn reasoning(&mut self, side: &str, finding: Node<'_>) {
        let Some((kind, _)) = finding.members().next().filter(|(kind, _)| is_word(kind)) else { return };
        if !matches!(kind, "valid" | "noTranslations") {
            let kept = json!({"side": side, "policy": "automatedReasoning", "type": kind, "action": "NONE"});
            self.keep(Action::Detected, kept);
        }
    }

    fn keep(&mut self, done: Action, policy: Value) {
        self.at_least(done);
        if self.policies.len() < MOST {
            self.policies.push(policy);
        }
    }

    fn at_least(&mut self, action: Action) {
        self.assessed = self.assessed.max(action);
    }
}

fn is_below_threshold(entry: Node<'_>) -> bool {
    let score = entry.at("score").number().zip(entry.at("threshold").number());
    entry.at("detected").flag().or_else(|| score.map(|(score, threshold)| score < threshold)).unwrap_or(false)
}
