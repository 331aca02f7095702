//! Edges of the map: who calls what, over which path, behind which controls, and what proves it.

use crate::cli::map::{Choice, Class};
use crate::serve::answer::{Asked, Json, Named};
use crate::serve::held::Held;
use crate::serve::page::{Page, PageQuery, Paging, Rows};
use crate::serve::past;
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sightline_discover::protected::Protected;
use sightline_model::edge::{
    Confidence, Control, Edge, EdgeEvidence, Evidence, PathClass, TrafficClass, Tri, WorkloadKind,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_edges)).routes(routes!(get_edge)).routes(routes!(list_edge_evidence))
}

/// Which edges: the names are those of `sightline map`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EdgeQuery {
    /// From or to this application of `sightline.toml`
    app: Option<String>,
    /// To this model: a part of its ARN or name, or a pattern with `*`
    model: Option<String>,
    /// Of this workload: a part of its ARN or name, or a pattern with `*`
    workload: Option<String>,
    /// Of this class [default: application-to-model]
    #[param(inline)]
    class: Option<Class>,
    /// Only those that are not known to be protected
    unprotected: bool,
    /// Only those that lack this control, or of which it is unknown
    without: Option<String>,
    /// In this account
    account: Option<String>,
    /// In this region
    region: Option<String>,
    /// As it was on this day, UTC
    #[param(value_type = Option<String>, format = Date)]
    at: Option<Date>,
    /// Rows of a page [default: 100]; for the graph, edges at most [default: 5000]
    #[param(minimum = 1)]
    pub(super) limit: Option<usize>,
    /// `next` of the page before
    pub(super) cursor: Option<String>,
}

/// What is asked, read once.
pub(super) struct EdgeFilter {
    choice: Choice,
    account: Option<String>,
    region: Option<String>,
    pub(super) protected: Protected,
    pub(super) edges: Arc<Rows<Edge>>,
}

impl EdgeFilter {
    /// # Errors
    /// A control or an application that nobody knows; the map of that day cannot be made.
    pub(super) async fn new(query: EdgeQuery, app: &App, held: &Arc<Held>) -> Result<Self, Problem> {
        let choice = Choice {
            app: query.app,
            model: query.model,
            workload: query.workload,
            class: query.class.unwrap_or_default(),
            unprotected: query.unprotected,
            without: query.without,
        };
        choice.check(&held.config).map_err(|error| Problem::bad(error.to_string()))?;
        let edges = match query.at {
            None => Arc::clone(held.edges().await?),
            Some(day) => past::edges(app, held, day).await?,
        };
        let protected = held.config.protected.clone();
        Ok(Self { choice, account: query.account, region: query.region, protected, edges })
    }

    pub(super) fn fits(&self, edge: &Edge) -> bool {
        self.account.as_ref().is_none_or(|account| *account == edge.account_id)
            && self.region.as_ref().is_none_or(|region| *region == edge.region)
            && self.choice.fits(edge, &self.protected)
    }
}

/// An edge as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EdgeSummary {
    /// The same in every discovery: 32 hexadecimal digits
    edge_id: String,
    /// What it connects
    #[schema(value_type = schema::TrafficClass)]
    class: TrafficClass,
    /// Twelve digits, of the caller
    account_id: String,
    /// The region that was called
    region: String,
    /// What calls
    workload_arn: String,
    /// Its kind
    #[schema(value_type = schema::WorkloadKind)]
    workload_kind: WorkloadKind,
    /// Its name for people
    workload_title: String,
    /// The application that it belongs to; empty where to none
    application: String,
    /// The role or user whose permissions were used; empty where nothing tells
    identity_arn: String,
    /// What is called
    target_arn: String,
    /// Its kind
    target_kind: String,
    /// Its name for people
    target_title: String,
    /// The application that it belongs to
    target_application: String,
    /// The host name that was called
    service: String,
    /// The port, where flow logs tell
    port: Option<i64>,
    /// The network path
    #[schema(value_type = schema::PathClass)]
    path: PathClass,
    /// Calls that succeeded; 0 where flow logs alone tell of the edge
    calls: i64,
    /// Calls that were refused or failed
    errors: i64,
    /// Bytes from the workload
    bytes_out: Option<i64>,
    /// Bytes to the workload
    bytes_in: Option<i64>,
    /// Tokens of the prompts
    input_tokens: Option<i64>,
    /// Tokens of the answers
    output_tokens: Option<i64>,
    /// What the counted calls cost by the list price, an estimate
    cost_usd: Option<f64>,
    /// First call
    #[schema(value_type = String, format = DateTime)]
    first_seen: Timestamp,
    /// Last call
    #[schema(value_type = String, format = DateTime)]
    last_seen: Timestamp,
    /// How sure the join is
    #[schema(value_type = schema::Confidence)]
    confidence: Confidence,
    /// Whether it counts as protected
    #[schema(value_type = schema::Tri)]
    protected: Tri,
    /// Each control by name
    #[schema(value_type = BTreeMap<String, schema::Tri>)]
    controls: BTreeMap<String, Tri>,
}

