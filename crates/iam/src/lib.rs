//! AWS policies: written, read, decided. Pure: no I/O, no clock. Floor 1.
//!
//! [`policy`] reads documents, [`interpret`] decides a [`request`] by the rules, [`formula`] says what an answer still depends
//! on, and [`solve`] tells whether that can hold.

pub mod ai;
mod arn_pattern;
pub mod audit;
pub mod caller;
pub mod cases;
pub mod catalogue;
pub mod condition;
pub mod context;
pub mod direct;
pub mod document;
pub mod engine;
pub mod explain;
pub mod formula;
mod glob;
pub mod interpret;
pub mod organization;
pub mod policy;
pub mod reach;
pub mod request;
pub mod solve;
pub mod split;
pub mod template;

pub use document::{Conditions, Effect, PolicyDocument, Principal, Statement};
