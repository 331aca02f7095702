//! Views that are SQL over the tables: what all scans together tell. A view is a file of `sql/` and a line of [`MADE`].

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::config::Dialect;
use datafusion::datasource::ViewTable;
use datafusion::prelude::{SessionConfig, SessionContext};

/// A view's name, its statement, and the names that this reads: tables, and views before it.
type Made = (&'static str, &'static str, &'static [&'static str]);

const MADE: &[Made] = &[
    ("pod", include_str!("../sql/pod.sql"), &["coverage", "resource", "scan"]),
    ("pod_at", include_str!("../sql/pod_at.sql"), &["pod"]),
];

/// Every name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    MADE.iter().map(|(name, ..)| *name)
}

/// The view of this name over the tables; nothing where there is none, or where the tables that it reads are missing.
pub(crate) async fn view(
    name: &str,
    tables: &BTreeMap<&'static str, Arc<dyn TableProvider>>,
) -> Result<Option<Arc<dyn TableProvider>>> {
    let Some((_, sql, reads)) = MADE.iter().find(|(known, ..)| *known == name) else { return Ok(None) };
    // A context of its own: the one that asks is busy planning.
    let mut config = SessionConfig::new();
    config.options_mut().sql_parser.dialect = Dialect::PostgreSQL;
    let mut context = SessionContext::new_with_config(config);
    datafusion_functions_json::register_all(&mut context)?;
    for read in *reads {
        let provider = match tables.get(read) {
            Some(table) => Some(Arc::clone(table)),
            None => Box::pin(view(read, tables)).await?,
        };
        let Some(provider) = provider else { return Ok(None) };
        context.register_table(*read, provider)?;
    }
    let plan = context.sql(sql).await?.into_unoptimized_plan();
    Ok(Some(Arc::new(ViewTable::new(plan, None))))
}
