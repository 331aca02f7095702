//! The catalogue: every inventory table of AWS, a few lines of TOML each, the rest derived from the API model.
//!
//! To add a table, write it into `tables/<service>.toml`, run `tools/models/generate.sh` so that the API model holds its
//! calls, then the tests: they refuse what does not fit and show what the new table looks like. The keys of a declaration are
//! explained in `catalogue/declaration.rs`.

mod columns;
mod declaration;
mod relation;
mod resolve;
pub(crate) mod shape;
mod table;
pub(crate) mod template;

pub use declaration::Scope;
pub(crate) use sightline_model::path;
pub use table::{Batch, Call, Declared, Detail, List, Source, Table};
pub(crate) use table::{KUBERNETES, RowRules};
pub use template::Template;

use crate::CollectError;
use crate::special;
use serde_json::Value;
use sightline_model::TableSchema;
use std::collections::{BTreeMap, BTreeSet};

/// The files of `tables/`.
#[expect(unreachable_pub, reason = "the registry cannot know who includes it")]
mod files {
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

/// All tables.
#[derive(Clone)]
pub struct Catalogue {
    tables: BTreeMap<String, Table>,
}

/// A call that needs nothing to be known before.
#[derive(Debug, Clone)]
pub struct FirstCall {
    /// the call
    pub call: Call,
    /// its input
    pub input: Value,
    /// codes of failures which say that the account or the region has no such service
    pub unsupported: Vec<String>,
}

/// An input as it is declared, with the account where `{account_id}` stands.
pub(crate) fn filled(value: &Value, account_id: &str) -> Value {
    if value == "{account_id}" { Value::from(account_id) } else { value.clone() }
}

/// The catalogue that is built in.
///
/// # Errors
/// A declaration that does not fit the API model; the error names file and table.
pub fn catalogue() -> Result<Catalogue, CollectError> {
    Catalogue::read(files::ALL)
}

/// Calls of every scan beside those of the tables: who we are, and which regions are enabled.
pub(crate) const OWN_ACTIONS: &[&str] = &["account:ListRegions", "ec2:DescribeRegions", "sts:GetCallerIdentity"];

impl Catalogue {
    /// Reads declarations: pairs of file name and TOML text; the special collectors come beside them.
    ///
    /// # Errors
    /// As [`catalogue`].
    pub fn read(files: &[(&str, &str)]) -> Result<Self, CollectError> {
        let mut tables = BTreeMap::new();
        for (file, text) in files {
            let parsed: declaration::File = toml::from_str(text)
                .map_err(|error| CollectError::TableFile { file: (*file).to_owned(), reason: error.to_string() })?;
            for declared in parsed.table {
                let name = declared.name.clone();
                let fault =
                    |reason| CollectError::TableDeclaration { file: (*file).to_owned(), table: name.clone(), reason };
                let table = resolve::table(file, declared).map_err(fault)?;
                if tables.insert(name.clone(), table).is_some() {
                    return Err(fault("the name is taken".to_owned()));
                }
            }
        }
        for table in special::tables() {
            tables.insert(table.name.clone(), table);
        }
        let catalogue = Self { tables };
        catalogue.check_parents()?;
        Ok(catalogue)
    }

    /// All tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// A table, the one above it, and so on, as long as none comes twice.
    pub(crate) fn lineage<'c>(&'c self, table: &'c Table) -> impl Iterator<Item = &'c Table> {
        let above = |table: &&'c Table| table.parent().and_then(|parent| self.table(parent));
        // More than there are tables would be a circle.
        std::iter::successors(Some(table), above).take(self.tables.len())
    }

    /// The tables that are asked for every row of this one.
    pub fn children<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c Table> {
        self.tables().filter(move |table| table.parent() == Some(name))
    }

    /// The schemas of all tables' views.
    pub fn schemas(&self) -> Vec<TableSchema> {
        self.tables().map(Table::schema).collect()
    }

    /// Every IAM action that a scan of all tables needs.
    pub fn actions(&self) -> BTreeSet<String> {
        let own = OWN_ACTIONS.iter().map(|action| (*action).to_owned());
        let calls = self.tables().flat_map(Table::calls).filter(|call| call.is_of_iam());
        own.chain(calls.map(|call| call.action.clone())).collect()
    }

    /// The calls that list without anything being known before, one each, those of the account and of regions alike.
    pub fn first_calls(&self, account_id: &str) -> Vec<FirstCall> {
        let mut first: BTreeMap<&str, FirstCall> = BTreeMap::new();
        for table in self.tables() {
            let Source::Declared(declared) = &table.source else { continue };
            let list = &declared.list;
            if list.parent.is_some() || !list.call.is_of_iam() {
                continue;
            }
            let input = list.inputs.first().into_iter().flatten();
            let input = input.map(|(name, value)| (name.clone(), filled(value, account_id))).collect();
            let unsupported = list.unsupported.iter().cloned().collect();
            let one = FirstCall { call: list.call.clone(), input: Value::Object(input), unsupported };
            first.entry(&list.call.action).or_insert(one);
        }
        first.into_values().collect()
    }

    /// The IAM actions that one table needs to be whole, its parents' among them; none for a table that is not there.
    pub fn actions_of(&self, name: &str) -> BTreeSet<String> {
        let mut actions = BTreeSet::new();
        let mut next = self.table(name);
        while let Some(table) = next {
            let calls = table.calls().into_iter().filter(|call| call.is_of_iam());
            actions.extend(calls.map(|call| call.action.clone()));
            next = table.parent().and_then(|parent| self.table(parent));
        }
        actions
    }

    /// INVARIANT: parents exist, are asked for in the same scope, have the columns that are bound, and form no circle.
    fn check_parents(&self) -> Result<(), CollectError> {
        for table in self.tables() {
            let Source::Declared(declared) = &table.source else { continue };
            let Some(parent) = &declared.list.parent else { continue };
            let fault = |reason| {
                Err(CollectError::TableDeclaration { file: table.file.clone(), table: table.name.clone(), reason })
            };
            let Some(above) = self.table(&parent.table) else {
                return fault(format!("there is no table `{}` to be its parent", parent.table));
            };
            if self.lineage(above).any(|above| above.name == table.name) || above.scope != table.scope {
                return fault(format!(
                    "`{}` cannot be a parent: it has another scope, or is below this table itself",
                    above.name
                ));
            }
            let known = |name: &&String| *name == "arn" || above.columns.iter().any(|column| column.name == **name);
            if let Some(missing) = parent.bind.values().chain(parent.carry.values()).find(|name| !known(name)) {
                return fault(format!("`{}` has no column `{missing}`", above.name));
            }
        }
        Ok(())
    }
}
