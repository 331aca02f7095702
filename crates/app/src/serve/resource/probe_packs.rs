//! Packs of probes: what can be sent.

use crate::serve::answer::Json;
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use serde::Serialize;
use sightline_model::Severity;
use sightline_probe::{Pack, Probe};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_probe_packs))
}

/// A probe that a pack has.
#[derive(Serialize, ToSchema)]
struct ProbeOfPack {
    /// Names it
    id: String,
    /// What results are counted by
    family: String,
    /// How it goes about it; may be empty
    technique: String,
    /// One line
    title: String,
    /// How much a break matters
    #[schema(value_type = schema::Severity)]
    severity: Severity,
    /// How often it is sent where nothing is said
    trials: u32,
    /// Whether it has a benign twin, which tells over-blocking
    twin: bool,
}

/// A pack.
#[derive(Serialize, ToSchema)]
struct ProbePack {
    /// Names it
    id: String,
    /// Results of one version compare
    version: String,
    /// One line
    title: String,
    /// One paragraph
    about: String,
    /// Its probes
    probes: Vec<ProbeOfPack>,
}

/// All packs.
#[derive(Serialize, ToSchema)]
struct ProbePacks {
    /// By id
    items: Vec<ProbePack>,
}

/// The packs of probes that ship, and their probes
#[utoipa::path(get, path = "/api/v1/probe-packs", tag = "probes", responses((status = 200, body = ProbePacks)))]
async fn list_probe_packs() -> Result<Json<ProbePacks>, Problem> {
    let packs = sightline_probe::packs().map_err(anyhow::Error::from)?;
    Ok(Json(ProbePacks { items: packs.into_iter().map(told).collect() }))
}

fn told(pack: Pack) -> ProbePack {
    ProbePack {
        id: pack.about.id,
        version: pack.about.version,
        title: pack.about.title,
        about: pack.about.about,
        probes: pack.probes.into_iter().map(probe).collect(),
    }
}

fn probe(probe: Probe) -> ProbeOfPack {
    let Probe { id, family, technique, title, severity, trials, twin, .. } = probe;
    ProbeOfPack { id, family, technique, title, severity, trials, twin: twin.is_some() }
}
