//! What the map cannot see.

use crate::serve::answer::{Asked, Json};
use crate::serve::page::{Page, Paging};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde::Deserialize;
use sightline_model::{BlindSpot, Sight};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_blind_spots))
}

/// Which.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SpotQuery {
    /// Also what is seen
    all: bool,
    /// In this account
    account: Option<String>,
    /// In this region
    region: Option<String>,
    /// Of this plane
    plane: Option<String>,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

/// Which telemetry shows which plane of inference, and what cannot be seen; the blind first
#[utoipa::path(get, path = "/api/v1/blind-spots", tag = "coverage", params(SpotQuery), responses((status = 200, body = Page<schema::BlindSpot>)))]
async fn list_blind_spots(
    State(app): State<App>,
    Asked(query): Asked<SpotQuery>,
) -> Result<Json<Page<BlindSpot>>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let fits = |spot: &BlindSpot| {
        (query.all || spot.sight != Sight::Seen)
            && query.account.as_ref().is_none_or(|account| *account == spot.account_id)
            && query.region.as_ref().is_none_or(|region| *region == spot.region)
            && query.plane.as_ref().is_none_or(|plane| *plane == spot.plane)
    };
    Ok(Json(app.held().blind_spots().await?.page(&paging, fits, BlindSpot::clone)))
}
