//! Where names lead: of each resource that something names, the ways in which it is named.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sightline_model::resource::GLOBAL;
use sightline_model::{Arn, RelationRule};

use super::name::{ends, forms, is_unique_id};
use super::related::Row;

/// The pseudo-key of what an ARN ends with.
const END: &str = "";

/// Where a name is used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) account: &'p str,
    pub(super) region: &'p str,
}

#[derive(Debug)]
struct Target {
    arn: String,
    account: String,
    region: String,
}

/// Resources by name.
#[derive(Debug, Default)]
pub(super) struct Index {
    targets: Vec<Target>,
    /// Table, key, name → places in `targets`.
    named: BTreeMap<(String, String), HashMap<String, Vec<usize>>>,
    /// Account, region, `alias/…` → the key's id.
    aliases: HashMap<(String, String, String), String>,
}

impl Index {
    /// A row of `aws_kms_alias`.
    pub(super) fn add_alias(&mut self, row: &Row) {
        if let (Some(name), Some(key)) = (row.name("alias_name"), row.name("target_key_id")) {
            self.aliases.insert((row.account_id.clone(), row.region.clone(), name.to_owned()), key.to_owned());
        }
    }

    /// The keys that aliases stand for.
    pub(super) fn aliased(&self) -> impl Iterator<Item = String> {
        self.aliases.values().cloned()
    }

    /// A row of a table that relations lead to by these keys; of its names those that are wanted are kept.
    pub(super) fn add(&mut self, row: &Row, keys: &BTreeSet<&str>, wanted: &HashSet<String>) {
        let by_key = keys.iter().copied().chain(["arn"]).filter_map(|key| Some((key, row.name(key)?.to_owned())));
        let by_end = ends(&row.arn).into_iter().map(|end| (END, end));
        let names: Vec<(&str, String)> = by_key.chain(by_end).filter(|(_, name)| wanted.contains(name)).collect();
        if names.is_empty() {
            return;
        }
        let place = self.targets.len();
        let target = Target { arn: row.arn.clone(), account: row.account_id.clone(), region: row.region.clone() };
        self.targets.push(target);
        for (key, name) in names {
            let of_key = self.named.entry((row.table_name.clone(), key.to_owned())).or_default();
            let places = of_key.entry(name).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }

    /// The resource that a value names by this rule, and its table.
    pub(super) fn find<'i>(&'i self, rule: &'i RelationRule, value: &str, at: Place<'_>) -> Option<(&'i str, &'i str)> {
        let unaliased = self.unaliased(value, at);
        let value = unaliased.unwrap_or(value);
        rule.to.iter().find_map(|table| {
            let found = forms(value).into_iter().find_map(|form| self.named_so(table, &rule.key, &form, at))?;
            Some((found, table.as_str()))
        })
    }

    fn named_so(&self, table: &str, key: &str, name: &str, at: Place<'_>) -> Option<&str> {
        let of = |key: &str| {
            let places = self.named.get(&(table.to_owned(), key.to_owned())).and_then(|named| named.get(name));
            places.into_iter().flatten().filter_map(|place| self.targets.get(*place)).collect::<Vec<_>>()
        };
        // An ARN is the same everywhere.
        if let Some(target) = of("arn").first() {
            return Some(&target.arn);
        }
        [key, END].into_iter().find_map(|key| nearest(&of(key), name, at))
    }

    /// `alias/name` and its ARN stand for a key.
    fn unaliased(&self, value: &str, at: Place<'_>) -> Option<&str> {
        let arn = value.parse::<Arn>().ok();
        let (account, region, name) = match &arn {
            Some(arn) => (arn.account_id(), arn.region(), arn.resource()),
            None => (at.account, at.region, value),
        };
        name.starts_with("alias/").then_some(())?;
        self.aliases.get(&(account.to_owned(), region.to_owned(), name.to_owned())).map(String::as_str)
    }
}

/// The one resource of a name that is meant here: names are of an account and, but for global ones, of a region. Two that are
/// equally near are none.
fn nearest<'t>(targets: &[&'t Target], name: &str, at: Place<'_>) -> Option<&'t str> {
    let of_account = |target: &&&Target| target.account == at.account;
    let near = |target: &&&Target| of_account(target) && target.region == at.region;
    let global = |target: &&&Target| of_account(target) && (target.region == GLOBAL || at.region == GLOBAL);
    let everywhere = |target: &&&Target| is_unique_id(name) || target.arn.contains(":s3:::");
    let only = |of: &dyn Fn(&&&Target) -> bool| {
        let arns: BTreeSet<&'t str> = targets.iter().filter(of).map(|target| target.arn.as_str()).collect();
        (arns.len() == 1).then(|| arns.first().copied()).flatten()
    };
    only(&near).or_else(|| only(&global)).or_else(|| only(&everywhere))
}
