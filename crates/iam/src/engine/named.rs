//! Policies that name whom they are about: found from the principal, not by going through all of them for each.

use super::compiled::Compiled;
use super::decide::{ACCOUNT, DENIED, DIRECT, ROLE};
use super::frame::Frame;
use super::residual::TRUE;
use super::row::{Asked, Live};
use super::run::{Covers, Run};
use super::table::{NONE, Table};
use crate::caller::{Caller, account_of, role_name};
use crate::formula::Formula;
use crate::interpret::{Naming, names_nobody, naming, resource_may_deny};
use crate::policy::{Policy, PrincipalPattern};
use crate::request::Layer;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By what a policy finds a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Selector<'a> {
    /// All, or all but some.
    Everybody,
    /// All of an account.
    Account(&'a str),
    /// One role, by ARN.
    Role(&'a str),
    /// One user, by ARN.
    User(&'a str),
    /// A role by the name in its sessions' ARNs.
    Sessions(&'a str, &'a str),
}

/// How a rule that is asked for each principal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Where it allows, it is this signal.
    Signal(usize),
    /// The interpreter says how the statement names the caller.
    Naming,
}

/// What the policies of columns say to those that a selector finds.
#[derive(Debug, Default)]
pub(super) struct Address {
    /// Signal, formula and span.
    pub(super) open: Vec<(usize, u32, u32)>,
    /// A rule to be asked for each principal, how it counts, and the columns whose policy it stands in.
    pub(super) live: Vec<(Live, Aim, u32)>,
}

/// The policies of columns, by whom they are about.
#[derive(Debug, Default)]
pub(super) struct Addresses<'a> {
    all: Table<Address>,
    numbers: HashMap<Selector<'a>, u32>,
}

impl<'a> Addresses<'a> {
    /// The number of what is said to those that `selector` finds.
    pub(super) fn number(&self, selector: &Selector<'_>) -> u32 {
        self.numbers.get(selector).copied().unwrap_or(NONE)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Address> {
        (number != NONE).then(|| &self.all[number])
    }
}

/// A document, and the columns whose policy it is.
struct Standing<'a> {
    policy: &'a Policy,
    columns: Vec<u32>,
}

/// Collects what is said to whom; columns of equal sayings together.
#[derive(Default)]
struct Draft<'a> {
    open: HashMap<Selector<'a>, BTreeMap<(usize, u32), Vec<u32>>>,
    live: HashMap<Selector<'a>, Vec<(Live, Aim, u32)>>,
}

impl<'e, 'a> Run<'e, 'a> {
    /// What the resources' policies of columns say of an action.
    pub(super) fn addresses(
        &mut self,
        policies: Vec<(u32, Layer<&'a [Arc<Policy>]>)>,
        asked: &mut Asked<'_>,
        covers: &mut Covers<'e>,
    ) -> Addresses<'a> {
        let mut draft = Draft::default();
        let mut columns_of: BTreeMap<(u32, *const Policy), Standing<'a>> = BTreeMap::new();
        for (column, layer) in policies {
            match layer {
                Layer::Known(all) => {
                    for policy in all {
                        let standing = || Standing { policy, columns: Vec::new() };
                        columns_of.entry(self.key_of(policy)).or_insert_with(standing).columns.push(column);
                    }
                }
                Layer::Unknown(why) => self.unread(&why, column, &mut draft, covers),
            }
        }
        for ((document, _), Standing { policy, columns }) in columns_of {
            let span = covers.frame.keep(columns.into_iter().collect());
            self.draft(document, policy, span, &mut draft, asked, covers);
        }
        draft.finish(&mut covers.frame)
    }

    /// Equal documents are one, but where what is said of them has the policy's name in it.
    fn key_of(&self, policy: &Arc<Policy>) -> (u32, *const Policy) {
        let nameless = policy.statements.iter().any(|statement| statement.principals.is_none());
        let document = self.engine.compiled.document(policy).unwrap_or(NONE);
        (document, if nameless { Arc::as_ptr(policy) } else { std::ptr::null() })
    }

