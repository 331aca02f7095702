//! What of an inventory can be used as AI, as asks: which actions on which resources, and all that one call needs.
//!
//! Actions: `data/ai-actions.toml`. What a call needs: see [`asks`].

mod asks;
mod model;
mod profile;

pub use asks::asks;
pub use model::{EnforcedGuardrail, Model, ModelKind, Models};

#[cfg(test)]
mod tests;
