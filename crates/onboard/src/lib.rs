//! Onboarding: what an account needs before Sightline can see it. Floor 2.
//!
//! Each [`Prerequisite`] is one declaration that writes itself down (Terraform, CloudFormation, AWS CLI steps, policy JSON) for the
//! person who has to approve it, and verifies live whether the account has it. Nothing is changed in the account.

mod bucket;
mod compare;
mod context;
mod delivery;
mod effective;
mod error;
mod flow_field;
mod form;
mod grant;
mod guide;
mod inventory;
mod newest;
mod parameters;
pub mod prerequisite;
mod render;
mod selector;
mod trust;
mod verdict;

pub use context::Context;
pub use error::OnboardError;
pub use guide::guide_markdown;
pub use parameters::{Cluster, Given, Parameters, Vpc};
pub use prerequisite::{ALL, Format, Parameter, Permission, Prerequisite, Scope, find, permissions, verify_all};
pub use verdict::{State, Verdict};
