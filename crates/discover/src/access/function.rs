//! `can(principal, action, resource)` and `why(principal, action, resource)` for SQL.
//!
//! Both speak of what the principal may itself; what it may by way of others is in `model_access`.

use std::collections::HashMap;
use std::sync::Arc;

use sightline_iam::explain::{Explanation, LayerSaid, explain};
use sightline_iam::formula::{Atom, Formula};
use sightline_iam::interpret::{LayerName, interpret};
use sightline_iam::organization::{PrincipalKind, Question};
use sightline_iam::request::{Policies, Request};
use sightline_iam::solve::{Tri, classify, ways};
use sightline_lake::{Session, TextFunction};
use sightline_model::untrusted::shortened;

use super::Inventory;

/// The functions' names and arguments, for help texts.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("can", "can(principal, action, resource): `allow`, `conditional`, `deny`, or `unknown` where a policy was not read"),
    ("why", "why(principal, action, resource): the statements that decide, and what the answer depends on"),
];

/// Ways of a residual that are looked at.
const WAYS: usize = 32;
/// Statements that are named.
const STATEMENTS: usize = 5;
/// Longest answer of `why`, in characters.
const WORDS: usize = 1_000;

/// Gives the session's statements `can` and `why`.
pub fn register(session: &Session, inventory: Arc<Inventory>) {
    for (name, arity, function) in functions(inventory) {
        session.register_text_function(name, arity, function);
    }
}

/// Name, number of arguments, function. NULL among the arguments gives NULL.
pub fn functions(inventory: Arc<Inventory>) -> Vec<(&'static str, usize, TextFunction)> {
    let asked = Arc::new(Asked::new(inventory));
    let why = Arc::clone(&asked);
    let can: TextFunction = Arc::new(move |arguments| Some(asked.can(three(arguments)?).to_owned()));
    let why: TextFunction = Arc::new(move |arguments| Some(why.why(three(arguments)?)));
    vec![("can", 3, can), ("why", 3, why)]
}

fn three<'a>(arguments: &[Option<&'a str>]) -> Option<[&'a str; 3]> {
    match arguments {
        [Some(principal), Some(action), Some(resource)] => Some([principal, action, resource]),
        _ => None,
    }
}

/// The inventory, and its principals by what they are called.
struct Asked {
    inventory: Arc<Inventory>,
    places: HashMap<String, usize>,
}

impl Asked {
    fn new(inventory: Arc<Inventory>) -> Self {
        let mut places = HashMap::new();
        for (at, principal) in inventory.organization.principals.iter().enumerate() {
            places.insert(principal.arn.clone(), at);
            if principal.kind == PrincipalKind::Role {
                places.insert(session_name(&principal.account, principal.name()), at);
            }
        }
        Self { inventory, places }
    }

    /// The request and its policies; else why there are none.
    fn ask(&self, [principal, action, resource]: [&str; 3]) -> Result<(Request, Policies), String> {
        let organization = &self.inventory.organization;
        let place = self.places.get(principal).or_else(|| self.places.get(&role_of(principal)?));
        let own = place.and_then(|at| organization.principals.get(*at));
        let own = own.ok_or_else(|| format!("`{}` is no user or role that was read", shortened(principal, 200)))?;
        let question: Question = self
            .inventory
            .question(action, resource)
            .ok_or_else(|| format!("whose `{}` is, is not known", shortened(resource, 200)))?;
        Ok(organization.ask(own, &question))
    }

    fn can(&self, arguments: [&str; 3]) -> &'static str {
        let Ok((request, policies)) = self.ask(arguments) else { return "unknown" };
        let allowed = interpret(&request, &policies).allowed();
        match classify(&allowed, &|_| true) {
            Tri::Allow => "allow",
            Tri::Deny => "deny",
            Tri::Conditional if rests_on_unread(&allowed) => "unknown",
            Tri::Conditional => "conditional",
        }
    }

    fn why(&self, arguments: [&str; 3]) -> String {
        match self.ask(arguments) {
            Ok((request, policies)) => shortened(&in_short(&explain(&request, &policies)), WORDS),
            Err(why) => format!("unknown: {why}"),
        }
    }
}

/// Whether no request settles the answer: every way in which it is allowed needs something that was not read.
fn rests_on_unread(allowed: &Formula) -> bool {
    let (found, _) = ways(allowed, WAYS, &|_| true);
    found.iter().all(|way| way.iter().any(|(atom, _)| matches!(**atom, Atom::Unknown(_))))
}

/// The role of a session: `arn:…:sts::account:assumed-role/name/session` as its account and name.
fn role_of(session: &str) -> Option<String> {
    let mut parts = session.splitn(6, ':').skip(4);
    let (account, resource) = (parts.next()?, parts.next()?);
    let name = resource.strip_prefix("assumed-role/")?.split('/').next()?;
    Some(session_name(account, name))
}

fn session_name(account: &str, role: &str) -> String {
    format!("{account} {role}")
}

fn in_short(explanation: &Explanation) -> String {
    let decision = match explanation.decision {
        Tri::Allow => "allow",
        Tri::Deny if explanation.explicit => "deny by a statement",
        Tri::Deny => "deny, for nothing allows it",
        Tri::Conditional => "conditional",
    };
    let deciding = explanation.layers.iter().filter(|layer| layer.decides);
    let parts: Vec<String> = deciding.map(layer).collect();
    let mut out = decision.to_owned();
    if let Some(residual) = &explanation.residual {
        out.push_str(&format!(" {residual}"));
    }
    if !parts.is_empty() {
        out.push_str(&format!(": {}", parts.join("; ")));
    }
    out
}

fn layer(said: &LayerSaid) -> String {
    let name = match said.layer {
        LayerName::Identity => "its policies",
        LayerName::Boundary => "its boundary",
        LayerName::Session => "the session policy",
        LayerName::ServiceControl => "service control policies",
        LayerName::ResourceControl => "resource control policies",
        LayerName::Resource => "the resource's policy",
        LayerName::VpcEndpoint => "the endpoint's policy",
    };
    let level = said.level.as_ref().map(|id| format!(" at {id}")).unwrap_or_default();
    if said.unread.is_some() {
        return format!("{name}{level} could not be read");
    }
    let statements = said.statements.iter().take(STATEMENTS).map(|statement| {
        let sid = statement.sid.as_ref().map(|sid| format!(" ({sid})")).unwrap_or_default();
        let effect = match statement.effect {
            Some(effect) => format!("{effect:?}").to_lowercase(),
            None => "may allow or deny".to_owned(),
        };
        format!("statement {}{sid} of {}: {effect}", statement.number, statement.policy)
    });
    let more = said.statements.len().saturating_sub(STATEMENTS);
    let more = (more > 0).then(|| format!("{more} more"));
    let all: Vec<String> = statements.chain(more).collect();
    if all.is_empty() { format!("{name}{level} say nothing of it") } else { format!("{name}{level}: {}", all.join(", ")) }
}
