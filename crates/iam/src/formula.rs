//! What an answer depends on: a formula over what is not known.

use crate::condition::{Clause, Verdict};
use crate::context::Context;
use crate::glob;
use crate::template::{Filled, Template};
use std::sync::Arc;

/// One thing that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// A condition over keys that are not known.
    Clause(Arc<Clause>),
    /// Whether the pattern matches the resource, when its variables have their values.
    Resource {
        /// The statement's pattern.
        pattern: Template,
        /// The request's resource.
        resource: Arc<str>,
        /// Whether it stands in `NotResource`: without a value for its variable nobody knows then.
        negated: bool,
    },
    /// What no request tells: a layer that could not be read, a statement that could not be understood. The text says
    /// what would have to hold.
    Unknown(Arc<str>),
}

impl Atom {
    /// Whether it holds in `context`; none where that is not known.
    pub fn holds(&self, context: &Context) -> Option<bool> {
        match self {
            Self::Clause(clause) => match clause.verdict(context) {
                Verdict::Holds => Some(true),
                Verdict::Fails => Some(false),
                Verdict::Open => None,
            },
            Self::Resource { pattern, resource, negated } => match pattern.fill(context) {
                Filled::Text(pieces) => Some(glob::matches(&crate::arn_pattern::resource_tokens(&pieces), resource)),
                Filled::Absent => (!negated).then_some(false),
                Filled::Open => None,
            },
            Self::Unknown(_) => None,
        }
    }
}

/// A formula in which no part is constant but the whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Formula {
    /// Holds.
    True,
    /// Does not.
    False,
    /// Holds when the atom does.
    Atom(Arc<Atom>),
    /// Holds when the other does not.
    Not(Arc<Formula>),
    /// Holds when all do. At least two, in order, none twice.
    All(Arc<[Formula]>),
    /// Holds when any does. At least two, in order, none twice.
    Any(Arc<[Formula]>),
}

impl From<bool> for Formula {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl From<Atom> for Formula {
    fn from(atom: Atom) -> Self {
        Self::Atom(Arc::new(atom))
    }
}

impl Formula {
    /// An open question in words.
    pub fn unknown(what: &str) -> Self {
        Atom::Unknown(what.into()).into()
    }

    /// Holds when all of `parts` do.
    pub fn all(parts: impl IntoIterator<Item = Formula>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::True => {}
                Self::False => return Self::False,
                Self::All(inner) => out.extend(inner.iter().cloned()),
                other => out.push(other),
            }
        }
        Self::joined(out, Self::True, Self::All)
    }

    /// Holds when any of `parts` does.
    pub fn any(parts: impl IntoIterator<Item = Formula>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::False => {}
                Self::True => return Self::True,
                Self::Any(inner) => out.extend(inner.iter().cloned()),
                other => out.push(other),
            }
        }
        Self::joined(out, Self::False, Self::Any)
    }

    fn joined(mut parts: Vec<Formula>, empty: Self, join: fn(Arc<[Formula]>) -> Self) -> Self {
        parts.sort();
        parts.dedup();
        match parts.len() {
            0 => empty,
            1 => parts.pop().unwrap_or(empty),
            _ => join(parts.into()),
        }
    }

    /// Holds when this does not.
    pub fn negated(&self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Not(inner) => (**inner).clone(),
            other => Self::Not(Arc::new(other.clone())),
        }
    }

    /// Holds when both do.
    pub fn and(&self, other: &Formula) -> Self {
        Self::all([self.clone(), other.clone()])
    }

    /// Holds when either does.
    pub fn or(&self, other: &Formula) -> Self {
        Self::any([self.clone(), other.clone()])
    }

    /// The formula with all that `context` knows put in.
    pub fn given(&self, context: &Context) -> Self {
        self.replace(&|atom| atom.holds(context))
    }

    /// The formula with what `known` tells of atoms put in.
    pub fn replace(&self, known: &dyn Fn(&Atom) -> Option<bool>) -> Self {
        match self {
            Self::True | Self::False => self.clone(),
            Self::Atom(atom) => known(atom).map_or_else(|| self.clone(), Self::from),
            Self::Not(inner) => inner.replace(known).negated(),
            Self::All(parts) => Self::all(parts.iter().map(|part| part.replace(known))),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.replace(known))),
        }
    }

    /// Its atoms, each once, in the order in which they first stand.
    pub fn atoms(&self) -> Vec<Arc<Atom>> {
        let mut out = Vec::new();
        let mut seen = std::collections::HashSet::new();
        self.visit(&mut |atom| {
            if seen.insert(Arc::clone(atom)) {
                out.push(Arc::clone(atom));
            }
        });
        out
    }

    fn visit(&self, see: &mut dyn FnMut(&Arc<Atom>)) {
        match self {
            Self::True | Self::False => {}
            Self::Atom(atom) => see(atom),
            Self::Not(inner) => inner.visit(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(see)),
        }
    }
}
