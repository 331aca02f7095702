//! One decision as data: what each layer says, which of them decide, and what is not known.
//!
//! Nothing here decides anything: layers are put in and taken out of the interpreter, and its answers compared.

mod layer;

pub use layer::{LayerSaid, Says, StatementSaid};

use crate::caller::Caller;
use crate::context::Fact;
use crate::formula::{Atom, Formula};
use crate::interpret::{Outcome, interpret};
use crate::policy::Policy;
use crate::request::{Policies, Request};
use crate::solve::{Tri, classify, phrase, ways};
use layer::Place;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Ways of a residual that are put into words.
const SHOWN_WAYS: usize = 6;

/// Why a request is allowed, denied, or neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The answer; written `allow`, `conditional`, `deny`.
    #[serde(serialize_with = "as_word")]
    pub decision: Tri,
    /// Of Deny: whether a statement denies it; otherwise nothing does, but not all that must allow it does.
    pub explicit: bool,
    /// Of Conditional: on what it depends, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual: Option<String>,
    /// What the answer would need to be known, each once: condition keys, and layers or statements in words.
    pub unknown: Vec<String>,
    /// Every layer, in the order of evaluation; those of an organization level by level.
    pub layers: Vec<LayerSaid>,
}

/// Explains what becomes of a request.
pub fn explain(request: &Request, policies: &Policies) -> Explanation {
    let outcome = interpret(request, policies);
    let allowed = outcome.allowed();
    let decision = decided(&allowed, request);
    let explicit = decision == Tri::Deny && decided(&outcome.denied, request) == Tri::Allow;
    let residual = (decision == Tri::Conditional).then(|| in_words(&allowed, request));
    let places = Place::all(policies);
    let mut layers: Vec<LayerSaid> = places.iter().map(|place| place.said(request, policies)).collect();
    let deciding = deciding(request, policies, &outcome, &places, &layers, (decision, explicit));
    for (layer, decides) in layers.iter_mut().zip(deciding) {
        layer.decides = decides;
    }
    Explanation { decision, explicit, residual, unknown: unknown(&allowed), layers }
}

/// What a formula depends on, in words.
pub fn in_words(formula: &Formula, request: &Request) -> String {
    let (ways, complete) = ways(formula, SHOWN_WAYS, &may_be_absent(request));
    phrase(&ways, complete)
}

/// What would have to be known for the formula to be settled: condition keys as policies write them, the rest in words.
pub fn unknown(formula: &Formula) -> Vec<String> {
    let mut out = BTreeSet::new();
    for atom in formula.atoms() {
        match &*atom {
            Atom::Clause(clause) => {
                out.insert(clause.written.clone());
                out.extend(clause.values.iter().flat_map(|value| value.keys()).map(str::to_owned));
            }
            Atom::Resource { pattern, .. } => out.extend(pattern.keys().map(str::to_owned)),
            Atom::Unknown(what) => {
                out.insert(format!("whether {what}"));
            }
        }
    }
    out.into_iter().collect()
}

fn decided(formula: &Formula, request: &Request) -> Tri {
    classify(formula, &may_be_absent(request))
}

fn as_word<S: serde::Serializer>(decision: &Tri, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(decision.as_str())
}

fn may_be_absent(request: &Request) -> impl Fn(&str) -> bool + '_ {
    |key| request.context.fact(key) != &Fact::Present
}

/// For each layer whether the answer rests on it.
fn deciding(
    request: &Request,
    policies: &Policies,
    outcome: &Outcome,
    places: &[Place],
    layers: &[LayerSaid],
    (decision, explicit): (Tri, bool),
) -> Vec<bool> {
    let says = |wanted: &[Says]| layers.iter().map(|layer| wanted.contains(&layer.says)).collect::<Vec<bool>>();
    match decision {
        Tri::Deny if explicit && layers.iter().any(|layer| layer.says == Says::Denies) => says(&[Says::Denies]),
        Tri::Deny if explicit => says(&[Says::Depends]),
        Tri::Deny => match silent(request, policies, places, layers) {
            Some(missing) => missing,
            None => says(&[Says::Depends, Says::Unread]),
        },
        Tri::Conditional => {
            let open: Vec<bool> = says(&[Says::Depends, Says::Unread]);
            places.iter().zip(open).map(|(place, open)| open && matters(request, policies, outcome, place)).collect()
        }
        Tri::Allow => {
            let grants = |place: &Place| {
                place.grants() && decided(&place.without(request, policies).allowed(), request) != Tri::Allow
            };
            let needed: Vec<bool> = places.iter().map(grants).collect();
            // Where two layers grant it each by itself, both do.
            if needed.contains(&true) {
                needed
            } else {
                says(&[Says::Allows]).into_iter().zip(places).map(|(allows, place)| allows && place.grants()).collect()
            }
        }
    }
}

/// Whether the answer would be another one if the layer allowed everything.
fn matters(request: &Request, policies: &Policies, outcome: &Outcome, place: &Place) -> bool {
    interpret(request, &place.replaced(policies, allow_all(request, place))).allowed() != outcome.allowed()
}

/// The layers that would have to allow the request, and do not: as few as do. None where that would not help.
fn silent(request: &Request, policies: &Policies, places: &[Place], layers: &[LayerSaid]) -> Option<Vec<bool>> {
    let mut missing: Vec<bool> =
        layers.iter().map(|layer| layer.says != Says::Allows && layer.says != Says::NotBound).collect();
    let helps = |missing: &[bool]| {
        let mut changed = policies.clone();
        for (place, _) in places.iter().zip(missing).filter(|(_, missing)| **missing) {
            changed = place.replaced(&changed, allow_all(request, place));
        }
        decided(&interpret(request, &changed).allowed(), request) != Tri::Deny
    };
    if !helps(&missing) {
        return None;
    }
    // From the resource back to the principal: that a principal lacks a permission is the plainest reason.
    for at in (0..missing.len()).rev() {
        let before = std::mem::take(missing.get_mut(at)?);
        if before && !helps(&missing) {
            *missing.get_mut(at)? = true;
        }
    }
    Some(missing)
}

/// A policy that allows everything; in a resource's policy to the caller's account, which alone does not grant.
fn allow_all(request: &Request, place: &Place) -> Arc<Policy> {
    let account = request.caller.account().map(|account| json!({"AWS": account}));
    let principal = match &request.caller {
        Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) => json!("*"),
        _ => account.unwrap_or_else(|| json!("*")),
    };
    let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    if let (true, Some(fields)) = (place.names_principals(), statement.as_object_mut()) {
        fields.insert("Principal".to_owned(), principal);
    }
    Arc::new(Policy::read("all", &json!({"Version": "2012-10-17", "Statement": [statement]})))
}

#[cfg(test)]
mod tests;
