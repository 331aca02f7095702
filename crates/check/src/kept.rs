//! Shared queries whose rows are made once a run, when a check first needs them, and read by all others as a table.

use std::collections::BTreeMap;

use sightline_lake::Workspace;
use tokio::sync::OnceCell;

use crate::query::{Query, with_shared};
use crate::shared::SharedQuery;

/// The shared queries of all checks of a run.
pub(crate) struct Kept(BTreeMap<String, One>);

struct One {
    sql: String,
    /// whether its rows are held
    made: OnceCell<bool>,
}

impl Kept {
    /// The shared queries of these, none made yet. Of two that have one name it is the first.
    pub(crate) fn new(queries: &[Query]) -> Self {
        let mut kept = BTreeMap::new();
        for query in queries.iter().flat_map(|query| &query.shared) {
            kept.entry(query.name.clone()).or_insert_with(|| One { sql: query.sql.clone(), made: OnceCell::new() });
        }
        Self(kept)
    }

    /// Whether the query's shared queries are those that others call by their names. Another may be a query of a user's own, or
    /// have another parameter: the rows of neither may stand for those of the other.
    pub(crate) fn knows(&self, query: &Query) -> bool {
        query.shared.iter().all(|shared| self.0.get(&shared.name).is_some_and(|known| known.sql == shared.sql))
    }

    /// Makes the rows of the query's shared queries, where nobody has. Gives those that are not held: they have to stand before
    /// the query.
    ///
    /// Each waits for none but those before it, and they stand in an order: two that need the same do not block each other.
    pub(crate) async fn make(&self, workspace: &Workspace, query: &Query) -> Vec<SharedQuery> {
        let mut not_held: Vec<SharedQuery> = Vec::new();
        for shared in &query.shared {
            let held = match self.0.get(&shared.name) {
                Some(one) => *one.made.get_or_init(|| hold(workspace, shared, &not_held)).await,
                None => false,
            };
            if !held {
                not_held.push(shared.clone());
            }
        }
        not_held
    }
}

/// What cannot run is not held; the checks that need it say why.
async fn hold(workspace: &Workspace, query: &SharedQuery, before: &[SharedQuery]) -> bool {
    match workspace.statement(&with_shared(&query.sql, before)) {
        Ok(statement) => workspace.keep(&query.name, statement).await.unwrap_or(false),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use sightline_lake::Session;
    use sightline_model::column::ColumnType;
    use sightline_model::{Column, TableSchema};

    use super::*;
    use crate::{Check, Shared, checks, fixture, parse};

    fn session(check: &Check) -> Session {
        let schema =
            |name: &str| TableSchema { name: name.to_owned(), columns: vec![Column::new("ok", ColumnType::Bool)] };
        fixture::session(&check.cases[0], &[schema("aws_t_thing")], vec![]).unwrap()
    }

    /// A check with two shared queries, the second over the first.
    fn check() -> Check {
        let text = "+++\ntitle = \"T\"\nseverity = \"low\"\nservices = [\"t\"]\nresource = \"aws_t_thing\"\nframeworks = {}\nfails_on = \"absence\"\nparams = { least = 1 }\n+++\n\nWhy.\n\n```sql\nselect x from second\n```\n\n## Fix\n\n```cli\naws t fix\n```\n\n## References\n\n## Tests\n\n### One\n\n```json\n{\"aws_t_thing\": [{\"arn\": \"arn:aws:t:us-east-1:123456789012:thing/a\", \"ok\": true}]}\n```\n\n```expect\n```\n";
        let mut check = parse("t/bad.md", text, &Shared::default()).unwrap();
        let query = |name: &str, sql: &str| SharedQuery { name: name.to_owned(), sql: sql.to_owned() };
        check.shared = vec![
            query("first", "select repeat(arn, 100) as long, $least as x from aws_t_thing where ok"),
            query("second", "select x from first"),
        ];
        check
    }

    async fn not_held(limit: usize) -> Vec<String> {
        let query = Query::new(&check(), Timestamp::UNIX_EPOCH);
        let workspace = session(&check()).workspace(limit).unwrap();
        let kept = Kept::new(std::slice::from_ref(&query));
        let names: Vec<String> = kept.make(&workspace, &query).await.into_iter().map(|query| query.name).collect();
        let answer = workspace.sql(workspace.statement(&query.after(&[])).unwrap()).await;
        // The name is there if, and only if, it is held.
        assert_eq!(answer.is_ok_and(|answer| answer.row_count() == 1), !names.contains(&"second".to_owned()));
        names
    }

    #[tokio::test]
    async fn what_fits_is_held_and_what_does_not_stands_in_the_statement() {
        assert_eq!(not_held(1 << 20).await, [""; 0]);
        assert_eq!(not_held(0).await, ["first", "second"]);
        // The first is larger than the bound, the second is made with it and fits.
        assert_eq!(not_held(1_000).await, ["first"]);
    }

    #[test]
    fn another_query_or_parameter_of_the_same_name_is_not_shared() {
        let (one, mut parameter, mut text) = (check(), check(), check());
        parameter.declaration.params.insert("least".to_owned(), crate::Param::Int(2));
        text.shared[1].sql = "select 3 as x".to_owned();
        let queries = [one, parameter, text].map(|check| Query::new(&check, Timestamp::UNIX_EPOCH));
        let kept = Kept::new(&queries);
        assert_eq!(queries.each_ref().map(|query| kept.knows(query)), [true, false, false]);
    }

    #[test]
    fn all_checks_that_ship_agree_on_what_they_share() {
        let checks = checks().unwrap();
        let queries: Vec<Query> = checks.iter().map(|check| Query::new(check, Timestamp::UNIX_EPOCH)).collect();
        let kept = Kept::new(&queries);
        let alone = checks.iter().zip(&queries).filter(|(_, query)| !kept.knows(query));
        assert_eq!(alone.map(|(check, _)| check.id.as_str()).collect::<Vec<_>>(), [""; 0]);
    }
}
