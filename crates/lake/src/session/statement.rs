//! A statement that was read once, to be run later.

use std::collections::BTreeSet;

use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SQLOptions;
use datafusion::sql::parser::Statement as Parsed;

use crate::{LakeError, guard};

/// One statement that reads, and the names that it reads.
#[derive(Debug, Clone)]
pub struct Statement {
    sql: String,
    parsed: Parsed,
    tables: BTreeSet<String>,
}

impl Statement {
    pub(super) fn new(state: &SessionState, sql: &str) -> Result<Self, LakeError> {
        let parsed = guard::parse(state, sql)?;
        let tables = guard::tables_of(state, &parsed)?;
        Ok(Self { sql: sql.to_owned(), parsed, tables })
    }

    /// Names of tables and views, as the statement names them: a view is not taken apart.
    pub fn tables(&self) -> &BTreeSet<String> {
        &self.tables
    }

    pub(super) async fn plan(self, state: &SessionState) -> Result<LogicalPlan, LakeError> {
        let plan = state.statement_to_plan(self.parsed).await.map_err(|error| LakeError::query(&error))?;
        // What hides in a query (SELECT … INTO, for one) shows in its plan.
        let read_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        read_only.verify_plan(&plan).map_err(|_| guard::refused(&self.sql))?;
        Ok(plan)
    }
}
