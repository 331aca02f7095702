//! Policies as rules of numbers: equal parts are one number, equal documents are one document.

use super::table::{NONE, Pool, Table};
use crate::condition::Clause;
use crate::document::Effect;
use crate::formula::Formula;
use crate::interpret::{doubt, may_allow, may_deny};
use crate::policy::{Actions, Known, Policy, PrincipalPattern, Principals, Resources, Statement};
use crate::request::Layer;
use hashbrown::{DefaultHashBuilder, HashMap};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// One effect of one statement. A statement that may be either has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rule {
    /// The statement's place in its document.
    pub(super) at: u32,
    pub(super) denies: bool,
    /// [`NONE`]: any action.
    pub(super) actions: u32,
    /// [`NONE`]: every resource.
    pub(super) resources: u32,
    pub(super) guard: u32,
    /// [`NONE`]: the statement has no principals.
    pub(super) principals: u32,
}

/// What must hold beside action, resource and principal.
#[derive(Debug)]
pub(super) struct Guard<'a> {
    pub(super) conditions: &'a [Arc<Clause>],
    pub(super) doubts: Formula,
    pub(super) keys: Keys,
}

/// Condition keys, in order; and whether one tells of the principal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Keys {
    pub(super) all: Arc<[u32]>,
    pub(super) tell_of_principal: bool,
}

/// A Resource element.
#[derive(Debug)]
pub(super) struct ResourceSet<'a> {
    pub(super) resources: &'a Resources,
    /// Those of variables.
    pub(super) keys: Keys,
}

/// A Principal element.
#[derive(Debug)]
pub(super) struct PrincipalSet<'a> {
    pub(super) principals: &'a Principals,
    /// Everybody is among them.
    pub(super) is_everybody: bool,
}

/// A document's rules.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) policy: &'a Policy,
    from: u32,
    to: u32,
}

/// The policies of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Stack {
    /// All of these, by the number of the set.
    Known(u32),
    /// Could not be read.
    Unknown(Arc<str>),
}

/// All policies of an organization.
#[derive(Debug)]
pub(super) struct Compiled<'a> {
    pub(super) actions: Table<&'a Actions>,
    pub(super) resources: Table<ResourceSet<'a>>,
    pub(super) guards: Table<Guard<'a>>,
    pub(super) principals: Table<PrincipalSet<'a>>,
    /// Lower case.
    pub(super) keys: Table<&'a str>,
    rules: Table<Rule>,
    pub(super) documents: Table<Document<'a>>,
    numbers: HashMap<*const Policy, u32>,
    /// Documents that are attached together, by number and in order.
    pub(super) sets: Table<Box<[u32]>>,
}

impl<'a> Compiled<'a> {
    pub(super) fn rules(&self, document: u32) -> &[Rule] {
        let Document { from, to, .. } = self.documents[document];
        self.rules.range(from, to)
    }

    /// The number of a policy that was compiled.
    pub(super) fn document(&self, policy: &Arc<Policy>) -> Option<u32> {
        self.numbers.get(&Arc::as_ptr(policy)).copied()
    }

    pub(super) fn statement(&self, document: u32, rule: &Rule) -> Option<&'a Statement> {
        self.documents[document].policy.statements.get(rule.at as usize)
    }

    /// Whether what the rule says depends on more of the principal than its policies, but for the principals that it names.
    pub(super) fn depends_on_principal(&self, rule: &Rule) -> bool {
        let of_resources = rule.resources != NONE && self.resources[rule.resources].keys.tell_of_principal;
        of_resources || self.guards[rule.guard].keys.tell_of_principal
    }

    /// Whether the rule is about certain principals alone.
    pub(super) fn names_principals(&self, rule: &Rule) -> bool {
        rule.principals != NONE && !self.principals[rule.principals].is_everybody
    }
}

/// Equal things under one number. Where a reader shared them already they are the same thing, and not compared.
#[derive(Debug)]
struct Parts<'a, T: ?Sized>(Known<(&'a T, u32)>);

impl<T: ?Sized> Default for Parts<'_, T> {
    fn default() -> Self {
        Self(Known::default())
    }
}

impl<'a, T: ?Sized + Eq + Hash> Parts<'a, T> {
    fn number(&mut self, part: &'a Arc<T>, push: impl FnOnce(&'a T) -> u32) -> u32 {
        let part = part.as_ref();
        let is = |(known, _): &(&T, u32)| std::ptr::eq(*known, part) || *known == part;
        let (_, number) = self.0.get_or(part, is, || (part, push(part)));
        number
    }
}

/// Compiles policies one after another.
#[derive(Debug, Default)]
pub(super) struct Compiler<'a> {
    actions: Table<&'a Actions>,
    resources: Table<ResourceSet<'a>>,
    principals: Table<PrincipalSet<'a>>,
    guards: Table<Guard<'a>>,
    action_parts: Parts<'a, Actions>,
    resource_parts: Parts<'a, Resources>,
    principal_parts: Parts<'a, Principals>,
    condition_parts: Parts<'a, [Arc<Clause>]>,
    conditions: Table<()>,
    guard_numbers: HashMap<(u32, Formula), u32>,
    keys: Pool<&'a str>,
    rules: Table<Rule>,
    documents: Table<Document<'a>>,
    numbers: HashMap<*const Policy, u32>,
    by_content: HashMap<u64, u32>,
    hasher: DefaultHashBuilder,
    sets: Pool<Box<[u32]>>,
}

