//! Equal parts of policies kept once.

use super::{Actions, Policy, Principals, Resources};
use crate::condition::Clause;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

/// The parts of the policies read so far.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    hasher: RandomState,
    actions: HashSet<Hashed<Arc<Actions>>>,
    resources: HashSet<Hashed<Arc<Resources>>>,
    principals: HashSet<Hashed<Arc<Principals>>>,
    conditions: HashSet<Hashed<Arc<[Arc<Clause>]>>>,
}

/// A part with its hash, which is then found out once however often a table of parts grows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hashed<T> {
    hash: u64,
    part: T,
}

impl<T: Hash> Hashed<T> {
    pub(crate) fn new(part: T, hasher: &RandomState) -> Self {
        Self { hash: hasher.hash_one(&part), part }
    }
}

impl<T> Hash for Hashed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Interner {
    /// Lets the policy's parts be those of the policies before it, where they are equal.
    pub(crate) fn share(&mut self, policy: &mut Policy) {
        policy.statements.shrink_to_fit();
        for statement in &mut policy.statements {
            share(&mut self.actions, statement.actions.as_mut(), &self.hasher);
            share(&mut self.resources, statement.resources.as_mut(), &self.hasher);
            share(&mut self.principals, statement.principals.as_mut(), &self.hasher);
            let conditions = Some(&mut statement.conditions).filter(|conditions| !conditions.is_empty());
            share(&mut self.conditions, conditions, &self.hasher);
        }
    }
}

fn share<T: ?Sized + Eq + Hash>(known: &mut HashSet<Hashed<Arc<T>>>, part: Option<&mut Arc<T>>, hasher: &RandomState) {
    let Some(part) = part else { return };
    let hashed = Hashed::new(Arc::clone(part), hasher);
    match known.get(&hashed) {
        Some(same) => *part = Arc::clone(&same.part),
        None => {
            known.insert(hashed);
        }
    }
}
