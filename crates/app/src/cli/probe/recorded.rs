//! `sightline probe runs`: what was run.

use crate::cli::Global;
use crate::exit::Exit;
use crate::table::{Table, Tone};
use crate::{print, stage};
use clap::Args;
use sightline_probe::RunStatus;

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct Runs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Runs {
    /// Prints the runs, the newest first.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let mut runs = sightline_probe::runs(&lake.session(&[]).await?).await?;
        let mut interrupted = Vec::new();
        for run in runs.iter_mut().filter(|run| run.status == RunStatus::Running) {
            // Its lock is free: nobody runs it any more.
            if lake.lock(&format!("probe-{}", run.run_id), "looking whether it runs").is_ok() {
                interrupted.push(run.run_id.clone());
            }
        }
        if self.json {
            print::json(&runs)?;
            return Ok(Exit::Clean);
        }
        let mut table = Table::new(&["RUN", "STATUS", "CALLS", "USD", "MODEL"]);
        table.align_right(3);
        for run in &runs {
            let was_cut = interrupted.contains(&run.run_id);
            let status = if was_cut { "interrupted".to_owned() } else { run.status.to_string() };
            let (calls, usd) = (format!("{} of {}", run.done, run.planned), format!("{:.6}", run.spent_usd));
            let tone = if run.status == RunStatus::Finished { Tone::Plain } else { Tone::Doubt };
            let model = match run.guardrail_id.as_str() {
                "" => run.target.clone(),
                guardrail => format!("{}, {guardrail}", run.target),
            };
            table.row([
                (run.run_id.as_str(), Tone::Plain),
                (status.as_str(), tone),
                (calls.as_str(), Tone::Plain),
                (usd.as_str(), Tone::Plain),
                (model.as_str(), Tone::Plain),
            ]);
        }
        print::line(table.to_string().trim_end())?;
        Ok(Exit::Clean)
    }
}
