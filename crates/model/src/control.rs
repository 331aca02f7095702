//! Protections on an edge.

use serde::{Deserialize, Serialize};

/// Whether a control protects an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "three words")]
pub enum Tri {
    Yes,
    No,
    Unknown,
}

/// The controls of an edge, in the order in which they are told.
pub const CONTROLS: &[&str] = &[
    "guardrail_on_call",
    "guardrail_enforced",
    "private_path",
    "endpoint_policy",
    "inspected_path",
    "invocation_logged",
    "data_events_logged",
];

/// One protection on an edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// one of [`CONTROLS`]
    pub name: String,
    /// is it there
    pub state: Tri,
    /// one sentence: what was seen, or what could not be
    pub reason: String,
    /// the smallest change that brings it, in several languages; empty where it is there or nothing can
    #[serde(default)]
    pub fix: Vec<Fix>,
}

/// A change, ready to read or to paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// `text`, `terraform`, `cli`, `json`
    pub language: String,
    /// the text
    pub text: String,
}

/// One row of `control`: a control of an edge, to be asked for by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlRow {
    /// the discovery that made it
    pub run_id: String,
    /// the edge
    pub edge_id: String,
    /// twelve digits, of the caller
    pub account_id: String,
    /// the region that was called
    pub region: String,
    /// one of [`CONTROLS`]
    pub name: String,
    /// is it there
    pub state: Tri,
    /// one sentence
    pub reason: String,
    /// the smallest change that brings it
    pub fix: Vec<Fix>,
}