    fn unread(&mut self, why: &str, column: u32, draft: &mut Draft<'a>, covers: &mut Covers<'e>) {
        let span = covers.frame.keep_one(column);
        let allows = self.residuals.number(Formula::unknown(why));
        let denies = self.residuals.number(resource_may_deny(why));
        for (signal, formula) in [(DIRECT, allows), (ROLE, allows), (ACCOUNT, allows), (DENIED, denies)] {
            draft.say(Selector::Everybody, signal, formula, span, &covers.frame);
        }
    }

    fn draft(
        &mut self,
        document: u32,
        policy: &'a Policy,
        span: u32,
        draft: &mut Draft<'a>,
        asked: &mut Asked<'_>,
        covers: &mut Covers<'e>,
    ) {
        let compiled = &self.engine.compiled;
        for rule in compiled.rules(document) {
            if !self.is_about(rule, asked) {
                continue;
            }
            let found = selectors(compiled, rule.principals);
            let live = Live { document, rule: *rule };
            if found.iter().any(|(_, aim)| *aim == Aim::Naming) || compiled.depends_on_principal(rule) {
                for (selector, aim) in found {
                    draft.live.entry(selector).or_default().push((live, aim, span));
                }
                continue;
            }
            for (formula, where_it_applies) in self.apply(rule, None, covers) {
                let formula = self.and_nameless(formula, &live, policy);
                let both = covers.frame.within(where_it_applies, span);
                for (selector, aim) in &found {
                    let Aim::Signal(signal) = *aim else { continue };
                    draft.say(*selector, if rule.denies { DENIED } else { signal }, formula, both, &covers.frame);
                }
            }
        }
    }

    /// A resource's policy without principals is in doubt; one that could not be read is already.
    fn and_nameless(&mut self, formula: u32, live: &Live, policy: &Policy) -> u32 {
        let at = live.rule.at as usize;
        let is_nameless =
            |statement: &crate::policy::Statement| statement.principals.is_none() && statement.uncertain.is_none();
        if !policy.statements.get(at).is_some_and(is_nameless) {
            return formula;
        }
        let doubt = self.residuals.number(names_nobody(policy, at));
        self.residuals.and(formula, doubt)
    }

    /// Where and when a rule that is asked for each principal counts as what.
    pub(super) fn address(
        &mut self,
        (live, aim, span): (Live, Aim, u32),
        principal: usize,
        has_boundary: &Formula,
        covers: &mut Covers<'e>,
    ) -> Vec<(usize, u32, u32)> {
        let kinds: Vec<(usize, u32)> = match aim {
            Aim::Signal(signal) => {
                let nameless = self.and_nameless(TRUE, &live, self.engine.compiled.documents[live.document].policy);
                vec![(if live.rule.denies { DENIED } else { signal }, nameless)]
            }
            Aim::Naming => self.naming(&live, principal, has_boundary),
        };
        let mut out = Vec::new();
        for (formula, where_it_applies) in self.apply(&live.rule, Some(principal), covers) {
            let both = covers.frame.within(where_it_applies, span);
            for (signal, names) in &kinds {
                out.push((*signal, self.residuals.and(formula, *names), both));
            }
        }
        out
    }

    fn naming(&mut self, live: &Live, principal: usize, has_boundary: &Formula) -> Vec<(usize, u32)> {
        let Naming { direct, role, account } = match self.named(live, principal, has_boundary) {
            Some(naming) if live.rule.denies => return vec![(DENIED, self.residuals.number(naming.any()))],
            Some(naming) => naming,
            None => return Vec::new(),
        };
        [(DIRECT, direct), (ROLE, role), (ACCOUNT, account)]
            .map(|(signal, when)| (signal, self.residuals.number(when)))
            .into()
    }

