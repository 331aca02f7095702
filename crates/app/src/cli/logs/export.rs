//! `sightline logs export`: calls of models, handed on.

use crate::cli::Global;
use crate::exit::Exit;
use crate::since::Since;
use crate::stage::reported::{made, write_events};
use crate::{print, stage, world};
use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;
use sightline_lake::Session;
use sightline_report::ocsf::{self, ModelCall};
use sightline_report::{EventOutputSpec, ReportError};
use std::io::Write;
use tokio::runtime::Handle;

/// Write each call of a model as an event, for a SIEM: who called which model from where, with its tokens. No prompt, no answer
#[derive(Debug, Args)]
#[command(
    after_help = "What a trail and the model's own log tell of one call is one event. In the order of the data, not of time.\n\
     Exit status: 0 written, 3 written, but logs could not be read whole, or there are none."
)]
pub(crate) struct Export {
    /// Calls since then: an age before the end (`24h`, `7d`) or a time (`2026-11-01`)
    #[arg(long, value_name = "AGE|TIME", default_value = "24h")]
    since: Since,
    /// Calls before then [default: the newest record of the logs]
    #[arg(long, value_name = "AGE|TIME")]
    until: Option<Since>,
    /// What to write, and where: `ocsf`, `ocsf=FILE`
    #[arg(long, short, value_name = "FORMAT[=FILE]", default_value = "ocsf")]
    output: EventOutputSpec,
}

/// Log objects that were not read whole.
#[derive(Deserialize)]
struct Unread {
    objects: i64,
}

impl Export {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let session = stage::session(&lake).await?;
        let now = world::now();
        let newest = stage::detect::newest(&session).await?;
        let until = match &self.until {
            Some(until) => until.before(now)?,
            None => newest.map_or(now, |newest| newest.min(now)),
        };
        let from = self.since.before(until)?;
        anyhow::ensure!(from < until, "`--since {}` is not before {until}: nothing lies between", self.since);
        let made = made();
        write_events(&self.output, &mut |out| {
            tokio::task::block_in_place(|| Handle::current().block_on(calls(&session, (from, until), &made, out)))
        })?;
        if newest.is_none() {
            print::warning("no log tells of calls: run `sightline ingest`");
            return Ok(Exit::Incomplete);
        }
        let unread = unread(&session).await?;
        if unread > 0 {
            print::warning(&format!("{unread} log objects could not be read whole: `sightline logs gaps` names them"));
            return Ok(Exit::Incomplete);
        }
        Ok(Exit::Clean)
    }
}

/// Writes the calls as they are read: there may be more than fit into memory.
async fn calls(
    session: &Session,
    (from, until): (jiff::Timestamp, jiff::Timestamp),
    made: &ocsf::Made,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let mut written = Ok(());
    let read = sightline_discover::each_call(session, from, until, |call: ModelCall| {
        if written.is_ok() {
            written = ocsf::call(&call, made, out);
        }
    });
    read.await.map_err(|error| ReportError::Source(Box::new(error)))?;
    written
}

async fn unread(session: &Session) -> anyhow::Result<i64> {
    let sql = "SELECT count(*) AS objects FROM log_object WHERE status IN ('partial', 'unreadable')";
    let rows: Vec<Unread> = session.sql(sql).await?.rows_as()?;
    Ok(rows.into_iter().next().context("a count has a row")?.objects)
}
