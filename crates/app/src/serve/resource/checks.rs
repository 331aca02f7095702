//! The checks, and the frameworks that they answer to.

use crate::serve::answer::{Asked, Json, Named};
use crate::serve::page::{Page, PageQuery, Rows};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use crate::stage::reported::described;
use axum::extract::State;
use serde::Serialize;
use sightline_check::Check;
use sightline_model::{Severity, Status};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_checks)).routes(routes!(get_check)).routes(routes!(list_frameworks))
}

/// A check.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct CheckSummary {
    /// Names the bad pattern
    check_id: String,
    /// What a failure means, in a line
    title: String,
    /// How much a failure matters
    #[schema(value_type = schema::Severity)]
    severity: Severity,
    /// Services that it speaks of
    services: Vec<String>,
    /// Requirements by framework
    frameworks: BTreeMap<String, Vec<String>>,
}

impl CheckSummary {
    fn new(check: &Check) -> Self {
        Self {
            check_id: check.id.clone(),
            title: check.declaration.title.clone(),
            severity: check.declaration.severity,
            services: check.declaration.services.clone(),
            frameworks: check.frameworks.clone(),
        }
    }
}

/// A check with all that is written in its file.
#[derive(Serialize, ToSchema)]
struct CheckDetail {
    /// As lists show it
    #[serde(flatten)]
    check: CheckSummary,
    /// Why it matters, in Markdown
    about: String,
    /// The query; empty for a family of probes
    sql: String,
    /// Pages to read
    references: Vec<String>,
}

/// The checks that ship, and the user's own
#[utoipa::path(get, path = "/api/v1/checks", tag = "findings", params(PageQuery), responses((status = 200, body = Page<CheckSummary>)))]
async fn list_checks(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<CheckSummary>>, Problem> {
    let paging = query.paging()?;
    let all = app.held().checks.iter().map(CheckSummary::new).collect();
    Ok(Json(Rows::new(all, |check: &CheckSummary| check.check_id.clone()).page(&paging, |_| true, CheckSummary::clone)))
}

/// One check
#[utoipa::path(get, path = "/api/v1/checks/{check_id}", tag = "findings", params(("check_id" = String, Path, description = "Such as `bedrock-invocation-logging-off`")), responses((status = 200, body = CheckDetail)))]
async fn get_check(State(app): State<App>, Named(id): Named) -> Result<Json<CheckDetail>, Problem> {
    let held = app.held();
    let check = held.checks.iter().find(|check| check.id == id).ok_or_else(|| Problem::missing("check", &id))?;
    Ok(Json(CheckDetail {
        check: CheckSummary::new(check),
        about: check.about.clone(),
        sql: check.sql.clone(),
        references: described(check).references,
    }))
}

/// Findings of the checks behind one requirement, counted; what is muted is not.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
struct Requirement {
    /// As the framework numbers it
    id: String,
    /// The checks that answer to it
    checks: Vec<String>,
    pass: u64,
    fail: u64,
    unknown: u64,
    skip: u64,
}

/// A framework with its requirements.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct FrameworkSummary {
    /// As filters have it
    id: String,
    /// Its name for people
    title: String,
    /// Where it is published
    url: String,
    /// Requirements that a check answers to; there may be more that none does
    requirements: Vec<Requirement>,
    /// Requirements of the framework where it lists them all; 0 where it does not
    published: usize,
}

/// Frameworks, with the newest findings by requirement
#[utoipa::path(get, path = "/api/v1/frameworks", tag = "findings", params(PageQuery), responses((status = 200, body = Page<FrameworkSummary>)))]
async fn list_frameworks(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<FrameworkSummary>>, Problem> {
    let paging = query.paging()?;
    let held = app.held();
    let mut counts: BTreeMap<&str, BTreeMap<Status, u64>> = BTreeMap::new();
    let findings = held.findings().await?;
    for row in findings.iter().filter(|row| row.mute.is_none()) {
        *counts.entry(&*row.check_id).or_default().entry(row.status).or_default() += 1;
    }
    let known = sightline_check::frameworks().map_err(anyhow::Error::from)?;
    let framework = |of: &sightline_check::Framework| {
        let mut by_id: BTreeMap<&str, Requirement> = BTreeMap::new();
        for check in held.checks.iter() {
            for id in check.frameworks.get(&of.id).into_iter().flatten() {
                let requirement = by_id
                    .entry(id.as_str())
                    .or_insert_with(|| Requirement { id: id.clone(), ..Requirement::default() });
                requirement.checks.push(check.id.clone());
                let of_check = counts.get(check.id.as_str());
                let count = |status| of_check.and_then(|counts| counts.get(&status)).copied().unwrap_or_default();
                requirement.pass += count(Status::Pass);
                requirement.fail += count(Status::Fail);
                requirement.unknown += count(Status::Unknown);
                requirement.skip += count(Status::Skip);
            }
        }
        FrameworkSummary {
            id: of.id.clone(),
            title: of.title.clone(),
            url: of.url.clone(),
            requirements: by_id.into_values().collect(),
            published: of.controls.len(),
        }
    };
    let all = Rows::new(known.all().iter().map(framework).collect(), |of: &FrameworkSummary| of.id.clone());
    Ok(Json(all.page(&paging, |_| true, FrameworkSummary::clone)))
}
