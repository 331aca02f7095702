//! All names that SQL can read: tables, `current_*` views, and a typed view for each inventory table. A view is planned
//! when a statement names it: there are a hundred, and a statement names a few.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::Result;
use datafusion::datasource::{TableType, ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, col, lit};
use sightline_model::{LakeTable, TableSchema, lake_table};

use crate::current::Current;
use crate::made;
use crate::typed::TypedView;
use crate::view;

/// A view's name, its table, and which rows of it are the newest.
type CurrentView = (&'static str, &'static LakeTable, fn(&Current) -> Expr);

const CURRENT: &[CurrentView] = &[
    ("current_application", lake_table::APPLICATION, Current::of_edge_run),
    ("current_blind_spot", lake_table::BLIND_SPOT, Current::of_blind_spot_run),
    ("current_case", lake_table::CASE, Current::of_case_run),
    ("current_control", lake_table::CONTROL, Current::of_edge_run),
    ("current_coverage", lake_table::COVERAGE, Current::of_scan),
    ("current_edge", lake_table::EDGE, Current::of_edge_run),
    ("current_edge_evidence", lake_table::EDGE_EVIDENCE, Current::of_edge_run),
    ("current_finding", lake_table::FINDING, Current::of_finding_run),
    ("current_model_access", lake_table::MODEL_ACCESS, Current::of_access_run),
    ("current_relation", lake_table::RELATION, Current::of_relation_run),
    ("current_resource", lake_table::RESOURCE, Current::of_scan),
    ("current_scan", lake_table::SCAN, Current::of_scan),
    ("current_self_hosted_model", lake_table::SELF_HOSTED_MODEL, Current::of_self_hosted_run),
];

/// The lake's only SQL schema.
#[derive(Debug)]
pub(crate) struct Views {
    tables: BTreeMap<&'static str, Arc<dyn TableProvider>>,
    typed: BTreeMap<String, TableSchema>,
    current: Current,
}

impl Views {
    pub(crate) fn new(
        tables: BTreeMap<&'static str, Arc<dyn TableProvider>>,
        schemas: &[TableSchema],
        current: Current,
    ) -> Self {
        Self { tables, typed: schemas.iter().map(|schema| (schema.name.clone(), schema.clone())).collect(), current }
    }

    /// Whether nothing was ever written to this table of the lake, or to the one that this `current_*` view shows.
    pub(crate) fn is_unwritten(&self, name: &str) -> bool {
        let shown = CURRENT.iter().find(|(view, ..)| *view == name).map(|(_, table, _)| table.name);
        self.current.is_unwritten(shown.unwrap_or(name))
    }

    /// Every name, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let fixed = self
            .tables
            .keys()
            .copied()
            .chain(CURRENT.iter().map(|(name, ..)| *name))
            .chain(made::names())
            .map(str::to_owned);
        let mut names: Vec<String> = fixed.chain(self.typed.keys().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Whether this is an inventory table.
    pub(crate) fn is_inventory(&self, name: &str) -> bool {
        self.typed.contains_key(name)
    }

    /// The view of an inventory table; nothing where there is no such table.
    pub(crate) fn typed_view(&self, name: &str) -> Result<Option<TypedView>> {
        let Some(schema) = self.typed.get(name) else { return Ok(None) };
        let Some(resources) = self.tables.get(lake_table::RESOURCE.name) else { return Ok(None) };
        let filter = self.current.of_scan().and(col("table_name").eq(lit(name)));
        Ok(Some(TypedView::new(Arc::clone(resources), filter, view::columns(schema))?))
    }

    fn view(&self, table: &LakeTable, filter: Expr) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(provider) = self.tables.get(table.name) else { return Ok(None) };
        let rows =
            LogicalPlanBuilder::scan(table.name, provider_as_source(Arc::clone(provider)), None)?.filter(filter)?;
        Ok(Some(Arc::new(ViewTable::new(rows.build()?, None))))
    }
}

#[async_trait]
impl SchemaProvider for Views {
    fn table_names(&self) -> Vec<String> {
        self.names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = self.tables.get(name) {
            return Ok(Some(Arc::clone(table)));
        }
        if let Some((_, table, filter)) = CURRENT.iter().find(|(view, ..)| *view == name) {
            return self.view(table, filter(&self.current));
        }
        if self.is_inventory(name) {
            let typed = self.typed_view(name)?;
            return Ok(typed.map(|typed| Arc::new(typed) as Arc<dyn TableProvider>));
        }
        made::view(name, &self.tables).await
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        let kind = if self.tables.contains_key(name) { TableType::Base } else { TableType::View };
        Ok(self.table_exist(name).then_some(kind))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.tables.contains_key(name)
            || self.typed.contains_key(name)
            || CURRENT.iter().any(|(view, ..)| *view == name)
            || made::names().any(|view| view == name)
    }
}
