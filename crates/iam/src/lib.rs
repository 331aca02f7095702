//! AWS policies: documents as values. Pure: no I/O, no clock. Floor 1.

pub mod document;

pub use document::{Conditions, Effect, PolicyDocument, Principal, Statement};