    /// How the interpreter says that a rule's statement names a principal.
    pub(super) fn named(&self, live: &Live, principal: usize, has_boundary: &Formula) -> Option<Naming> {
        let statement = self.engine.compiled.statement(live.document, &live.rule)?;
        let caller = self.engine.organization.principals.get(principal)?.caller();
        Some(naming(statement, &caller, has_boundary))
    }
}

/// Whom a Principal element is about, and how.
fn selectors<'a>(compiled: &Compiled<'a>, principals: u32) -> Vec<(Selector<'a>, Aim)> {
    // Without principals the statement's own doubt goes with it.
    if principals == NONE {
        return vec![(Selector::Everybody, Aim::Signal(DIRECT))];
    }
    let principals = compiled.principals[principals].principals;
    if principals.negated {
        return vec![(Selector::Everybody, Aim::Naming)];
    }
    let mut out: Vec<(Selector<'a>, Aim)> = principals.patterns.iter().filter_map(selector).collect();
    // How several names that may be the caller's go together is left to the interpreter.
    if out.iter().any(|(_, aim)| *aim == Aim::Naming) {
        out.iter_mut().for_each(|(_, aim)| *aim = Aim::Naming);
    }
    out.sort_unstable_by_key(|(selector, _)| *selector);
    out.dedup();
    out
}

/// INVARIANT: finds every user and role that [`PrincipalPattern::names`] or [`PrincipalPattern::may_name`] does.
fn selector(pattern: &PrincipalPattern) -> Option<(Selector<'_>, Aim)> {
    Some(match pattern {
        PrincipalPattern::Everybody => (Selector::Everybody, Aim::Signal(DIRECT)),
        PrincipalPattern::Account(account) => (Selector::Account(account), Aim::Signal(ACCOUNT)),
        PrincipalPattern::Role(arn) => (Selector::Role(arn), Aim::Signal(ROLE)),
        PrincipalPattern::User(arn) => (Selector::User(arn), Aim::Signal(DIRECT)),
        PrincipalPattern::Session(arn) => {
            (Selector::Sessions(account_of(arn).unwrap_or_default(), role_name(arn).unwrap_or_default()), Aim::Naming)
        }
        PrincipalPattern::CanonicalUser(_) => (Selector::Everybody, Aim::Naming),
        PrincipalPattern::FederatedUser(_)
        | PrincipalPattern::Service(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Deleted(_) => return None,
    })
}

/// The selectors that find a caller.
pub(super) fn found_by(caller: &Caller) -> Vec<Selector<'_>> {
    let mut out = vec![Selector::Everybody];
    out.extend(caller.account().map(Selector::Account));
    match caller {
        Caller::Role { arn } => {
            out.push(Selector::Role(arn));
            let name = arn.rsplit('/').next().unwrap_or_default();
            out.push(Selector::Sessions(account_of(arn).unwrap_or_default(), name));
        }
        Caller::User { arn } => out.push(Selector::User(arn)),
        _ => {}
    }
    out
}

impl<'a> Draft<'a> {
    fn say(&mut self, selector: Selector<'a>, signal: usize, formula: u32, span: u32, frame: &Frame<'_>) {
        let columns = self.open.entry(selector).or_default().entry((signal, formula)).or_default();
        frame.span(span).each_in(&frame.everything, |column| columns.push(column));
    }

    fn finish(mut self, frame: &mut Frame<'_>) -> Addresses<'a> {
        let mut out = Addresses::default();
        for selector in self.live.keys().chain(self.open.keys()).copied().collect::<std::collections::BTreeSet<_>>() {
            let mut open = Vec::new();
            for ((signal, formula), columns) in self.open.remove(&selector).unwrap_or_default() {
                let span = match columns.as_slice() {
                    [one] => frame.keep_one(*one),
                    _ => frame.keep(columns.into_iter().collect()),
                };
                open.push((signal, formula, span));
            }
            let live = self.live.remove(&selector).unwrap_or_default();
            out.numbers.insert(selector, out.all.push(Address { open, live }));
        }
        out
    }
}
