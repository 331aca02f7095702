//! When a statement applies to a request, but for its principals.

use crate::arn_pattern::resource_tokens;
use crate::condition::{Clause, Verdict};
use crate::context::Context;
use crate::formula::{Atom, Formula};
use crate::glob;
use crate::policy::{Policy, Resources, Statement};
use crate::request::Request;
use crate::template::{Filled, Template};
use std::sync::Arc;

/// When `statement` applies: action, resource and conditions.
pub(super) fn applies(policy: &Policy, at: usize, statement: &Statement, request: &Request) -> Formula {
    if !statement.actions.as_ref().is_none_or(|actions| actions.cover(&request.action)) {
        return Formula::False;
    }
    let resources = statement.resources.as_ref().map_or(Formula::True, |resources| covers(resources, request));
    let conditions = statement.conditions.iter().map(|clause| holds(clause, &request.context));
    let doubt = statement.uncertain.as_ref().map(|why| doubt(policy, at, why));
    Formula::all(conditions.chain([resources]).chain(doubt))
}

/// The open question that a statement which could not be read leaves.
pub(crate) fn doubt(policy: &Policy, at: usize, why: &str) -> Formula {
    let name = sightline_model::untrusted::shortened(&policy.id, 200);
    Formula::unknown(&format!("statement {} of `{name}` applies ({why})", at + 1))
}

fn covers(resources: &Resources, request: &Request) -> Formula {
    let any = Formula::any(resources.patterns.iter().map(|pattern| covers_one(pattern, resources.negated, request)));
    if resources.negated { any.negated() } else { any }
}

fn covers_one(pattern: &Template, negated: bool, request: &Request) -> Formula {
    match pattern.fill(&request.context) {
        Filled::Text(pieces) => glob::matches(&resource_tokens(&pieces), &request.resource).into(),
        Filled::Absent => without_value(pattern, negated),
        Filled::Open => open(pattern, negated, &request.resource),
    }
}

/// Of a pattern without a value AWS says that it matches nothing, and nothing of what NotResource makes of that.
pub(crate) fn without_value(pattern: &Template, negated: bool) -> Formula {
    if !negated {
        return Formula::False;
    }
    Formula::unknown(&format!("`{}` in `NotResource`, whose variable has no value, matches", pattern.text()))
}

/// When a pattern matches whose variables' values are not known.
pub(crate) fn open(pattern: &Template, negated: bool, resource: &str) -> Formula {
    Atom::Resource { pattern: pattern.clone(), resource: resource.into(), negated }.into()
}

/// A statement without a readable effect may allow.
pub(crate) fn may_allow(policy: &Policy, at: usize) -> Formula {
    doubt(policy, at, "it may allow")
}

/// A statement without a readable effect may deny.
pub(crate) fn may_deny(policy: &Policy, at: usize) -> Formula {
    doubt(policy, at, "it may deny")
}

/// A statement of a resource's policy without principals.
pub(crate) fn names_nobody(policy: &Policy, at: usize) -> Formula {
    doubt(policy, at, "it names no principal")
}

/// When a clause holds.
pub(crate) fn holds(clause: &Arc<Clause>, context: &Context) -> Formula {
    match clause.verdict(context) {
        Verdict::Holds => Formula::True,
        Verdict::Fails => Formula::False,
        Verdict::Open if clause.is_constant() => Atom::Clause(Arc::clone(clause)).into(),
        Verdict::Open => {
            let clause = clause.filled(context).map_or_else(|| Arc::clone(clause), Arc::new);
            Atom::Clause(clause).into()
        }
    }
}