impl EdgeSummary {
    pub(super) fn new(edge: &Edge, protected: &Protected) -> Self {
        Self {
            edge_id: edge.edge_id.clone(),
            class: edge.class,
            account_id: edge.account_id.clone(),
            region: edge.region.clone(),
            workload_arn: edge.workload_arn.clone(),
            workload_kind: edge.workload_kind,
            workload_title: edge.workload_title.clone(),
            application: edge.application.clone(),
            identity_arn: edge.identity_arn.clone(),
            target_arn: edge.target_arn.clone(),
            target_kind: edge.target_kind.clone(),
            target_title: edge.target_title.clone(),
            target_application: edge.target_application.clone(),
            service: edge.service.clone(),
            port: edge.port,
            path: edge.path,
            calls: edge.calls,
            errors: edge.errors,
            bytes_out: edge.bytes_out,
            bytes_in: edge.bytes_in,
            input_tokens: edge.input_tokens,
            output_tokens: edge.output_tokens,
            cost_usd: edge.cost_usd,
            first_seen: edge.first_seen,
            last_seen: edge.last_seen,
            confidence: edge.confidence,
            protected: protected.of(edge),
            controls: edge.controls.iter().map(|control| (control.name.clone(), control.state)).collect(),
        }
    }
}

/// An edge with its controls, their fixes, and the first places where it was seen.
#[derive(Serialize, ToSchema)]
struct EdgeDetail {
    /// As lists show it
    #[serde(flatten)]
    edge: EdgeSummary,
    /// How the join was made
    attribution: String,
    /// What told the path
    path_evidence: String,
    /// What counts as protected, as the configuration says
    protected_means: String,
    /// Controls, each with its reason and the smallest fix
    #[schema(value_type = Vec<schema::Control>)]
    control_details: Vec<Control>,
    /// The first few places; `/evidence` has more
    #[schema(value_type = Vec<schema::Evidence>)]
    evidence: Vec<Evidence>,
}

/// The edges of the newest map, those with most calls first
#[utoipa::path(get, path = "/api/v1/edges", tag = "map", params(EdgeQuery), responses((status = 200, body = Page<EdgeSummary>)))]
async fn list_edges(
    State(app): State<App>,
    Asked(query): Asked<EdgeQuery>,
) -> Result<Json<Page<EdgeSummary>>, Problem> {
    let held = app.held();
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let filter = EdgeFilter::new(query, &app, &held).await?;
    Ok(Json(filter.edges.page(&paging, |edge| filter.fits(edge), |edge| EdgeSummary::new(edge, &filter.protected))))
}

/// One edge of the newest map
#[utoipa::path(get, path = "/api/v1/edges/{edge_id}", tag = "map", params(("edge_id" = String, Path, description = "32 hexadecimal digits")), responses((status = 200, body = EdgeDetail)))]
async fn get_edge(State(app): State<App>, Named(id): Named) -> Result<Json<EdgeDetail>, Problem> {
    let held = app.held();
    let edge = find(&held, &id).await?;
    Ok(Json(EdgeDetail {
        edge: EdgeSummary::new(edge, &held.config.protected),
        attribution: edge.attribution.clone(),
        path_evidence: edge.path_evidence.clone(),
        protected_means: held.config.protected.text().to_owned(),
        control_details: edge.controls.clone(),
        evidence: edge.evidence.clone(),
    }))
}

/// The places that an edge rests on
#[utoipa::path(get, path = "/api/v1/edges/{edge_id}/evidence", tag = "map", params(("edge_id" = String, Path, description = "32 hexadecimal digits"), PageQuery), responses((status = 200, body = Page<schema::EdgeEvidence>)))]
async fn list_edge_evidence(
    State(app): State<App>,
    Named(id): Named,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<EdgeEvidence>>, Problem> {
    let held = app.held();
    let paging = query.paging()?;
    let edge = find(&held, &id).await?;
    // It is one of ours: hexadecimal digits, that cannot leave their quotes.
    let sql = format!("SELECT * FROM current_edge_evidence WHERE edge_id = '{}'", edge.edge_id);
    let rows: Vec<EdgeEvidence> = held.session.sql(&sql).await?.rows_as()?;
    let key = |row: &EdgeEvidence| {
        let at = row.seen_at.map_or(i64::MAX, Timestamp::as_microsecond);
        format!("{}\0{at:020}\0{}\0{:010}", row.proves, row.object, row.line)
    };
    Ok(Json(Rows::new(rows, key).page(&paging, |_| true, EdgeEvidence::clone)))
}

pub(super) async fn find<'h>(held: &'h Held, id: &str) -> Result<&'h Edge, Problem> {
    held.edges().await?.iter().find(|edge| edge.edge_id == id).ok_or_else(|| Problem::missing("edge", id))
}
