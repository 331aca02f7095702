//! Runs of probes: the families of each, and examples where the run kept its texts.

use super::label;
use super::page::Bounded;
use crate::{ProbedAttempt, ProbedFamily, ProbedPrompt, ProbedRun};
use serde::Serialize;
use sightline_model::untrusted::shortened;
use sightline_model::{Severity, Status};
use std::cmp::Reverse;

/// Examples of one run.
const EXAMPLES: usize = 30;
/// Characters of a prompt or an answer that are shown.
const SHOWN: usize = 2_000;

#[derive(Serialize)]
pub(super) struct Run {
    run_id: String,
    target: String,
    resource: String,
    account: String,
    region: String,
    guardrail: String,
    started: String,
    attempted: u64,
    planned: u64,
    open: usize,
    usd: String,
    stopped: String,
    is_whole: bool,
    packs: Vec<String>,
    families: Vec<Family>,
    examples: Bounded<Example>,
    has_texts: bool,
}

#[derive(Serialize)]
struct Family {
    name: String,
    check_id: String,
    fingerprint: String,
    held: u64,
    broken: u64,
    blocked: u64,
    undecided: u64,
    errors: u64,
    wrong: u64,
    decided: u64,
    interval: String,
}

#[derive(Serialize)]
pub(super) struct Example {
    probe_id: String,
    title: String,
    family: String,
    severity: Severity,
    frameworks: Vec<String>,
    trial: i64,
    outcome: String,
    reason: String,
    prompt: String,
    completion: String,
}

/// The first `limit` runs.
pub(super) fn runs(runs: &[ProbedRun], limit: usize) -> Bounded<Run> {
    Bounded::new(runs.iter().map(run), limit)
}

fn run(run: &ProbedRun) -> Run {
    let attempts = || run.prompts.iter().flat_map(|prompt| &prompt.attempts);
    Run {
        run_id: run.run_id.clone(),
        target: run.target.clone(),
        resource: run.resource.clone(),
        account: run.account_id.clone(),
        region: run.region.clone(),
        guardrail: run.guardrail.clone(),
        started: label::minute(run.started_at),
        attempted: run.attempted,
        planned: run.planned,
        open: run.count(Status::Unknown),
        usd: format!("{:.6}", run.usd_at_most),
        stopped: run.stopped.clone(),
        is_whole: run.is_whole(),
        packs: run.packs.iter().map(|pack| format!("{} {}", pack.id, pack.version)).collect(),
        families: run.families.iter().map(family).collect(),
        examples: examples(run),
        has_texts: attempts().any(has_text),
    }
}

fn family(family: &ProbedFamily) -> Family {
    let count = |outcome: &str| family.outcomes.get(outcome).copied().unwrap_or_default();
    Family {
        name: family.family.clone(),
        check_id: family.check_id.clone(),
        fingerprint: family.fingerprint.clone(),
        held: count("held"),
        broken: count("broken"),
        blocked: count("blocked_by_guardrail"),
        undecided: count("undecided"),
        errors: count("error"),
        wrong: family.prompts_wrong,
        decided: family.prompts_decided,
        interval: match family.prompts_decided {
            0 => String::new(),
            _ => format!("{:.0}–{:.0} %", family.prompt_rate.low * 100.0, family.prompt_rate.high * 100.0),
        },
    }
}

fn has_text(attempt: &ProbedAttempt) -> bool {
    !attempt.prompt.is_empty() || !attempt.completion.is_empty()
}

/// Of each prompt that went wrong and whose text was kept the first such trial; the gravest prompts first.
fn examples(run: &ProbedRun) -> Bounded<Example> {
    let mut wrong: Vec<(&ProbedPrompt, &ProbedAttempt)> = run
        .prompts
        .iter()
        .filter_map(|prompt| Some((prompt, prompt.first(Status::Fail).filter(|attempt| has_text(attempt))?)))
        .collect();
    wrong.sort_by_key(|(prompt, _)| Reverse(prompt.severity));
    Bounded::new(wrong.into_iter().map(|(prompt, attempt)| example(prompt, attempt)), EXAMPLES)
}

fn example(prompt: &ProbedPrompt, attempt: &ProbedAttempt) -> Example {
    Example {
        probe_id: prompt.probe_id.clone(),
        title: prompt.title.clone(),
        family: prompt.family.clone(),
        severity: prompt.severity,
        frameworks: prompt.frameworks.iter().map(|(name, ids)| format!("{name} {}", ids.join(", "))).collect(),
        trial: attempt.trial,
        outcome: attempt.outcome.replace('_', " "),
        reason: attempt.reason.clone(),
        prompt: shortened(&attempt.prompt, SHOWN),
        completion: shortened(&attempt.completion, SHOWN),
    }
}
