//! Policies as they are read: every element of the language, and what could not be read.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

mod intern;
pub(crate) mod json;
mod parse;
mod principal;

pub(crate) use intern::{Interner, Known};
pub use principal::{Named, PrincipalPattern};

use crate::condition::Clause;
use crate::document::Effect;
use crate::template::Template;
use std::sync::Arc;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The document's `Id`, or the name that the reader gave it.
    pub id: String,
    /// In the document's order.
    pub statements: Vec<Statement>,
}

/// One statement. Its parts are shared: most statements of an organization repeat each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The statement's `Sid`.
    pub sid: Option<Arc<str>>,
    /// None where it could not be read: then it may be either.
    pub effect: Option<Effect>,
    /// `Principal` or `NotPrincipal`; none in identity policies.
    pub principals: Option<Arc<Principals>>,
    /// `Action` or `NotAction`; none where it could not be read: then it may be any.
    pub actions: Option<Arc<Actions>>,
    /// `Resource` or `NotResource`; none in trust policies: every resource.
    pub resources: Option<Arc<Resources>>,
    /// All must hold.
    pub conditions: Arc<[Arc<Clause>]>,
    /// Why the statement, or a part of it, could not be read. It may then apply or not.
    pub uncertain: Option<Box<str>>,
}

/// Who a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principals {
    /// `NotPrincipal`.
    pub negated: bool,
    /// Any of these.
    pub patterns: Vec<PrincipalPattern>,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actions {
    /// `NotAction`.
    pub negated: bool,
    /// Any of these, as written: `service:Name` with `*` and `?`.
    pub patterns: Vec<String>,
}

/// On what a statement acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resources {
    /// `NotResource`.
    pub negated: bool,
    /// Any of these.
    pub patterns: Box<[Template]>,
}

impl Actions {
    /// Whether the statement is about `action` (`service:Name`).
    pub fn cover(&self, action: &str) -> bool {
        self.patterns.iter().any(|pattern| action_matches(pattern, action)) != self.negated
    }
}

/// Names compare in any case; wildcards stand anywhere, but the service is literal unless it is `*` alone.
pub fn action_matches(pattern: &str, action: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    match (pattern.split_once(':'), action.split_once(':')) {
        (Some((service, name)), Some((own_service, own_name))) => {
            (service == "*" || service.eq_ignore_ascii_case(own_service)) && crate::glob::matches_fold(name, own_name)
        }
        _ => false,
    }
}
