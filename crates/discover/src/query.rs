//! Queries of `sql/`, read into rows.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sightline_lake::{Answer, Session};

use crate::DiscoverError;

/// A file of `sql/`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// `query!("workload/pod")`: the file of that name.
macro_rules! query {
    ($name:literal) => {
        $crate::query::Query {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".sql")),
        }
    };
}
pub(crate) use query;

impl Query {
    /// The rows. Empty where the session lacks a table that the query reads: a session is made with the tables that exist,
    /// and coverage tells that the others were not inspected.
    pub(crate) async fn rows<T: DeserializeOwned>(self, session: &Session) -> Result<Vec<T>, DiscoverError> {
        let failed = |source| DiscoverError::Query { query: self.name, source };
        let known = session.table_names();
        let missing: Vec<String> =
            session.tables_of(self.sql).map_err(failed)?.into_iter().filter(|name| !known.contains(name)).collect();
        if !missing.is_empty() {
            tracing::warn!(query = self.name, ?missing, "no such tables: taken for empty");
            return Ok(vec![]);
        }
        self.rows_of(session, self.sql).await
    }

    /// The rows of the query with its `$name` in place. NULL is left out of a row: fields take their default, for a lake of an
    /// older version lacks columns, and a resource whose detail was denied lacks values.
    pub(crate) async fn rows_of<T: DeserializeOwned>(
        self,
        session: &Session,
        sql: &str,
    ) -> Result<Vec<T>, DiscoverError> {
        let failed = |source| DiscoverError::Query { query: self.name, source };
        self.rows_in(&session.sql(sql).await.map_err(failed)?)
    }

    /// Hands out the rows of the query with its `$name` in place, one after the other: there may be more than memory holds as JSON.
    pub(crate) async fn each<T: DeserializeOwned>(
        self,
        session: &Session,
        sql: &str,
        mut take: impl FnMut(T),
    ) -> Result<(), DiscoverError> {
        let failed = |source| DiscoverError::Query { query: self.name, source };
        let mut parts = session.parts(sql).await.map_err(failed)?;
        while let Some(answer) = parts.next().await.map_err(failed)? {
            self.rows_in(&answer)?.into_iter().for_each(&mut take);
        }
        Ok(())
    }

    /// The rows of an answer to the query, as [`Query::rows_of`] reads them.
    pub(crate) fn rows_in<T: DeserializeOwned>(self, answer: &Answer) -> Result<Vec<T>, DiscoverError> {
        let rows = answer.rows().map_err(|source| DiscoverError::Query { query: self.name, source })?;
        let read = |mut row: Map<String, Value>| {
            row.retain(|_, value| !value.is_null());
            serde_json::from_value(Value::Object(row)).map_err(|source| DiscoverError::Row { query: self.name, source })
        };
        rows.into_iter().map(read).collect()
    }
}
