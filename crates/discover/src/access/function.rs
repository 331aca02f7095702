//! `can(principal, action, resource)` and `why(principal, action, resource)` for SQL.
//!
//! Both speak of what the principal may itself; what it may by way of others is in `model_access`.

use std::collections::HashMap;
use std::sync::Arc;

use sightline_iam::explain::{Explanation, LayerSaid, explain};
use sightline_iam::formula::{Atom, Formula};
use sightline_iam::interpret::{LayerName, interpret};
use sightline_iam::organization::{Principal, PrincipalKind, Question, is_of_aws};
use sightline_iam::reach::{Ask, Doubt, Part};
use sightline_iam::solve::{Tri, classify, ways};
use sightline_lake::{Session, TextFunction};
use sightline_model::untrusted::shortened;

use super::Inventory;

/// The functions' names and arguments, for help texts.
pub const FUNCTIONS: &[(&str, &str)] = &[
    (
        "can",
        "can(principal, action, resource): `allow`, `conditional`, `deny`, or `unknown` where a policy was not read",
    ),
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

/// What `can` answers, in the order in which a permission that is needed beside others decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Allow,
    Conditional,
    Unknown,
    Deny,
}

impl Answer {
    fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Conditional => "conditional",
            Self::Unknown => "unknown",
            Self::Deny => "deny",
        }
    }
}

/// The inventory, its principals by what they are called, and what one use of a model needs.
struct Asked {
    inventory: Arc<Inventory>,
    places: HashMap<String, usize>,
    /// (action in lower case, resource) → places among the inventory's asks
    asks: HashMap<(String, String), Vec<usize>>,
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
        let mut asks: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, ask) in inventory.asks.iter().enumerate() {
            asks.entry((ask.action.to_ascii_lowercase(), ask.resource.clone())).or_default().push(at);
        }
        Self { inventory, places, asks }
    }

    fn principal(&self, name: &str) -> Option<&Principal> {
        let place = self.places.get(name).or_else(|| self.places.get(&role_of(name)?))?;
        self.inventory.organization.principals.get(*place)
    }

    /// What all is needed: several ways where any of them does. None where it is not known whose the resource is.
    fn asks(&self, action: &str, resource: &str) -> Option<Vec<Ask>> {
        if let Some(places) = self.asks.get(&(action.to_ascii_lowercase(), resource.to_owned())) {
            return Some(places.iter().filter_map(|at| self.inventory.asks.get(*at)).cloned().collect());
        }
        Some(vec![self.inventory.question(action, resource)?.into()])
    }

    fn can(&self, [principal, action, resource]: [&str; 3]) -> &'static str {
        let (Some(principal), Some(asks)) = (self.principal(principal), self.asks(action, resource)) else {
            return Answer::Unknown.word();
        };
        asks.iter().map(|ask| self.answer(principal, ask)).min().unwrap_or(Answer::Unknown).word()
    }

    fn answer(&self, principal: &Principal, ask: &Ask) -> Answer {
        let parts = ask.parts.iter().map(|part| self.part(principal, part)).max().unwrap_or(Answer::Unknown);
        let may_be_guarded = self.inventory.unknown_guardrails(ask, &principal.account).next().is_some();
        if may_be_guarded { parts.max(Answer::Unknown) } else { parts }
    }

    fn part(&self, principal: &Principal, part: &Part) -> Answer {
        if !part.callers.is_empty() && !part.callers.contains(&principal.account) {
            return Answer::Allow;
        }
        let own = self.one(principal, &part.question);
        match &part.doubt {
            None => own,
            Some(_) if own == Answer::Allow && !matches!(part.doubt, Some(Doubt::Other(..))) => own,
            Some(Doubt::Other(other, _)) if self.one(principal, other) == own => own,
            Some(_) => Answer::Unknown,
        }
    }

    fn one(&self, principal: &Principal, question: &Question) -> Answer {
        // What AWS owns is used on the caller's own account.
        let elsewhere = !question.resource_account.is_empty() && question.resource_account != principal.account;
        if elsewhere && is_of_aws(&question.resource) {
            return Answer::Deny;
        }
        let (request, policies) = self.inventory.organization.ask(principal, question);
        let allowed = interpret(&request, &policies).allowed();
        match classify(&allowed, &|_| true) {
            Tri::Allow => Answer::Allow,
            Tri::Deny => Answer::Deny,
            Tri::Conditional if rests_on_unread(&allowed) => Answer::Unknown,
            Tri::Conditional => Answer::Conditional,
        }
    }

    fn why(&self, [principal, action, resource]: [&str; 3]) -> String {
        let Some(own) = self.principal(principal) else {
            return format!("unknown: `{}` is no user or role that was read", shortened(principal, 200));
        };
        let Some(asks) = self.asks(action, resource) else {
            return format!("unknown: whose `{}` is, is not known", shortened(resource, 200));
        };
        let best = asks.iter().min_by_key(|ask| self.answer(own, ask));
        // The part that decides tells why.
        let worst = best.and_then(|ask| ask.parts.iter().rev().max_by_key(|part| self.part(own, part)));
        let Some((ask, part)) = best.zip(worst) else { return Answer::Unknown.word().to_owned() };
        let (request, policies) = self.inventory.organization.ask(own, &part.question);
        let mut out = in_short(&explain(&request, &policies));
        if ask.parts.len() > 1 {
            out = format!("{} of {} permissions: {out}", part.label, ask.parts.len());
        }
        for unless in self.inventory.unknown_guardrails(ask, &own.account) {
            out.push_str(&format!("; and if {}", unless.unless));
        }
        shortened(&out, WORDS)
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
    if all.is_empty() {
        format!("{name}{level} say nothing of it")
    } else {
        format!("{name}{level}: {}", all.join(", "))
    }
}
