//! Findings: what checks say of resources.

use crate::serve::answer::{Asked, Json, Named};
use crate::serve::filter::{Words, words};
use crate::serve::held::{FindingRow, Held, Wanted};
use crate::serve::page::{Page, Paging};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use crate::stage;
use axum::extract::State;
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use sightline_check::Selection;
use sightline_model::{Finding, Severity, Status};
use std::collections::{BTreeMap, HashSet};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_findings))
        .routes(routes!(get_findings_summary))
        .routes(routes!(get_finding))
}

/// Which findings: the names are those of `sightline findings`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FindingQuery {
    /// Of these checks only: id, service, severity or framework, `*` for any text, several with commas
    select: Option<String>,
    /// Not of these checks
    ignore: Option<String>,
    /// With these statuses, several with commas: `pass`, `fail`, `skip`, `unknown` [default: fail,unknown]
    status: Option<String>,
    /// Of this severity or worse
    #[param(inline, value_type = Option<schema::Severity>)]
    severity: Option<Severity>,
    /// Also what is muted
    muted: bool,
    /// In this account
    account: Option<String>,
    /// In this region
    region: Option<String>,
    /// With this text in the resource's ARN or title, the check's id or title
    text: Option<String>,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

impl FindingQuery {
    /// All that is asked but for the page.
    fn question(&self) -> String {
        let Self { select, ignore, status, severity, muted, account, region, text, limit: _, cursor: _ } = self;
        format!("{:?}", (select, ignore, status, severity, muted, account, region, text))
    }
}

/// What is asked, read once.
struct Filter {
    /// checks by id; nothing for all
    checks: Option<HashSet<String>>,
    statuses: Vec<Status>,
    severity: Severity,
    muted: bool,
    account: Option<String>,
    region: Option<String>,
    text: Option<Finder<'static>>,
}

impl Filter {
    fn new(query: FindingQuery, held: &Held) -> Result<Self, Problem> {
        let statuses: Words<Status> = query.status.as_deref().unwrap_or("fail,unknown").parse()?;
        Ok(Self {
            checks: selected(held, query.select.as_deref(), query.ignore.as_deref())?,
            statuses: statuses.0,
            severity: query.severity.unwrap_or(Severity::Info),
            muted: query.muted,
            account: query.account,
            region: query.region,
            text: query
                .text
                .filter(|text| !text.is_empty())
                .map(|text| Finder::new(text.to_lowercase().as_bytes()).into_owned()),
        })
    }

    fn fits(&self, row: &FindingRow) -> bool {
        self.statuses.contains(&row.status) && row.severity >= self.severity && (self.muted || row.mute.is_none())
    }

    /// What is looked up, where [`Filter::fits`] is asked of each row that is left.
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            checks: self.checks.as_ref(),
            account: self.account.as_deref(),
            region: self.region.as_deref(),
            text: self.text.as_ref(),
        }
    }
}

/// The ids of the checks that are selected; nothing where all are.
fn selected(held: &Held, select: Option<&str>, ignore: Option<&str>) -> Result<Option<HashSet<String>>, Problem> {
    if select.is_none() && ignore.is_none() {
        return Ok(None);
    }
    let selection = Selection { select: words(select), ignore: words(ignore) };
    let checks = selection.apply(held.checks.to_vec()).map_err(|error| Problem::bad(error.to_string()))?;
    Ok(Some(checks.into_iter().map(|check| check.id).collect()))
}

/// The findings of the newest run, the worst first
#[utoipa::path(get, path = "/api/v1/findings", tag = "findings", params(FindingQuery), responses((status = 200, body = Page<FindingRow>)))]
async fn list_findings(
    State(app): State<App>,
    Asked(query): Asked<FindingQuery>,
) -> Result<Json<Page<FindingRow>>, Problem> {
    let held = app.held();
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let question = query.question();
    let filter = Filter::new(query, &held)?;
    let places = held.findings_like(question, &filter.wanted(), |row| filter.fits(row)).await?;
    Ok(Json(held.findings().await?.page_of(&paging, &places, FindingRow::clone)))
}

