//! The queries of all checks of a run, over one workspace.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sightline_lake::{Answer, LakeError, Session, Statement, Workspace};

use crate::check::Check;
use crate::kept::Kept;
use crate::query::Query;

/// All checks of a run, read and ready.
pub(crate) struct Run {
    workspace: Workspace,
    kept: Kept,
    asked: Vec<Result<Asked, String>>,
}

/// One check's query.
struct Asked {
    query: Query,
    /// names that it reads, through shared queries too
    reads: BTreeSet<String>,
    /// the query without the shared ones; `None` where their rows are not those that others know by the names
    own: Option<Statement>,
}

impl Run {
    /// Reads the checks' queries, and takes the inventory that they read into memory: up to `memory` bytes of it, and as many
    /// of rows that shared queries give.
    ///
    /// # Errors
    /// The inventory cannot be read. A check that cannot be read says so when it is asked.
    pub(crate) async fn new(
        session: &Session,
        checks: &[Check],
        now: Timestamp,
        memory: usize,
    ) -> Result<Self, LakeError> {
        Self::of_queries(session, checks.iter().map(|check| Query::new(check, now)).collect(), memory).await
    }

    /// As [`Run::new`], of queries.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub(crate) async fn of_queries(session: &Session, queries: Vec<Query>, memory: usize) -> Result<Self, LakeError> {
        let workspace = session.workspace(memory)?;
        let kept = Kept::new(&queries);
        let ask = |query| Asked::new(&workspace, &kept, query).map_err(|error| error.to_string());
        let asked: Vec<_> = queries.into_iter().map(ask).collect();
        let reads = asked.iter().flatten().flat_map(|asked| asked.reads.iter().cloned());
        workspace.hold(&reads.collect()).await?;
        Ok(Self { workspace, kept, asked })
    }

    /// The rows of the query at this place and the names that it read, or why there are none. Made in a task of its own.
    pub(crate) async fn spawn<T>(self: Arc<Self>, place: usize) -> Result<(Vec<T>, BTreeSet<String>), String>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let task = tokio::spawn(async move {
            let asked = self.asked(place)?;
            // A query over tables that have no row has none: most accounts use few of AWS's services.
            // INVARIANT: over an empty account no check's query gives a row: `over_an_empty_account_a_check_says_nothing`.
            let rows = if asked.reads.iter().all(|table| self.workspace.is_empty(table)) {
                Vec::new()
            } else {
                self.answer(place).await?.rows_as().map_err(|error| error.to_string())?
            };
            Ok((rows, asked.reads.clone()))
        });
        task.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// What the query of the check at this place gives, or why it gives nothing.
    pub(crate) async fn answer(&self, place: usize) -> Result<Answer, String> {
        let asked = self.asked(place)?;
        match self.over_kept(asked).await {
            Some(answer) => Ok(answer),
            // What does not run over kept rows is asked as one statement: its error is the one to tell.
            None => self.ask(&asked.query.whole()).await.map_err(|error| error.to_string()),
        }
    }

    async fn over_kept(&self, Asked { query, own, .. }: &Asked) -> Option<Answer> {
        let own = own.as_ref()?;
        let answer = match self.kept.make(&self.workspace, query).await.as_slice() {
            [] => self.workspace.sql(own.clone()).await,
            not_held => self.ask(&query.after(not_held)).await,
        };
        answer.ok()
    }

    async fn ask(&self, sql: &str) -> Result<Answer, LakeError> {
        self.workspace.sql(self.workspace.statement(sql)?).await
    }

    fn asked(&self, place: usize) -> Result<&Asked, String> {
        match self.asked.get(place) {
            Some(Ok(asked)) => Ok(asked),
            Some(Err(error)) => Err(error.clone()),
            None => Err("there is no such check".to_owned()),
        }
    }
}

impl Asked {
    fn new(workspace: &Workspace, kept: &Kept, query: Query) -> Result<Self, LakeError> {
        // INVARIANT: what a check reads through shared queries it reads. A gap there leaves it without an answer, whoever made
        // the rows.
        let whole = workspace.statement(&query.whole())?;
        let reads = whole.tables().clone();
        let own = match query.shared.as_slice() {
            [] => Some(whole),
            _ if kept.knows(&query) => workspace.statement(&query.after(&[])).ok(),
            _ => None,
        };
        Ok(Self { query, reads, own })
    }
}
