//! Queries that several checks need: `checks/shared/<name>.sql`, and those of a folder of a user's own checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::{CheckError, query};

#[expect(unreachable_pub, reason = "generated")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/shared.rs"));
}

/// A query under a name, as a check's statement holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedQuery {
    /// the name of its file
    pub name: String,
    /// one SELECT
    pub sql: String,
}

/// Shared queries, by name.
#[derive(Debug, Clone, Default)]
pub struct Shared(BTreeMap<String, String>);

impl Shared {
    /// Those that ship with the product.
    pub fn embedded() -> Self {
        Self::of_files(embedded::ALL)
    }

    /// Those of an embedded folder of `<name>.sql`.
    pub(crate) fn of_files(files: &[(&str, &str)]) -> Self {
        let named = |(file, sql): &(&str, &str)| (file.trim_end_matches(".sql").to_owned(), (*sql).to_owned());
        Self(files.iter().map(named).collect())
    }

    /// These, and those of a folder, which take precedence. A folder that is not there adds none.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, CheckError> {
        if !folder.is_dir() {
            return Ok(self);
        }
        let failed = |path: &Path, error| CheckError::Read { path: path.to_owned(), error };
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            let (Some(name), Some("sql")) =
                (path.file_stem().and_then(|name| name.to_str()), path.extension().and_then(|end| end.to_str()))
            else {
                continue;
            };
            let sql = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            self.0.insert(name.to_owned(), sql);
        }
        Ok(self)
    }

    /// Those that `sql` names, each behind those that it needs itself.
    pub(crate) fn used(&self, sql: &str) -> Vec<SharedQuery> {
        let mut used = Vec::new();
        self.collect(sql, &mut used, &mut Vec::new());
        used
    }

    fn collect(&self, sql: &str, used: &mut Vec<SharedQuery>, open: &mut Vec<String>) {
        let words = query::words(sql);
        for (name, text) in self.0.iter().filter(|(name, _)| words.contains(name.as_str())) {
            if open.contains(name) || used.iter().any(|other| other.name == *name) {
                continue;
            }
            open.push(name.clone());
            self.collect(text, used, open);
            open.pop();
            used.push(SharedQuery { name: name.clone(), sql: text.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(shared: &Shared, sql: &str) -> Vec<String> {
        shared.used(sql).into_iter().map(|query| query.name).collect()
    }

    #[test]
    fn what_a_shared_query_needs_stands_before_it() {
        let shared = Shared(
            [("a", "select * from b"), ("b", "select 1"), ("c", "select 2")]
                .map(|(name, sql)| (name.to_owned(), sql.to_owned()))
                .into(),
        );
        assert_eq!(names(&shared, "select * from a"), ["b", "a"]);
        assert_eq!(names(&shared, "select * from abc"), [""; 0]);
    }

    #[test]
    fn circles_end() {
        let shared = Shared(
            [("a", "select * from b"), ("b", "select * from a")]
                .map(|(name, sql)| (name.to_owned(), sql.to_owned()))
                .into(),
        );
        assert_eq!(names(&shared, "select * from a"), ["b", "a"]);
    }
}
