//! `sightline probe show`: one run, its families, and the prompts that did worst.

use super::export::Export;
use super::own_packs::OwnPacks;
use super::summary;
use crate::cli::Global;
use crate::exit::Exit;
use crate::table::{Table, Tone};
use crate::{print, stage};
use clap::Args;
use sightline_model::untrusted::{for_terminal, shortened};
use sightline_probe::{Attempt, Gate, GateReport, GateVerdict, Outcome, PromptResult, RunSummary};

/// Characters of a kept answer that are shown.
const EXCERPT: usize = 160;

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The run; `sightline probe runs` lists them
    run: String,
    /// Prompts to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    worst: usize,
    /// Fail when this holds of the run, such as `broken.lower > 0.05`; may be given several times
    #[arg(long, value_name = "GATE")]
    fail_if: Vec<Gate>,
    #[command(flatten)]
    own: OwnPacks,
    #[command(flatten)]
    export: Export,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Prints the run.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let session = lake.session(&[]).await?;
        let (run, attempts) = sightline_probe::recorded(&session, &self.run).await?;
        let came_to = run.summary(&attempts);
        let gates: Vec<GateReport> = self.fail_if.iter().map(|gate| gate.judge(&came_to)).collect();
        if self.json {
            print::json(&summary::as_json(&came_to, &gates))?;
        } else if !self.export.takes_stdout() {
            let guard = if run.guardrail_id.is_empty() { "no guardrail" } else { &run.guardrail_id };
            print::line(&format!(
                "{} in {}, {}, {}\n",
                for_terminal(&run.target),
                run.region,
                for_terminal(guard),
                run.status
            ))?;
            summary::show(&came_to)?;
            worst(&came_to, &attempts, self.worst)?;
            summary::show_gates(&gates)?;
        }
        self.export.write(&session, &run.run_id, &gates, &self.own, false).await?;
        Ok(gates.iter().fold(Exit::Clean, |exit, gate| match gate.verdict {
            GateVerdict::Holds => exit.or_worse(Exit::Findings),
            GateVerdict::Undecided => exit.or_worse(Exit::Incomplete),
            GateVerdict::Passes => exit,
        }))
    }
}

/// The prompts that went wrong most often, each with one of the answers where they were kept.
fn worst(summary: &RunSummary, attempts: &[Attempt], most: usize) -> anyhow::Result<()> {
    let share = |prompt: &PromptResult| prompt.wrong() as f64 / prompt.decided().max(1) as f64;
    let mut prompts: Vec<&PromptResult> = summary.prompts.iter().filter(|prompt| prompt.wrong() > 0).collect();
    prompts.sort_by(|a, b| share(b).total_cmp(&share(a)).then_with(|| b.wrong().cmp(&a.wrong())));
    if prompts.is_empty() || most == 0 {
        return Ok(());
    }
    let mut table = Table::new(&["WORST PROMPTS", "WRONG", "WHY"]);
    for prompt in prompts.into_iter().take(most) {
        let mut own =
            attempts.iter().filter(|attempt| attempt.pack == prompt.pack && attempt.probe_id == prompt.probe_id);
        let bad = |attempt: &&Attempt| {
            matches!(attempt.outcome, Outcome::Broken)
                || (prompt.is_plain_work() && attempt.outcome == Outcome::BlockedByGuardrail)
        };
        let Some(attempt) = own.find(bad) else { continue };
        let excerpt = shortened(&attempt.completion, EXCERPT).replace(['\n', '\r'], " ");
        let why =
            if excerpt.is_empty() { attempt.reason.clone() } else { format!("{}: “{excerpt}”", attempt.reason) };
        let wrong = format!("{} of {}", prompt.wrong(), prompt.decided());
        table.row([(prompt.probe_id.as_str(), Tone::Plain), (wrong.as_str(), Tone::Bad), (why.as_str(), Tone::Plain)]);
    }
    print::line(&format!("\n{}", table.to_string().trim_end()))?;
    Ok(())
}
