//! Equal parts of policies kept once.

use super::{Actions, Principals, Resources};
use crate::condition::Clause;
use crate::template::Template;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::convert::Infallible;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// The parts of the policies read so far.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    sids: Known<Arc<str>>,
    actions: Known<Arc<Actions>>,
    resources: Known<Arc<Resources>>,
    principals: Known<Arc<Principals>>,
    conditions: Known<Arc<[Arc<Clause>]>>,
}

/// Things found by what they are made of. A thing's hash stands beside it: it is found out once however often the table grows.
#[derive(Debug)]
pub(crate) struct Known<T> {
    hasher: DefaultHashBuilder,
    all: HashTable<(u64, T)>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { hasher: DefaultHashBuilder::default(), all: HashTable::new() }
    }
}

impl<T: Clone> Known<T> {
    /// What was made of `of` before (`is` tells), or else what `make` makes of it.
    pub(crate) fn get_or(&mut self, of: &(impl Hash + ?Sized), is: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> T {
        let made = self.try_get_or(of, is, || Ok::<T, Infallible>(make()));
        made.unwrap_or_else(|never| match never {})
    }

    /// The same where nothing may be made of it.
    fn try_get_or<E>(
        &mut self,
        of: &(impl Hash + ?Sized),
        is: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let hash = self.hasher.hash_one(of);
        if let Some((_, known)) = self.all.find(hash, |(own, known)| *own == hash && is(known)) {
            return Ok(known.clone());
        }
        let new = make()?;
        self.all.insert_unique(hash, (hash, new.clone()), |(hash, _)| *hash);
        Ok(new)
    }
}

impl<T: ?Sized + Eq + Hash> Known<Arc<T>> {
    /// What is equal to `part`.
    fn same(&mut self, part: &Arc<T>) -> Arc<T> {
        self.get_or(part.as_ref(), |known| **known == **part, || Arc::clone(part))
    }
}

impl Interner {
    pub(super) fn sid(&mut self, text: &str) -> Arc<str> {
        self.sids.get_or(text, |known| **known == *text, || text.into())
    }

    /// What is made of these patterns; `make` says what is wrong with them.
    pub(super) fn actions(
        &mut self,
        negated: bool,
        patterns: &[&str],
        make: impl FnOnce() -> Result<Vec<String>, String>,
    ) -> Result<Arc<Actions>, String> {
        let is = |known: &Arc<Actions>| known.negated == negated && known.patterns == patterns;
        self.actions.try_get_or(&(negated, patterns), is, || Ok(Arc::new(Actions { negated, patterns: make()? })))
    }

    /// What is made of these texts.
    pub(super) fn resources(
        &mut self,
        negated: bool,
        texts: &[&str],
        has_variables: bool,
    ) -> Result<Arc<Resources>, String> {
        let has_variables = has_variables && texts.iter().any(|text| text.contains("${"));
        let is = |known: &Arc<Resources>| {
            known.negated == negated
                && known.patterns.iter().any(|pattern| !pattern.is_plain()) == has_variables
                && known.patterns.iter().map(Template::text).eq(texts.iter().copied())
        };
        self.resources.try_get_or(&(negated, has_variables, texts), is, || {
            let patterns =
                texts.iter().map(|text| Template::parse(text, has_variables)).collect::<Result<_, String>>()?;
            Ok(Arc::new(Resources { negated, patterns }))
        })
    }

    pub(super) fn principals(&mut self, principals: Principals) -> Arc<Principals> {
        self.principals.same(&Arc::new(principals))
    }

    pub(super) fn conditions(&mut self, conditions: Vec<Arc<Clause>>) -> Arc<[Arc<Clause>]> {
        if conditions.is_empty() { Arc::default() } else { self.conditions.same(&conditions.into()) }
    }
}
