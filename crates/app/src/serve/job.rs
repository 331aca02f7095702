//! Jobs: scans, ingests and what is made of them, run in this process by the same stages as the command line's. One job of a kind and an
//! account runs at a time. Each kind is a file of this module.

mod access;
mod compact;
mod detect;
mod findings;
mod floor;
mod ingest;
mod map;
mod probe;
mod retain;
mod running;
mod scan;
mod turns;
mod vacuum;
mod verify;

pub(crate) use running::{Jobs, Refused};

use super::auth::{Actor, Role};
use super::db::job::{JobProgress, JobStatus};
use super::problem::Problem;
use super::state::App;
use crate::cli::connection::Connection;
use futures::FutureExt as _;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

/// What stands for what is not shown.
const HIDDEN: &str = "…";

/// What is to be done.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    /// Reads the accounts' inventory
    Scan(scan::Scan),
    /// Reads logs
    Ingest(ingest::Ingest),
    /// Makes the map out of what was read
    Map(map::Map),
    /// Runs the checks
    Findings(findings::Findings),
    /// Looks for abuse in the logs
    Detect(detect::Detect),
    /// Works out who may use which AI
    Access(access::Access),
    /// Looks whether the account has what Sightline needs
    Verify(Box<verify::Verify>),
    /// Runs probes, within a budget
    Probe(Box<probe::Probe>),
    /// Puts small files of the lake's tables together
    Compact(compact::Compact),
    /// Takes old rows out of the lake; wants the role `admin`, but with `dry_run`
    Retain(retain::Retain),
    /// Removes files that no table names any more; wants the role `admin`, but with `dry_run`
    Vacuum(vacuum::Vacuum),
}

/// Whose credentials a job uses: the server's own where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Credentials {
    /// Profile of the shared AWS configuration of the server
    pub(crate) profile: Option<String>,
    /// Role to assume
    pub(crate) role_arn: Option<String>,
    /// External id that the role's trust policy asks for; it is not shown again
    pub(crate) external_id: Option<String>,
    /// Regions; all that are enabled where none is named
    pub(crate) regions: Vec<String>,
}

impl Credentials {
    /// As the command line has them.
    fn connection(&self) -> Connection {
        Connection {
            profile: self.profile.clone(),
            role_arn: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            regions: self.regions.clone(),
        }
    }

    fn name(&self) -> String {
        match (&self.role_arn, &self.profile) {
            (Some(role), _) => role.clone(),
            (None, Some(profile)) => format!("profile {profile}"),
            (None, None) => "default".to_owned(),
        }
    }
}

/// How a job ended that was not cut off.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) status: JobStatus,
    pub(crate) result: Value,
}

impl Came {
    /// All that was to be seen was, or something was not.
    fn to(result: &impl Serialize, is_incomplete: bool) -> anyhow::Result<Self> {
        let status = if is_incomplete { JobStatus::Incomplete } else { JobStatus::Succeeded };
        Ok(Self { status, result: serde_json::to_value(result)? })
    }
}

/// What a job is run with.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) cancel: CancellationToken,
    pub(crate) told: Arc<Told>,
    /// how far the job came that this one goes on with
    pub(crate) resumes: Option<JobProgress>,
    /// the job's own id
    id: String,
}

impl Desk {
    /// The run of the lake that it goes on with.
    fn resumed_run(&self) -> Option<String> {
        self.resumes.as_ref().map(|before| before.run_id.clone()).filter(|run| !run.is_empty())
    }

    /// Writes down how far it is, now.
    ///
    /// # Errors
    /// The state file cannot be written.
    fn note(&self) -> anyhow::Result<()> {
        self.app.db().note_progress(&self.id, &self.told.now())
    }
}

/// How far a job is, told by the job and read by others.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<JobProgress>);

impl Told {
    /// From here on.
    pub(crate) fn new(progress: JobProgress) -> Self {
        Self(Mutex::new(progress))
    }

    /// Changes it.
    pub(crate) fn tell(&self, change: impl FnOnce(&mut JobProgress)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What it is now.
    pub(crate) fn now(&self) -> JobProgress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Work {
    /// The word for its kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Scan(_) => "scan",
            Self::Ingest(_) => "ingest",
            Self::Map(_) => "map",
            Self::Findings(_) => "findings",
            Self::Detect(_) => "detect",
            Self::Access(_) => "access",
            Self::Verify(_) => "verify",
            Self::Probe(_) => "probe",
            Self::Compact(_) => "compact",
            Self::Retain(_) => "retain",
            Self::Vacuum(_) => "vacuum",
        }
    }

