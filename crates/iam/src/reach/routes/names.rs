//! Names that somebody could give to what he makes: one of no importance, and one for each pattern that policies name.

use crate::document::Effect;
use crate::organization::Organization;
use crate::policy::{Policy, Statement};
use crate::template::Template;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What policies of an account's principals name, by what is asked.
pub(super) struct Names<'a> {
    /// By account: statements that allow something on what they name.
    statements: HashMap<&'a str, Vec<&'a Statement>>,
    /// By account, action and what stands before the name.
    found: HashMap<(String, String, String), Found>,
}

/// Names to try.
pub(super) struct Found {
    pub(super) names: Vec<String>,
    /// How many more the policies name.
    pub(super) left_out: usize,
    /// Regions that the policies name.
    pub(super) regions: BTreeSet<String>,
}

/// What stands for a wildcard.
const ANY: &str = "any";

/// Names that are tried beside that.
const MOST: usize = 8;

impl<'a> Names<'a> {
    pub(super) fn new(organization: &'a Organization) -> Self {
        let mut statements: HashMap<&str, Vec<&Statement>> = HashMap::new();
        let mut seen: HashSet<(&str, *const Policy)> = HashSet::new();
        for principal in &organization.principals {
            for policy in principal.identity.known().into_iter().flatten() {
                if seen.insert((&principal.account, Arc::as_ptr(policy))) {
                    let own = policy.statements.iter().filter(|statement| names_something(statement));
                    statements.entry(&principal.account).or_default().extend(own);
                }
            }
        }
        Self { statements, found: HashMap::new() }
    }

    /// Names for `template`, an ARN with `{name}`, that the account's policies allow `action` on.
    pub(super) fn of(&mut self, account: &str, action: &str, template: &str) -> &Found {
        let prefix = template.split("{name}").next().unwrap_or_default().splitn(6, ':').nth(5).unwrap_or_default();
        let key = (account.to_owned(), action.to_owned(), prefix.to_owned());
        let statements = self.statements.get(account).map_or(&[][..], Vec::as_slice);
        self.found.entry(key).or_insert_with(|| find(statements, action, prefix))
    }
}

fn find(statements: &[&Statement], action: &str, prefix: &str) -> Found {
    let (mut names, mut regions) = (BTreeSet::new(), BTreeSet::new());
    let mut variables = BTreeSet::new();
    let allow =
        statements.iter().filter(|statement| statement.actions.as_ref().is_some_and(|actions| actions.cover(action)));
    for pattern in allow.flat_map(|statement| patterns(statement)) {
        if pattern.keys().next().is_some() {
            variables.insert(pattern.text());
            continue;
        }
        let pattern = pattern.text();
        let mut fields = pattern.splitn(6, ':').skip(3);
        let (Some(region), Some(resource)) = (fields.next(), fields.nth(1)) else { continue };
        let specimen = resource.replace('*', ANY).replace('?', "x");
        match specimen.strip_prefix(prefix) {
            Some(name) => names.insert(name.to_owned()),
            // What begins with a wildcard may begin as the template does.
            None if resource.starts_with('*') => names.insert(specimen),
            None => continue,
        };
        if !region.is_empty() && !region.contains(['*', '?']) {
            regions.insert(region.to_owned());
        }
    }
    names.remove(ANY);
    let left_out = names.len().saturating_sub(MOST) + variables.len();
    let names = std::iter::once(ANY.to_owned()).chain(names.into_iter().take(MOST)).collect();
    Found { names, left_out, regions }
}

fn names_something(statement: &Statement) -> bool {
    statement.effect == Some(Effect::Allow) && patterns(statement).any(|pattern| pattern.text() != "*")
}

fn patterns(statement: &Statement) -> impl Iterator<Item = &Template> {
    let resources = statement.resources.iter().filter(|resources| !resources.negated);
    resources.flat_map(|resources| &resources.patterns)
}
