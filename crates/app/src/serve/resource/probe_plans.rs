//! Plans of probes: what would be sent, to whom, and what it can cost at most.

use crate::cli::probe::ground::Ground;
use crate::serve::answer::{Json, Said};
use crate::serve::probing::{ProbeAsked, ProbePlans, as_members};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(plan_probes))
}

/// Plans probes: calls, tokens, dollars at most, and what cannot be probed. No model is called, and nothing is kept
#[utoipa::path(post, path = "/api/v1/probe-plans", tag = "probes", request_body = ProbeAsked, responses((status = 200, body = ProbePlans)))]
async fn plan_probes(State(app): State<App>, Said(asked): Said<ProbeAsked>) -> Result<Json<ProbePlans>, Problem> {
    let wrong = |error: anyhow::Error| Problem::unprocessable(as_members(&format!("{error:#}")));
    let what = asked.what().map_err(wrong)?;
    let held = app.held();
    let ground = Ground::Held { session: &held.session, config: &held.config };
    let plans = Box::pin(what.plans(&ground)).await.map_err(wrong)?;
    Ok(Json(ProbePlans::of(&plans)))
}
