//! The columns of a table while they are gathered from its calls.

use super::shape::Origin;
use sightline_model::column::STANDARD_COLUMNS;
use sightline_model::{Column, ColumnType};
use std::collections::{BTreeMap, BTreeSet};

/// Columns in the order in which the calls bring them.
pub(super) struct Columns<'d> {
    rename: &'d BTreeMap<String, String>,
    found: Vec<Found>,
}

struct Found {
    column: Column,
    from: String,
    /// The shapes that its values may have; none for what is no member of an answer.
    origins: Vec<Origin>,
}

impl<'d> Columns<'d> {
    pub(super) fn new(rename: &'d BTreeMap<String, String>) -> Self {
        Self { rename, found: Vec::new() }
    }

    /// Member → column, as declared.
    pub(super) fn rename(&self) -> &'d BTreeMap<String, String> {
        self.rename
    }

    pub(super) fn add(&mut self, from: &str, columns: Vec<(Column, Origin)>) -> Result<(), String> {
        columns.into_iter().try_for_each(|(column, origin)| self.add_shaped(from, &column.name, column.kind, origin))
    }

    /// A column whose values have this shape.
    pub(super) fn add_shaped(
        &mut self,
        from: &str,
        name: &str,
        kind: ColumnType,
        origin: Origin,
    ) -> Result<(), String> {
        self.add_one(from, name, kind)?;
        self.found.iter_mut().filter(|found| found.column.name == name).for_each(|found| found.origins.push(origin));
        Ok(())
    }

    /// A column that is there already must be of the same type.
    pub(super) fn add_one(&mut self, from: &str, name: &str, kind: ColumnType) -> Result<(), String> {
        match self.found.iter().find(|found| found.column.name == name) {
            Some(other) if other.column.kind != kind => Err(format!(
                "column `{name}` is {} in `{}` and {} in `{from}`: take one `into` a column of its own",
                word(other.column.kind),
                other.from,
                word(kind)
            )),
            Some(_) => Ok(()),
            None => {
                self.found.push(Found { column: Column::new(name, kind), from: from.to_owned(), origins: Vec::new() });
                Ok(())
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.found.iter().any(|found| found.column.name == name)
    }

    /// The column's type and the shapes that its values may have.
    pub(super) fn shapes(&self, name: &str) -> Option<(ColumnType, &[Origin])> {
        let found = self.found.iter().find(|found| found.column.name == name)?;
        Some((found.column.kind, &found.origins))
    }

    pub(super) fn retype(&mut self, name: &str, kind: ColumnType) {
        self.found.iter_mut().filter(|found| found.column.name == name).for_each(|found| found.column.kind = kind);
    }

    pub(super) fn known(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), String> {
        names.into_iter().try_for_each(|name| {
            let name = name.as_ref();
            if self.has(name) { Ok(()) } else { Err(format!("there is no column `{name}`")) }
        })
    }

    pub(super) fn known_or_standard<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<(), String> {
        let given = ["partition", "region", "account_id"];
        self.known(names.into_iter().filter(|name| !given.contains(name)))
    }

    /// The table's own columns. `arn` and `tags` of the API are the standard ones; another clash must be renamed.
    pub(super) fn finish(self, hidden: &BTreeSet<String>) -> Result<Vec<Column>, String> {
        let columns = self.found.into_iter().map(|found| found.column).filter(|c| !hidden.contains(&c.name));
        columns
            .filter(|column| !matches!(column.name.as_str(), "arn" | "tags"))
            .map(|column| match STANDARD_COLUMNS.iter().any(|(name, _)| *name == column.name) {
                true => Err(format!("column `{}` is one that every table has: rename or drop the member", column.name)),
                false => Ok(column),
            })
            .collect()
    }
}

fn word(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Bool => "a truth value",
        ColumnType::Int => "an integer",
        ColumnType::Float => "a float",
        ColumnType::Text => "text",
        ColumnType::Time => "a time",
        ColumnType::Json => "JSON",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clash_of_types_is_refused() {
        let rename = BTreeMap::new();
        let mut columns = Columns::new(&rename);
        columns.add_one("a:List", "size", ColumnType::Int).unwrap();
        columns.add_one("a:Get", "size", ColumnType::Int).unwrap();
        insta::assert_snapshot!(
            columns.add_one("a:Get", "size", ColumnType::Text).unwrap_err(),
            @"column `size` is an integer in `a:List` and text in `a:Get`: take one `into` a column of its own"
        );
    }

    #[test]
    fn a_clash_with_a_standard_column_is_refused() {
        let rename = BTreeMap::new();
        let mut columns = Columns::new(&rename);
        columns.add_one("a:List", "region", ColumnType::Text).unwrap();
        assert!(columns.finish(&BTreeSet::new()).is_err());
    }
}
