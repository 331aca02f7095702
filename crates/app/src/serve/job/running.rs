//! Jobs that run now.

use super::floor::Floor;
use super::{Came, Desk, Told, Work, shown};
use crate::serve::db::job::{Job, JobProgress, JobStatus};
use crate::serve::events::Event;
use crate::serve::state::App;
use crate::world;
use futures::FutureExt as _;
use serde_json::Value;
use sightline_model::untrusted::shortened;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// An id that sorts by the time the job began.
fn new_id() -> String {
    format!("{}-{:04x}", world::now().strftime("%Y%m%dT%H%M%S.%6fZ"), world::seed() & 0xffff)
}

/// How often progress is written down and told.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// How long jobs have to stop when the server ends.
const DRAIN: Duration = Duration::from_secs(20);

/// The longest error, in characters, and the longest result, in bytes of JSON.
const LONGEST_ERROR: usize = 2_000;
const LONGEST_RESULT: usize = 1 << 20;

/// The jobs of this process.
pub(crate) struct Jobs {
    running: Mutex<BTreeMap<String, Running>>,
    tasks: TaskTracker,
    floor: Floor,
}

struct Running {
    kind: &'static str,
    account: String,
    cancel: CancellationToken,
    told: Arc<Told>,
}

/// Why a job does not begin.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Another of its kind and account runs: its id
    Busy(String),
    /// It could not be run
    Wrong(anyhow::Error),
    /// The state file cannot be written
    Failed(anyhow::Error),
}

impl Jobs {
    /// None runs yet.
    ///
    /// # Errors
    /// The system gives no threads.
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self { running: Mutex::default(), tasks: TaskTracker::new(), floor: Floor::new()? })
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something beside the requests, on the threads of jobs.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(work, self.floor.handle());
    }

    /// The same for what goes on for as long as the server runs: nobody waits for its end.
    pub(crate) fn aside(&self, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        self.floor.handle().spawn(work).abort_handle()
    }

    /// How many run.
    pub(crate) fn count(&self) -> usize {
        self.running().len()
    }

    /// Asks a job to stop; whether it runs.
    pub(crate) fn cancel(&self, id: &str) -> bool {
        self.running().get(id).map(|job| job.cancel.cancel()).is_some()
    }

    /// A job with its progress of now.
    pub(crate) fn fresh(&self, mut job: Job) -> Job {
        if let Some(running) = self.running().get(&job.id) {
            job.progress = running.told.now();
        }
        job.arguments = shown(&job.arguments);
        job
    }

    /// Asks all to stop, and waits a while for it.
    pub(crate) async fn drain(&self) {
        self.running().values().for_each(|job| job.cancel.cancel());
        self.tasks.close();
        // What does not stop is told as interrupted by the next server.
        let _ = tokio::time::timeout(DRAIN, self.tasks.wait()).await;
    }

    /// Begins a job. `resumes`: an earlier one that it goes on with.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) fn start(app: &App, work: Work, requested_by: &str, resumes: Option<&Job>) -> Result<Job, Refused> {
        work.check(app).map_err(Refused::Wrong)?;
        let before = resumes.map(|job| job.progress.clone());
        // Known from the first moment on: should this server be killed as well, the next one goes on with the same runs.
        let (run_id, runs) = before.clone().map(|before| (before.run_id, before.runs)).unwrap_or_default();
        let progress = JobProgress { run_id, runs, ..JobProgress::default() };
        let job = Job {
            id: new_id(),
            kind: work.kind().to_owned(),
            arguments: serde_json::to_value(&work).map_err(|error| Refused::Failed(error.into()))?,
            account: work.account(),
            status: JobStatus::Running,
            progress: progress.clone(),
            result: Value::Null,
            error: String::new(),
            resumes: resumes.map(|job| job.id.clone()),
            requested_by: requested_by.to_owned(),
            created_at: world::now(),
            finished_at: None,
        };
        let told = Arc::new(Told::new(progress));
        let cancel = CancellationToken::new();
        {
            // INVARIANT: looked and entered under one lock, so that of two requests at once only one begins.
            let mut running = app.jobs().running();
            let is_same = |other: &Running| other.kind == work.kind() && other.account == job.account;
            if let Some((id, _)) = running.iter().find(|(_, other)| is_same(other)) {
                return Err(Refused::Busy(id.clone()));
            }
            app.db().begin_job(&job, &job.arguments).map_err(Refused::Failed)?;
            let entry = Running {
                kind: work.kind(),
                account: job.account.clone(),
                cancel: cancel.clone(),
                told: Arc::clone(&told),
            };
            running.insert(job.id.clone(), entry);
        }
        let id = job.id.clone();
        let desk = Desk { app: app.clone(), cancel, told, resumes: before, id: id.clone() };
        let span = tracing::info_span!("job", job.id = id, job.kind = work.kind());
        app.jobs().spawn(async move { run(work, desk, id).await }.instrument(span));
        let job = app.jobs().fresh(job);
        app.tell(Event::job(&job));
        Ok(job)
    }
}

async fn run(work: Work, desk: Desk, id: String) {
    let traced = desk.app.otlp().map(|otlp| otlp.job(work.kind(), &id));
    let ended = {
        let mut working = Box::pin(AssertUnwindSafe(work.run(&desk)).catch_unwind());
        let mut ticks = tokio::time::interval(TOLD_EVERY);
        let mut before = Default::default();
        loop {
            tokio::select! {
                ended = &mut working => break Some(ended),
                () = desk.cancel.cancelled(), if !work.stops_itself() => break None,
                _ = ticks.tick() => {
                    let now = desk.told.now();
                    if now != before {
                        kept(desk.app.db().note_progress(&id, &now));
                        before = now;
                        tell(&desk.app, &id);
                    }
                }
            }
        }
    };
    let cancelled = desk.cancel.is_cancelled();
    let (status, result, error) = match ended {
        None => (JobStatus::Cancelled, Value::Null, String::new()),
        Some(Ok(Ok(Came { result, .. }))) if cancelled => (JobStatus::Cancelled, result, String::new()),
        Some(Ok(Ok(Came { status, result }))) => (status, result, String::new()),
        Some(Ok(Err(error))) => (JobStatus::Failed, Value::Null, format!("{error:#}")),
        Some(Err(_)) => (JobStatus::Failed, Value::Null, "this is a fault of ours; the log has it".to_owned()),
    };
    let result = if result.to_string().len() > LONGEST_RESULT { Value::Null } else { result };
    kept(desk.app.db().note_progress(&id, &desk.told.now()));
    // What it made is shown before it is said to be done.
    if let Err(error) = desk.app.refresh().await {
        tracing::warn!(error = format!("{error:#}"), "what a job made cannot be read");
    }
    kept(desk.app.db().end_job(&id, status, &result, &shortened(&error, LONGEST_ERROR), world::now()));
    desk.app.jobs().running().remove(&id);
    if let Some(traced) = traced {
        traced.ended(status.as_str());
    }
    tracing::info!(job.status = status.as_str(), error, "job ended");
    tell(&desk.app, &id);
}

fn tell(app: &App, id: &str) {
    if let Ok(Some(job)) = app.db().job(id) {
        app.tell(Event::job(&app.jobs().fresh(job)));
    }
}

/// A job goes on where its history cannot be written; that is logged.
fn kept(written: anyhow::Result<()>) {
    if let Err(error) = written {
        tracing::error!(error = format!("{error:#}"), "a job's history cannot be written");
    }
}
