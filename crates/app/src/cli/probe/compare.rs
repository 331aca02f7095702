//! `sightline probe compare`: two runs, prompt by prompt.

use crate::cli::Global;
use crate::exit::Exit;
use crate::stage::probed::Verdict;
use crate::table::{Table, Tone};
use crate::{print, stage};
use clap::Args;
use sightline_model::untrusted::for_terminal;
use sightline_probe::{Change, Comparison, ProbeRun};

/// The arguments.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 1 when a family, or plain work, got worse and chance hardly explains it (q or p up to 0.05); \
    3 when nothing could be paired."
)]
pub(super) struct Compare {
    /// The run before: the one without the guardrail, or of the earlier version
    before: String,
    /// The run after
    after: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Compare {
    /// Prints how they differ.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let session = lake.session(&[]).await?;
        let (before, earlier) = sightline_probe::recorded(&session, &self.before).await?;
        let (after, later) = sightline_probe::recorded(&session, &self.after).await?;
        let compared = sightline_probe::compare(&before.summary(&earlier), &after.summary(&later));
        if self.json {
            print::json(&compared)?;
        } else {
            print::line(&format!("before: {}\nafter:  {}\n", named(&before), named(&after)))?;
            show(&compared)?;
        }
        Ok(exit(&compared))
    }
}

fn named(run: &ProbeRun) -> String {
    let guard = match run.guardrail_id.as_str() {
        "" => "no guardrail".to_owned(),
        id => format!("guardrail {id}:{}", run.guardrail_version),
    };
    for_terminal(&format!("{} {} in {}, {guard}", run.run_id, run.target, run.region))
}

pub(super) fn show(compared: &Comparison) -> anyhow::Result<()> {
    let mut table = Table::new(&["FAMILY", "PROMPTS", "BOTH", "MENDED", "WORSE", "CHANGE", "P", "Q"]);
    for column in 1..8 {
        table.align_right(column);
    }
    let mut row = |name: &str, change: &Change, q: Option<f64>| {
        let counts = [change.pairs, change.both, change.only_before, change.only_after].map(|count| count.to_string());
        let difference = change.difference().map_or("–".to_owned(), |share| format!("{:+.0} %", share * 100.0));
        let (p, q) = (format!("{:.4}", change.p), q.map_or(String::new(), |q| format!("{q:.4}")));
        let tone = if change.only_after > change.only_before { Tone::Bad } else { Tone::Plain };
        let [pairs, both, mended, worse] = counts.each_ref().map(|count| (count.as_str(), Tone::Plain));
        table.row([
            (name, tone),
            pairs,
            both,
            mended,
            worse,
            (difference.as_str(), tone),
            (p.as_str(), Tone::Plain),
            (q.as_str(), Tone::Plain),
        ]);
    };
    for family in &compared.families {
        row(&family.family, &family.change, Some(family.q));
    }
    row("all attacks", &compared.attacks, None);
    row("plain work refused", &compared.over_refusal, None);
    print::line(table.to_string().trim_end())?;
    let unpaired = compared.unpaired;
    print::line(&format!(
        "\nPrompts that went wrong at least once, in the trials that both runs settled. P: exact McNemar test, two-sided;\n\
        Q: corrected for the number of families (Benjamini and Hochberg). Not compared: {} that only one run has in\n\
        this version, {} that were not settled in both.",
        unpaired.missing, unpaired.undecided
    ))?;
    Ok(())
}

fn exit(compared: &Comparison) -> Exit {
    match stage::probed::verdict(compared) {
        Verdict::Worse => Exit::Findings,
        Verdict::NothingPaired => Exit::Incomplete,
        Verdict::NotWorse => Exit::Clean,
    }
}
