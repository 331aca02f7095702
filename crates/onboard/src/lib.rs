//! Onboarding: what an account needs before Sightline can see it. Floor 2.
//!
//! Each [`Prerequisite`] is one declaration that writes itself down (Terraform, CloudFormation, AWS CLI steps, policy JSON) for the
//! person who has to approve it, and verifies live whether the account has it. Nothing is changed in the account.

mod assumable;
mod availability;
mod bucket;
mod clusters;
mod compare;
mod compose;
mod context;
mod delivery;
mod destination;
mod effective;
mod endpoint;
mod error;
mod flow_field;
mod form;
mod grant;
mod granted;
mod guide;
mod instances;
mod inventory;
mod invocations;
mod invoke;
mod invoker;
mod log_bucket;
mod look_ups;
mod manifest;
mod member_access;
mod members;
mod model_use;
mod module;
mod newest;
mod parameters;
mod pod_roles;
mod pods;
pub mod prerequisite;
mod prober;
mod render;
mod role;
mod scanner;
mod scanner_user;
mod selector;
mod service_control;
mod survey;
mod trial;
mod trust;
mod user_data;
mod verdict;
mod workload_trust;
mod workload_vpcs;

pub use context::Context;
pub use error::OnboardError;
pub use guide::guide_markdown;
pub use module::modules;
pub use parameters::{Cluster, Given, Parameters, TrialCall, Vpc};
pub use pods::{Cause, ClusterApi, ListPods, NotListed, Pod};
pub use prerequisite::{ALL, Format, Parameter, Permission, Prerequisite, Scope, find, permissions, verify_all};
pub use survey::{Organization, Survey};
pub use verdict::{State, Verdict};
