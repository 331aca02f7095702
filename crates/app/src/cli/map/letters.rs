//! The controls of an edge as letters, its path as a word.

use super::choice::state;
use crate::table::Tone;
use sightline_model::edge::{Edge, PathClass, Tri};

/// The controls of the map's last column: their letter, name and words.
const SHOWN: &[(&str, &str, &str)] = &[
    ("G", "guardrail_on_call", "guardrail on the call"),
    ("F", "guardrail_enforced", "guardrail enforced"),
    ("P", "private_path", "private path"),
    ("E", "endpoint_policy", "endpoint policy"),
    ("I", "inspected_path", "inspected path"),
    ("L", "invocation_logged", "invocation logged"),
    ("D", "data_events_logged", "calls in CloudTrail"),
];

/// The column's title.
pub(super) fn title() -> String {
    SHOWN.iter().map(|(letter, ..)| *letter).collect()
}

/// What the letters mean.
pub(super) fn legend() -> String {
    let words: Vec<String> = SHOWN.iter().map(|(letter, _, words)| format!("{letter} {words}")).collect();
    format!("{}: + yes, - no, ? unknown", words.join(", "))
}

/// The edge's controls under [`title`].
pub(super) fn of(edge: &Edge) -> String {
    SHOWN.iter().map(|(_, name, _)| sign(state(edge, name))).collect()
}

fn sign(state: Option<Tri>) -> char {
    match state {
        Some(Tri::Yes) => '+',
        Some(Tri::No) => '-',
        Some(Tri::Unknown) | None => '?',
    }
}

/// A path in at most eleven characters.
pub(crate) fn path_word(path: PathClass) -> (&'static str, Tone) {
    match path {
        PathClass::InterfaceEndpoint => ("endpoint", Tone::Good),
        PathClass::Internet => ("internet", Tone::Bad),
        PathClass::AwsInternal => ("in aws", Tone::Plain),
        PathClass::Vpc => ("vpc", Tone::Plain),
        PathClass::Peering => ("peering", Tone::Plain),
        PathClass::TransitGateway => ("transit", Tone::Plain),
        PathClass::OnPremises => ("on premises", Tone::Plain),
        PathClass::Unknown => ("unknown", Tone::Doubt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_model::edge::CONTROLS;

    #[test]
    fn every_control_has_a_letter() {
        let shown: Vec<&str> = SHOWN.iter().map(|(_, name, _)| *name).collect();
        assert_eq!(shown, CONTROLS);
    }
}
