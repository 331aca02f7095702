//! Begins jobs when their time has come.

use super::db::schedule::Schedule;
use super::job::{Jobs, Refused, Work};
use super::state::App;
use anyhow::Context as _;
use croner::Cron;
use jiff::Timestamp;
use std::str::FromStr as _;
use std::time::Duration;

/// How often the clock is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// What a schedule calls itself where it begins a job.
fn name(schedule: &Schedule) -> String {
    format!("schedule {}", schedule.id)
}

/// When a cron expression comes next, in UTC.
///
/// # Errors
/// It is none, or its time never comes.
pub(crate) fn next(cron: &str, after: Timestamp) -> anyhow::Result<Timestamp> {
    let told = || format!("`{cron}` is no cron expression of five fields, such as `0 3 * * *`");
    anyhow::ensure!(cron.split_whitespace().count() == 5, told());
    let parsed = Cron::from_str(cron).with_context(told)?;
    let from = chrono::DateTime::from_timestamp(after.as_second(), 0).with_context(told)?;
    let found =
        parsed.find_next_occurrence(&from, false).with_context(|| format!("the time of `{cron}` never comes"))?;
    Ok(Timestamp::from_second(found.timestamp())?)
}

/// Begins what is due, until the server ends.
pub(crate) async fn keep(app: App) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = begin_due(&app) {
            tracing::error!(error = format!("{error:#}"), "schedules cannot be looked at");
        }
    }
}

/// What was missed while no server ran is done once, not once for each time.
pub(super) fn begin_due(app: &App) -> anyhow::Result<()> {
    let now = app.now();
    for mut schedule in app.db().schedules()? {
        if !schedule.enabled || schedule.next_at.is_none_or(|at| at > now) {
            continue;
        }
        schedule.last_error = String::new();
        match serde_json::from_value::<Work>(schedule.job.clone()) {
            Ok(work) => match Jobs::start(app, work, &name(&schedule), None) {
                Ok(job) => schedule.last_job = Some(job.id),
                Err(Refused::Busy(id)) => schedule.last_error = format!("the job {id} of its kind still runs"),
                Err(Refused::Wrong(error) | Refused::Failed(error)) => schedule.last_error = format!("{error:#}"),
            },
            Err(error) => schedule.last_error = format!("this version knows no such job: {error}"),
        }
        if !schedule.last_error.is_empty() {
            tracing::warn!(schedule.id, error = schedule.last_error, "a schedule could not begin its job");
        }
        schedule.next_at = next(&schedule.cron, now).ok();
        app.db().keep_schedule(&schedule)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::next;
    use jiff::Timestamp;

    #[test]
    fn the_next_time_is_behind_now() {
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let after = |cron: &str| next(cron, now).map(|at| at.to_string());
        assert_eq!(after("0 3 * * *").unwrap(), "2026-11-24T03:00:00Z");
        assert_eq!(after("*/15 * * * *").unwrap(), "2026-11-23T03:15:00Z");
        assert_eq!(after("0 0 1 1 *").unwrap(), "2027-01-01T00:00:00Z");
        for wrong in ["", "0 3 * *", "61 * * * *", "0 0 0 3 * * *", "@daily"] {
            assert!(after(wrong).unwrap_err().to_string().contains("no cron expression"), "{wrong}");
        }
        assert!(after("0 0 30 2 *").unwrap_err().to_string().contains("never comes"));
    }
}
