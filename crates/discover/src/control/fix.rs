//! The smallest change that brings a control, filled with the edge's own values.
//!
//! The values came from accounts and logs, and the texts are meant to be pasted: a value stands in one only where every character of it
//! is harmless there, see [`is_safe_to_paste`]; otherwise the reader gets a word to replace. Texts for what nobody could tell say what
//! would let it be told.

mod data_events;
mod endpoint_policy;
mod guardrail;
mod inspected_path;
mod logging;
mod policy;
mod private_path;
mod unknown;

use sightline_model::edge::{Fix, Tri};
use sightline_model::untrusted::is_safe_to_paste;

use super::{Judged, Subject};
use crate::estate::Estate;

/// The changes for a control that is not there.
pub(super) fn of(control: &str, judged: &Judged, subject: &Subject, estate: &Estate) -> Vec<Fix> {
    match (judged.state, control) {
        (Tri::Yes, _) => vec![],
        (Tri::Unknown, _) => unknown::of(control, judged),
        (Tri::No, "guardrail_on_call") => guardrail::on_call(subject, estate),
        (Tri::No, "guardrail_enforced") => guardrail::enforced(subject, estate),
        (Tri::No, "private_path") => private_path::of(subject, estate),
        (Tri::No, "endpoint_policy") => endpoint_policy::of(subject, estate),
        (Tri::No, "inspected_path") => inspected_path::of(subject, estate),
        (Tri::No, "invocation_logged") => logging::of(subject, estate),
        (Tri::No, "data_events_logged") => data_events::of(subject, estate),
        (Tri::No, _) => vec![],
    }
}

fn text(text: impl Into<String>) -> Fix {
    Fix { language: "text".to_owned(), text: text.into() }
}

fn cli(text: impl Into<String>) -> Fix {
    Fix { language: "cli".to_owned(), text: text.into() }
}

fn terraform(text: impl Into<String>) -> Fix {
    Fix { language: "terraform".to_owned(), text: text.into() }
}

fn json(text: impl Into<String>) -> Fix {
    Fix { language: "json".to_owned(), text: text.into() }
}

/// The value, or a word to replace where it is not known or not harmless.
fn safe(value: &str, word: &str) -> String {
    if is_safe_to_paste(value) { value.to_owned() } else { format!("REPLACE_{word}") }
}

/// As [`safe`], for text that stands between quotes.
fn safe_in_quotes(value: &str, word: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=,* ".contains(c);
    let is_option = value.starts_with('-');
    if !value.is_empty() && !is_option && value.chars().all(is_harmless) {
        value.to_owned()
    } else {
        format!("REPLACE_{word}")
    }
}

/// Puts values in the place of `{{name}}`. They are safe already.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut rest = template;
    let mut filled = String::with_capacity(template.len());
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        filled.push_str(value.unwrap_or("REPLACE"));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// `["a", "b"]`
fn list(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    format!("[{}]", quoted.join(", "))
}