    /// Whose job of its kind it is.
    pub(crate) fn account(&self) -> String {
        match self {
            Self::Scan(scan) => scan.credentials.name(),
            Self::Verify(verify) => verify.credentials.name(),
            Self::Probe(probe) => probe.plan.credentials.name(),
            _ => "lake".to_owned(),
        }
    }

    /// What is wrong with it, before it begins.
    ///
    /// # Errors
    /// It could not be run.
    pub(crate) fn check(&self, app: &App) -> anyhow::Result<()> {
        match self {
            Self::Ingest(ingest) => ingest.check(app),
            Self::Verify(verify) => verify.check(),
            Self::Detect(detect) => detect.check(),
            Self::Probe(probe) => probe.check(),
            Self::Compact(compact) => compact.check(),
            Self::Retain(retain) => retain.check(),
            Self::Vacuum(vacuum) => vacuum.check(),
            _ => Ok(()),
        }
    }

    /// Whether somebody may begin it, or have it begun at a time. What is taken out of the lake does not come back: an administrator says so.
    ///
    /// # Errors
    /// It wants another role.
    pub(crate) fn permit(&self, actor: &Actor) -> Result<(), Problem> {
        let takes_away = match self {
            Self::Retain(retain) => !retain.dry_run,
            Self::Vacuum(vacuum) => !vacuum.dry_run,
            _ => false,
        };
        if takes_away && actor.role < Role::Admin {
            let (kind, name, role, wanted) = (self.kind(), &actor.name, actor.role, Role::Admin);
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!(
                    "the job `{kind}` without `dry_run` needs the role `{wanted}`; the token `{name}` has `{role}`"
                ),
            ));
        }
        Ok(())
    }

    /// What is wrong with it that only others can tell; for somebody who waits for the answer. A job looks for itself as well.
    ///
    /// # Errors
    /// It could not be run.
    pub(crate) async fn admit(&self, app: &App) -> Result<(), Problem> {
        let Self::Probe(probe) = self else { return Ok(()) };
        let wrong = |error: anyhow::Error| Problem::unprocessable(format!("{error:#}"));
        probe.check().map_err(wrong)?;
        Box::pin(probe.admit(app)).await.map_err(wrong)
    }

    async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        // Boxed, or the compiler gives up on the depth of what waits for what.
        match self {
            Self::Scan(work) => Box::pin(work.run(desk)).await,
            Self::Ingest(work) => Box::pin(work.run(desk)).await,
            Self::Map(work) => Box::pin(work.run(desk)).await,
            Self::Findings(work) => Box::pin(work.run(desk)).await,
            Self::Detect(work) => Box::pin(work.run(desk)).await,
            Self::Access(work) => Box::pin(work.run(desk)).await,
            Self::Verify(work) => Box::pin(work.run(desk)).await,
            Self::Probe(work) => work.run(desk).boxed().await,
            Self::Compact(work) => Box::pin(work.run(desk)).await,
            Self::Retain(work) => Box::pin(work.run(desk)).await,
            Self::Vacuum(work) => Box::pin(work.run(desk)).await,
        }
    }

    /// Whether it stops by itself when it is asked to; what does not is dropped where it stands, which loses nothing: what the lake has
    /// of it was written whole.
    fn stops_itself(&self) -> bool {
        matches!(
            self,
            Self::Scan(_) | Self::Ingest(_) | Self::Probe(_) | Self::Compact(_) | Self::Retain(_) | Self::Vacuum(_)
        )
    }
}

/// What was asked, without what is secret.
pub(crate) fn shown(arguments: &Value) -> Value {
    match arguments {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| {
                    let hidden = key.ends_with("external_id") && !value.is_null();
                    (key.clone(), if hidden { Value::String(HIDDEN.to_owned()) } else { shown(value) })
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Whether something secret is given as it is shown: it is then not known what was meant.
pub(crate) fn is_shown(arguments: &Value) -> bool {
    let Value::Object(map) = arguments else { return false };
    map.iter().any(|(key, value)| is_shown(value) || key.ends_with("external_id") && value == HIDDEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn external_ids_are_not_shown() {
        let asked = json!({ "kind": "scan", "credentials": { "role_arn": "r", "external_id": "s3cret" } });
        let work: Work = serde_json::from_value(asked).unwrap();
        let kept = serde_json::to_value(&work).unwrap();
        assert!(kept.to_string().contains("s3cret"));
        assert!(!shown(&kept).to_string().contains("s3cret") && shown(&kept).to_string().contains(HIDDEN));
        assert!(is_shown(&shown(&kept)) && !is_shown(&kept));
        assert_eq!(work.account(), "r");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for wrong in [
            json!({ "kind": "rm" }),
            json!({ "kind": "scan", "role": "x" }),
            json!({ "kind": "scan", "credentials": { "secret": "x" } }),
        ] {
            assert!(serde_json::from_value::<Work>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