impl<'a> Compiler<'a> {
    /// The number of a layer's policies.
    pub(super) fn stack(&mut self, layer: &'a Layer<Vec<Arc<Policy>>>) -> Stack {
        match layer {
            Layer::Known(policies) => Stack::Known(self.set(policies)),
            Layer::Unknown(why) => Stack::Unknown(Arc::clone(why)),
        }
    }

    /// The number of policies that are attached together: neither order nor repetition matters.
    pub(super) fn set(&mut self, policies: &'a [Arc<Policy>]) -> u32 {
        let mut documents: Vec<u32> = policies.iter().map(|policy| self.document(policy)).collect();
        documents.sort_unstable();
        documents.dedup();
        self.sets.number(documents.into())
    }

    /// The number of a policy.
    pub(super) fn document(&mut self, policy: &'a Arc<Policy>) -> u32 {
        if let Some(known) = self.numbers.get(&Arc::as_ptr(policy)) {
            return *known;
        }
        let mut rules = Vec::with_capacity(policy.statements.len());
        for (at, statement) in policy.statements.iter().enumerate() {
            self.statement(policy, at, statement, &mut rules);
        }
        let hash = self.hasher.hash_one(&rules);
        let known = self.by_content.get(&hash).copied();
        let same = known.filter(|known| {
            let Document { from, to, .. } = self.documents[*known];
            self.rules.range(from, to) == rules
        });
        let number = same.unwrap_or_else(|| {
            let from = u32::try_from(self.rules.len()).unwrap_or(NONE);
            rules.iter().for_each(|rule| {
                self.rules.push(*rule);
            });
            let to = u32::try_from(self.rules.len()).unwrap_or(NONE);
            let number = self.documents.push(Document { policy, from, to });
            self.by_content.insert(hash, number);
            number
        });
        self.numbers.insert(Arc::as_ptr(policy), number);
        number
    }

    pub(super) fn finish(self) -> Compiled<'a> {
        Compiled {
            actions: self.actions,
            resources: self.resources,
            guards: self.guards,
            principals: self.principals,
            keys: self.keys.into_table(),
            rules: self.rules,
            documents: self.documents,
            numbers: self.numbers,
            sets: self.sets.into_table(),
        }
    }

    fn statement(&mut self, policy: &'a Policy, at: usize, statement: &'a Statement, rules: &mut Vec<Rule>) {
        let doubts = statement.uncertain.as_ref().map_or(Formula::True, |why| doubt(policy, at, why));
        let rule = Rule {
            at: u32::try_from(at).unwrap_or(NONE),
            denies: false,
            actions: statement
                .actions
                .as_ref()
                .map_or(NONE, |actions| self.action_parts.number(actions, |actions| self.actions.push(actions))),
            resources: statement.resources.as_ref().map_or(NONE, |resources| self.resources(resources)),
            guard: NONE,
            principals: statement.principals.as_ref().map_or(NONE, |principals| self.principals(principals)),
        };
        let mut push =
            |denies, doubts| rules.push(Rule { denies, guard: self.guard(&statement.conditions, doubts), ..rule });
        match statement.effect {
            Some(effect) => push(effect == Effect::Deny, doubts),
            None => {
                push(false, doubts.and(&may_allow(policy, at)));
                push(true, doubts.and(&may_deny(policy, at)));
            }
        }
    }

    fn resources(&mut self, resources: &'a Arc<Resources>) -> u32 {
        let (table, keys) = (&mut self.resources, &mut self.keys);
        self.resource_parts.number(resources, |resources| {
            let keys = key_numbers(keys, resources.patterns.iter().flat_map(|pattern| pattern.keys()));
            table.push(ResourceSet { resources, keys })
        })
    }

    fn principals(&mut self, principals: &'a Arc<Principals>) -> u32 {
        self.principal_parts.number(principals, |principals| {
            let is_everybody = !principals.negated && principals.patterns.contains(&PrincipalPattern::Everybody);
            self.principals.push(PrincipalSet { principals, is_everybody })
        })
    }

    fn guard(&mut self, conditions: &'a Arc<[Arc<Clause>]>, doubts: Formula) -> u32 {
        let number = if conditions.is_empty() {
            NONE
        } else {
            self.condition_parts.number(conditions, |_| self.conditions.push(()))
        };
        *self.guard_numbers.entry((number, doubts)).or_insert_with_key(|(_, doubts)| {
            let keys = key_numbers(&mut self.keys, conditions.iter().flat_map(|clause| clause.keys()));
            self.guards.push(Guard { conditions, doubts: doubts.clone(), keys })
        })
    }
}

fn key_numbers<'a>(pool: &mut Pool<&'a str>, keys: impl Iterator<Item = &'a str>) -> Keys {
    let mut tell_of_principal = false;
    let mut all: Vec<u32> = keys
        .map(|key| {
            tell_of_principal |= tells_of_principal(key);
            pool.number(key)
        })
        .collect();
    if all.is_empty() {
        return Keys::default();
    }
    all.sort_unstable();
    all.dedup();
    Keys { all: all.into(), tell_of_principal }
}

/// Whether a key's value differs between principals that ask the same question. `aws:ResourceAccount` does where what is
/// asked about counts as the caller's own.
pub(super) fn tells_of_principal(key: &str) -> bool {
    let of_everybody = matches!(key, "aws:principalorgid" | "aws:principalisawsservice");
    (key.starts_with("aws:principal") && !of_everybody)
        || matches!(key, "aws:username" | "aws:userid" | "aws:resourceaccount")
}
