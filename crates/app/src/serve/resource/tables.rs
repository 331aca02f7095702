//! The tables and views that queries read.

use crate::serve::answer::{Asked, Json, Named};
use crate::serve::page::{Page, PageQuery, Rows};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use serde::Serialize;
use sightline_model::lake_table;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_tables)).routes(routes!(get_table))
}

/// A table or view.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct TableSummary {
    /// As queries name it
    name: String,
    /// `lake` for what stages write, `inventory` for the views of AWS resources, `view` for the others
    kind: &'static str,
    /// What it holds; empty where the name says it
    about: String,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
struct ColumnSummary {
    /// As queries name it
    name: String,
    /// `bool`, `int`, `float`, `text`, `time`, `json`
    #[serde(rename = "type")]
    kind: String,
}

/// A table with its columns.
#[derive(Serialize, ToSchema)]
struct TableDetail {
    /// As lists show it
    #[serde(flatten)]
    table: TableSummary,
    /// In order
    columns: Vec<ColumnSummary>,
    /// IAM actions that its rows are read with; none for what is not inventory
    actions: Vec<String>,
}

/// Everything that queries can read
#[utoipa::path(get, path = "/api/v1/tables", tag = "query", params(PageQuery), responses((status = 200, body = Page<TableSummary>)))]
async fn list_tables(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<TableSummary>>, Problem> {
    let paging = query.paging()?;
    let names = app.held().session.table_names();
    let catalogue = crate::stage::catalogue()?;
    let rows = names.into_iter().map(|name| summary(name, &catalogue)).collect();
    Ok(Json(Rows::new(rows, |table: &TableSummary| table.name.clone()).page(&paging, |_| true, TableSummary::clone)))
}

fn summary(name: String, catalogue: &sightline_collect::catalogue::Catalogue) -> TableSummary {
    if let Some(table) = lake_table::ALL.iter().find(|table| table.name == name) {
        return TableSummary { name, kind: "lake", about: table.about.to_owned() };
    }
    match catalogue.tables().find(|table| table.name == name) {
        Some(table) => TableSummary { name, kind: "inventory", about: table.about.to_string() },
        None => TableSummary { name, kind: "view", about: String::new() },
    }
}

/// One table, with its columns
#[utoipa::path(get, path = "/api/v1/tables/{name}", tag = "query", params(("name" = String, Path, description = "Such as `aws_iam_role`")), responses((status = 200, body = TableDetail)))]
async fn get_table(State(app): State<App>, Named(name): Named) -> Result<Json<TableDetail>, Problem> {
    let held = app.held();
    if !held.session.table_names().contains(&name) {
        return Err(Problem::missing("table", &name));
    }
    // It is one of ours: names are snake_case, and cannot leave their quotes.
    let answer = held.session.sql(&format!("SELECT * FROM \"{name}\" LIMIT 0")).await?;
    let kind = |kind: sightline_model::ColumnType| format!("{kind:?}").to_lowercase();
    let columns = answer.columns().into_iter();
    let catalogue = crate::stage::catalogue()?;
    Ok(Json(TableDetail {
        columns: columns.map(|column| ColumnSummary { kind: kind(column.kind), name: column.name }).collect(),
        actions: catalogue.actions_of(&name).into_iter().collect(),
        table: summary(name, &catalogue),
    }))
}
