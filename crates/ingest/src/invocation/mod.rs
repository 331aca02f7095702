//! Calls of models, as the models' own logs tell them: a record becomes a row of `model_invocation`.
//!
//! ```text
//! bedrock ─┐                  ┌─► answer (tokens, stop reason, latency, tools)
//! capture ─┴─► body (JSON) ───┼─► guardrail (verdict, policies)
//!                             └─► prompt, completion (text, where it is kept)
//! ```
//! Bodies differ by model family; each of these modules knows the shapes of all families and takes what it finds.

pub(crate) mod answer;
pub(crate) mod bedrock;
pub(crate) mod body;
pub(crate) mod capture;
pub(crate) mod completion;
pub(crate) mod content;
pub(crate) mod guardrail;
pub(crate) mod metadata;
pub(crate) mod node;
pub(crate) mod prompt;
pub(crate) mod row;
pub(crate) mod usage;
