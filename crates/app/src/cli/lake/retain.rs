//! Old rows taken out.

use super::super::Global;
use crate::exit::Exit;
use crate::figures::counted;
use crate::stage::upkeep::{self, Kept};
use crate::{print, stage, world};
use clap::Args;

/// Take rows out of tables that are older than so many days
///
/// The ledger of what was read (`log_object`), the newest scan of each account, the newest run of each kind, what the map keeps of days, and probes
/// are kept whatever their age. The files stay a week for who reads them now; `sightline lake vacuum` takes them away then.
#[derive(Debug, Args)]
pub(super) struct Retain {
    /// A table and for how many days its rows are kept, as in `flow=90`; may be given several times
    #[arg(value_name = "TABLE=DAYS", required = true, value_parser = kept)]
    kept: Vec<Kept>,
    /// Count what would be taken, and take nothing
    #[arg(long)]
    dry_run: bool,
}

fn kept(text: &str) -> Result<Kept, String> {
    let (name, days) = text.split_once('=').ok_or("write `TABLE=DAYS`, as in `flow=90`")?;
    upkeep::kept(name, days.parse().ok())
}

impl Retain {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let (now, mut exit) = (world::now(), Exit::Clean);
        for kept in self.kept {
            let (table, done) = (kept.table, upkeep::retain(&lake, kept, now, self.dry_run).await?);
            let verb = if self.dry_run { "would take out" } else { "took out" };
            print::line(&format!(
                "{}: {verb} {}: {} whole, {} written again",
                table.name,
                counted(done.rows, "row"),
                counted(done.files, "file"),
                counted(done.rewritten, "file")
            ))?;
            if done.busy > 0 {
                print::warning(&format!(
                    "{} of `{}` changed meanwhile: run again",
                    counted(done.busy, "file"),
                    table.name
                ));
                exit = exit.or_worse(Exit::Incomplete);
            }
        }
        Ok(exit)
    }
}
