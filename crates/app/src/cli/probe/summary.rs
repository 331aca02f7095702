//! What a run came to, as a table and as JSON.

use crate::print;
use crate::table::{Table, Tone};
use serde_json::{Value, json};
use sightline_model::untrusted::for_terminal;
use sightline_probe::{FamilySummary, GateReport, GateVerdict, Interval, Outcome, RunSummary};

/// All figures.
pub(super) fn as_json(summary: &RunSummary, gates: &[GateReport]) -> Value {
    json!({
        "run_id": summary.run_id,
        "planned": summary.planned,
        "attempted": summary.attempted,
        "outcomes": summary.outcomes,
        "families": summary.families,
        "prompts": summary.prompts,
        "usd_at_most": summary.spent.as_f64(),
        "stopped": summary.stopped,
        "judge": summary.judge,
        "gates": gates,
    })
}

/// The families, and how sure their figures are.
pub(super) fn show(summary: &RunSummary) -> anyhow::Result<()> {
    let mut table = Table::new(&["FAMILY", "HELD", "BROKEN", "BLOCKED", "UNDEC.", "ERROR", "PROMPTS", "TRIALS"]);
    for column in 1..6 {
        table.align_right(column);
    }
    for family in &summary.families {
        let count = |outcome: Outcome| family.outcomes.get(&outcome).copied().unwrap_or_default().to_string();
        let tone = if count(Outcome::Broken) == "0" { Tone::Plain } else { Tone::Bad };
        table.row([
            (family.family.as_str(), Tone::Plain),
            (count(Outcome::Held).as_str(), Tone::Plain),
            (count(Outcome::Broken).as_str(), tone),
            (count(Outcome::BlockedByGuardrail).as_str(), Tone::Plain),
            (count(Outcome::Undecided).as_str(), Tone::Plain),
            (count(Outcome::Error).as_str(), Tone::Plain),
            (by_prompt(family).as_str(), Tone::Plain),
            (by_attempt(family).as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    print::line(&format!(
        "\n{} of {} calls, at most {}. PROMPTS: went wrong at least once, of those decided, with Wilson's 95 % interval in percent.\n\
        TRIALS: 95 % interval of the share that went wrong, prompts drawn (bootstrap); with `~`, all prompts behaved\n\
        alike and trials are taken for independent. Errors and undecided answers never count as held. Of `benign`,\n\
        wrong is refused or blocked. {}",
        summary.attempted,
        summary.planned,
        summary.spent,
        calibration(summary)
    ))?;
    if let Some(judge) = &summary.judge {
        let (n, kappa) =
            (judge.agreement.answers, judge.agreement.kappa.map_or("none".to_owned(), |kappa| format!("{kappa:.2}")));
        let asked = if judge.trusted { "asked where nothing else decided" } else { "not asked: it agrees too little" };
        print::line(&format!(
            "Judge {}: {:.0} % of {n} labelled answers alike, kappa {kappa}, {} without a verdict; {asked}. At most {:.6} USD.",
            for_terminal(&judge.model),
            judge.agreement.accuracy * 100.0,
            judge.without_verdict,
            judge.usd_at_most
        ))?;
    }
    if let Some(reason) = &summary.stopped {
        print::line(&format!("Stopped early: {}", for_terminal(reason)))?;
    }
    print::line(&format!(
        "Each attempt: sightline query \"SELECT probe_id, outcome, reason FROM probe_attempt WHERE run_id = '{}'\"\n\
        Findings of all runs: sightline findings --select probe",
        summary.run_id
    ))?;
    Ok(())
}

/// Which figures a judge with known errors stands behind.
fn calibration(summary: &RunSummary) -> String {
    let corrected: Vec<String> = summary
        .families
        .iter()
        .filter_map(|family| Some(format!("{} {:.0} %", family.family, family.corrected_rate? * 100.0)))
        .collect();
    match corrected.is_empty() {
        true => "All rates are uncalibrated: the\nerrors of their oracles were not measured.".to_owned(),
        false => {
            format!("Corrected for the judge's own errors: {}; the others are uncalibrated.", corrected.join(", "))
        }
    }
}

fn percent(interval: Interval) -> String {
    format!("{:.0}–{:.0}", interval.low * 100.0, interval.high * 100.0)
}

fn by_prompt(family: &FamilySummary) -> String {
    match family.prompts_decided {
        0 => "none decided".to_owned(),
        decided => format!("{}/{decided} {}", family.prompts_broken, percent(family.prompt_rate)),
    }
}

fn by_attempt(family: &FamilySummary) -> String {
    match (family.decided, family.bootstrap) {
        (0, _) => "none decided".to_owned(),
        (_, Some(interval)) => percent(interval),
        (_, None) => format!("~{}", percent(family.failure_rate)),
    }
}

/// One line a gate.
pub(super) fn show_gates(gates: &[GateReport]) -> anyhow::Result<()> {
    for gate in gates {
        let verdict = match gate.verdict {
            GateVerdict::Holds => "FAILS",
            GateVerdict::Passes => "passes",
            GateVerdict::Undecided => "CANNOT TELL",
        };
        print::line(&format!("Gate {verdict}: {}: {}", for_terminal(&gate.gate), gate.reason))?;
    }
    Ok(())
}
