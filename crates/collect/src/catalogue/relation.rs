//! Declared relations against the columns of their table and of the tables that they lead to.

use super::Catalogue;
use super::columns::Columns;
use super::declaration::RelationDeclaration;
use super::table::{RowRules, Table};
use sightline_model::path::Path;
use sightline_model::{ColumnType, RelationRule};
use std::collections::BTreeSet;

/// The rule that a declaration speaks of. The error is a sentence about the fault.
pub(super) fn rule(
    declared: &RelationDeclaration,
    columns: &Columns<'_>,
    row: &RowRules,
    hidden: &BTreeSet<String>,
) -> Result<RelationRule, String> {
    let column = Path::parse(&declared.column).map_err(|fault| fault.to_string())?;
    check_path(&column, columns, row, hidden).map_err(|fault| format!("relation `{column}`: {fault}"))?;
    let to = declared.to.as_slice().to_vec();
    if to.is_empty() {
        return Err(format!("relation `{column}` leads to no table"));
    }
    Ok(RelationRule { kind: declared.kind, column, to, key: declared.key.clone() })
}

fn check_path(path: &Path, columns: &Columns<'_>, row: &RowRules, hidden: &BTreeSet<String>) -> Result<(), String> {
    let Some((kind, origins)) = columns.shapes(path.column()) else {
        return Err(format!("there is no column `{}`", path.column()));
    };
    if hidden.contains(path.column()) || path.column() == "arn" {
        return Err(format!("rows do not keep `{}`", path.column()));
    }
    if row.redact.iter().any(|secret| path.is_within(secret)) {
        return Err("it is redacted".to_owned());
    }
    // Documents in a text, and what is derived from them, have no shape that could be looked at.
    let is_free = row.json.iter().any(|document| path.is_within(document)) || row.derived.contains_key(path.column());
    match origins {
        _ if is_free => Ok(()),
        [] if path.is_column() && kind == ColumnType::Text => Ok(()),
        [] => Err("the column is a single text".to_owned()),
        [one] => one.leads_to_text(path.steps()),
        // A list's summary of a resource is often less than its description.
        several => {
            let faults: Vec<String> = several.iter().filter_map(|of| of.leads_to_text(path.steps()).err()).collect();
            match faults.into_iter().nth(several.len() - 1) {
                Some(fault) => Err(fault),
                None => Ok(()),
            }
        }
    }
}

impl Catalogue {
    /// Relations that lead to a table or column that is not there, a sentence each. The built-in catalogue has none; a
    /// relation that leads nowhere is dangling for every row, and stops nothing.
    pub fn stray_relations(&self) -> Vec<String> {
        let of_table = |table: &Table| {
            let faults = table.relations.iter().flat_map(|rule| self.faults_of(rule)).collect::<Vec<_>>();
            faults
                .into_iter()
                .map(|fault| format!("{}, table `{}`: {fault}", table.file, table.name))
                .collect::<Vec<_>>()
        };
        self.tables().flat_map(of_table).collect()
    }

    fn faults_of(&self, rule: &RelationRule) -> Vec<String> {
        let fault = |name: &String| match self.table(name) {
            None => Some(format!("relation `{}`: there is no table `{name}`", rule.column)),
            Some(other) if !has_key(other, &rule.key) => {
                Some(format!("relation `{}`: `{name}` has no column `{}`", rule.column, rule.key))
            }
            Some(_) => None,
        };
        rule.to.iter().filter_map(fault).collect()
    }
}

fn has_key(table: &Table, key: &str) -> bool {
    matches!(key, "arn" | "title") || table.columns.iter().any(|column| column.name == key)
}
