//! Who may use which AI, as the policies say. There may be millions of answers: the lake is asked for those of a page.

use crate::serve::answer::{Asked, Json};
use crate::serve::literal::{like, text};
use crate::serve::page::{Page, Paging};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde::Deserialize;
use sightline_model::ModelAccess;
use sightline_model::model_access::AccessDecision;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What a row is told from others by, joined by what none of them holds.
const KEY: &str = "concat_ws(chr(1), principal_arn, workload_arn, resource_arn, action)";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_access))
}

/// Whose, what, on what.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccessQuery {
    /// Of this principal: its ARN, `*` for any text
    principal: Option<String>,
    /// Through this workload: its ARN, `*` for any text
    workload: Option<String>,
    /// To do this: `bedrock:InvokeModel`, `*` for any text
    action: Option<String>,
    /// On this: an ARN, `*` for any text
    resource: Option<String>,
    /// In this account
    account: Option<String>,
    /// With this answer
    #[param(inline, value_type = Option<schema::AccessDecision>)]
    decision: Option<AccessDecision>,
    /// Leave out who gets there only through others
    direct_only: bool,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

impl AccessQuery {
    /// As a condition of SQL.
    fn condition(&self) -> String {
        let patterns = [
            ("principal_arn", &self.principal),
            ("workload_arn", &self.workload),
            ("action", &self.action),
            ("resource_arn", &self.resource),
        ];
        let mut parts: Vec<String> =
            patterns.into_iter().filter_map(|(column, pattern)| Some(like(column, pattern.as_deref()?))).collect();
        parts.extend(self.account.as_ref().map(|account| format!("account_id = {}", text(account))));
        parts.extend(self.decision.map(|decision| format!("decision = {}", text(decision.as_str()))));
        if self.direct_only {
            parts.push("hops = 0".to_owned());
        }
        if parts.is_empty() { "true".to_owned() } else { parts.join(" AND ") }
    }
}

#[derive(Deserialize)]
struct Count {
    rows: usize,
}

/// Who may use which AI, as the newest evaluation has it (`sightline access`); what is denied has no row
#[utoipa::path(get, path = "/api/v1/access", tag = "access", params(AccessQuery), responses((status = 200, body = Page<schema::ModelAccess>)))]
async fn list_access(
    State(app): State<App>,
    Asked(query): Asked<AccessQuery>,
) -> Result<Json<Page<ModelAccess>>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let condition = query.condition();
    let (after, most) = paging.of_store();
    let behind = after.map_or_else(String::new, |after| format!(" AND {KEY} > {}", text(after)));
    let held = app.held();
    let count = format!("SELECT count(*) AS rows FROM current_model_access WHERE {condition}");
    let sql = format!("SELECT * FROM current_model_access WHERE {condition}{behind} ORDER BY {KEY} LIMIT {most}");
    let counted: Vec<Count> = held.session.sql(&count).await?.rows_as()?;
    let rows: Vec<ModelAccess> = held.session.sql(&sql).await?.rows_as()?;
    let key = |row: &ModelAccess| {
        [&row.principal_arn, &row.workload_arn, &row.resource_arn, &row.action].map(String::as_str).join("\u{1}")
    };
    let (items, next) = paging.cut(rows, key);
    Ok(Json(Page { items, next, total: counted.first().map_or(0, |count| count.rows) }))
}