/// Findings in numbers.
#[derive(Debug, Default, Serialize, ToSchema)]
struct FindingsSummary {
    /// By status; what is muted is not in it
    by_status: BTreeMap<String, u64>,
    /// Those that fail and are not muted, by severity
    failing_by_severity: BTreeMap<String, u64>,
    /// Those that could not be decided and are not muted, by severity
    unknown_by_severity: BTreeMap<String, u64>,
    /// Those that fail or are unknown and are not muted, by check
    open_by_check: BTreeMap<String, u64>,
    /// Those that are muted
    muted: u64,
}

/// The findings of the newest run, counted
#[utoipa::path(get, path = "/api/v1/findings/summary", tag = "findings", responses((status = 200, body = FindingsSummary)))]
async fn get_findings_summary(State(app): State<App>) -> Result<Json<FindingsSummary>, Problem> {
    let mut sum = FindingsSummary::default();
    for row in app.held().findings().await?.iter() {
        if row.mute.is_some() {
            sum.muted += 1;
            continue;
        }
        let count = |of: &mut BTreeMap<String, u64>, key: &str| match of.get_mut(key) {
            Some(count) => *count += 1,
            None => drop(of.insert(key.to_owned(), 1)),
        };
        count(&mut sum.by_status, row.status.as_str());
        match row.status {
            Status::Fail => count(&mut sum.failing_by_severity, row.severity.as_str()),
            Status::Unknown => count(&mut sum.unknown_by_severity, row.severity.as_str()),
            Status::Pass | Status::Skip => continue,
        }
        count(&mut sum.open_by_check, &row.check_id);
    }
    Ok(Json(sum))
}

/// A finding with all that is known of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingDetail {
    /// As lists show it
    #[serde(flatten)]
    row: FindingRow,
    /// IAM actions whose absence made it `unknown`
    missing_actions: Vec<String>,
    /// The evaluation that made it
    run_id: String,
    /// The scan that it speaks of
    scan_id: String,
    /// Why the check matters, in Markdown
    about: String,
    /// Requirements by framework
    frameworks: BTreeMap<String, Vec<String>>,
    /// Pages to read
    references: Vec<String>,
    /// What to change, filled in for this resource
    #[schema(value_type = Vec<schema::Fix>)]
    fix: Vec<sightline_report::FixBlock>,
}

/// One finding, with its fix
#[utoipa::path(get, path = "/api/v1/findings/{fingerprint}", tag = "findings", params(("fingerprint" = String, Path, description = "32 hexadecimal digits")), responses((status = 200, body = FindingDetail)))]
async fn get_finding(State(app): State<App>, Named(name): Named) -> Result<Json<FindingDetail>, Problem> {
    let held = app.held();
    let (row, finding) = find(&held, &name).await?;
    let check = held.checks.iter().find(|check| check.id == finding.check_id);
    let described = check.map(stage::reported::described);
    let fix = check.map(|check| sightline_check::fix(check, &finding)).unwrap_or_default();
    Ok(Json(FindingDetail {
        row,
        missing_actions: finding.missing_actions,
        run_id: finding.run_id,
        scan_id: finding.scan_id,
        about: described.as_ref().map(|check| check.rationale.clone()).unwrap_or_default(),
        frameworks: described.as_ref().map(|check| check.frameworks.clone()).unwrap_or_default(),
        references: described.map(|check| check.references).unwrap_or_default(),
        fix: fix.into_iter().map(stage::reported::block).collect(),
    }))
}

/// The finding of this fingerprint, as lists show it and whole.
pub(super) async fn find(held: &Held, name: &str) -> Result<(FindingRow, Finding), Problem> {
    let missing = || Problem::missing("finding", name);
    let row = held.findings().await?.iter().find(|row| *row.fingerprint == *name).ok_or_else(missing)?;
    // It is one of ours: hexadecimal digits, that cannot leave their quotes.
    let sql = format!("SELECT * FROM current_finding WHERE fingerprint = '{}'", row.fingerprint);
    let found: Vec<Finding> = held.session.sql(&sql).await?.rows_as()?;
    Ok((row.clone(), found.into_iter().next().ok_or_else(missing)?))
}
