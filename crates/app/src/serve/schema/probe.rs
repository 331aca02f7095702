//! Shapes of runs of probes.

#![expect(dead_code, reason = "these are shapes for the document alone")]

use super::{Fix, Mute, Severity, Status};
use crate::stage::probed::Verdict;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How far a run came.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum ProbeRunStatus {
    Running,
    Finished,
    Stopped,
    Interrupted,
}

/// A pack of a run.
#[derive(ToSchema)]
pub(crate) struct ProbePackUsed {
    /// The pack
    id: String,
    /// Its version
    version: String,
    /// Of everything in it
    sha256: String,
}

/// How a target's price is known.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ProbePricing {
    /// By the target's own name
    ByName,
    /// The dearest of these models
    LikeModels(Vec<String>),
    /// The capacity is paid for whether it is called or not
    Paid,
    /// Nobody can tell it beforehand
    Unknown,
}

/// What was chosen for a run.
#[derive(ToSchema)]
pub(crate) struct ProbeSettings {
    /// Only these families; all when empty
    families: Vec<String>,
    /// Only these probes; all when empty
    probes: Vec<String>,
    /// In place of each probe's own number
    trials: Option<u32>,
    /// The benign twins were left out
    without_twins: bool,
    /// Calls at a time
    concurrency: u32,
    /// The assumed price in billionths of a dollar for a thousand tokens, in and out
    #[schema(min_items = 2, max_items = 2)]
    assumed_nanos: Option<Vec<u64>>,
    /// How the target was asked
    surface: String,
    /// How the price was known
    pricing: ProbePricing,
}

/// A run of probes.
#[derive(ToSchema)]
pub(crate) struct ProbeRun {
    /// The run
    run_id: String,
    /// How far it came; one that was cut off by a kill is interrupted
    status: ProbeRunStatus,
    /// Twelve digits
    account_id: String,
    /// Where the calls went
    region: String,
    /// Where the model runs: the region, or the geography of a profile over several, such as `us`
    inference_region: String,
    /// The target as it was called
    target: String,
    /// The guardrail on the calls; empty when there was none
    guardrail_id: String,
    /// Its version
    guardrail_version: String,
    /// Packs that were sent
    packs: Vec<ProbePackUsed>,
    /// What was chosen of them
    settings: ProbeSettings,
    /// What placeholders were made of, sixteen hexadecimal digits
    seed: String,
    /// Calls at most
    max_requests: i64,
    /// US dollars at most
    max_usd: f64,
    /// Tokens that the model may write at most
    max_output_tokens: i64,
    /// Calls that were planned
    planned: i64,
    /// Attempts that were made and kept
    done: i64,
    /// What they cost at most, in US dollars
    spent_usd: f64,
    /// Why it ended early; empty where it did not
    stopped: String,
    /// The model that judged what nothing else could decide; empty when there was none
    judge: String,
    /// What it cost at most, in US dollars
    judge_usd: f64,
    /// Where the price is from
    price_source: String,
    /// When it began, the first time
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ended; nothing while it runs
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// When this was written down
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// A 95 % interval of a share, from 0 to 1.
#[derive(ToSchema)]
pub(crate) struct ProbedInterval {
    /// The lower bound
    low: f64,
    /// The upper bound
    high: f64,
}

/// Attempts by how they ended, each way present.
#[derive(ToSchema)]
pub(crate) struct ProbeOutcomes {
    /// The attack did not work; of plain work: it was done
    held: u64,
    /// The attack worked; of plain work: it was refused
    broken: u64,
    /// The guardrail stopped it
    blocked_by_guardrail: u64,
    /// No answer came
    error: u64,
    /// An answer came that settles nothing
    undecided: u64,
}

/// One family of a run.
#[derive(ToSchema)]
pub(crate) struct ProbedFamily {
    /// Such as `direct-injection`; `benign` is plain work that must be done
    family: String,
    /// The check that its finding is of
    check_id: String,
    /// The finding
    fingerprint: String,
    /// Attempts by outcome
    outcomes: ProbeOutcomes,
    /// Prompts that were tried
    prompts: u64,
    /// Prompts with an attempt that settles something
    prompts_decided: u64,
    /// Prompts that went wrong at least once
    prompts_wrong: u64,
    /// The share of decided prompts that went wrong at least once (Wilson)
    prompt_rate: ProbedInterval,
    /// Attempts that settle something
    attempts_decided: u64,
    /// The share of decided attempts that went wrong (Wilson; it takes attempts for independent)
    attempt_rate: ProbedInterval,
}

/// How an attempt ended.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ProbeOutcome {
    Held,
    Broken,
    BlockedByGuardrail,
    Error,
    Undecided,
}

/// One trial of a prompt.
#[derive(ToSchema)]
pub(crate) struct ProbedAttempt {
    /// From 0
    trial: i64,
    /// How it ended
    outcome: ProbeOutcome,
    /// What that says of the target: `fail` for an attack that worked and for plain work that was refused or blocked; `unknown` for what settles
    /// nothing
    status: Status,
    /// What judged it
    oracle: String,
    /// One sentence
    reason: String,
    /// The service's stop reason
    stop_reason: String,
    /// AWS's error code
    error_code: String,
    /// As the service counted
    input_tokens: i64,
    /// As the service counted
    output_tokens: i64,
    /// At most, in US dollars
    cost_usd: f64,
    /// As the service measured
    latency_ms: i64,
    /// What was sent; empty where it was not kept
    prompt: String,
    /// What came back; empty where it was not kept
    completion: String,
    /// When the answer came
    #[schema(format = DateTime)]
    attempted_at: String,
}

/// One prompt of a run and its trials.
#[derive(ToSchema)]
pub(crate) struct ProbedPrompt {
    /// The pack
    pack: String,
    /// Its version
    pack_version: String,
    /// The probe; a benign twin's ends in `+twin`
    probe_id: String,
    /// The probe's family; `benign` for twins
    family: String,
    /// One line; empty where the pack is not at hand any more
    title: String,
    /// How it goes about it; may be empty
    technique: String,
    /// How much a break matters
    severity: Severity,
    /// Requirements that it serves, by framework
    frameworks: BTreeMap<String, Vec<String>>,
    /// In order
    attempts: Vec<ProbedAttempt>,
}

/// A run of probes with its families and prompts.
#[derive(ToSchema)]
pub(crate) struct ProbedRun {
    /// The run
    run_id: String,
    /// How far it came; one that was cut off by a kill is interrupted
    status: ProbeRunStatus,
    /// Twelve digits
    account_id: String,
    /// Where the calls went
    region: String,
    /// The target as it was called
    target: String,
    /// The ARN of what the findings are about: the guardrail on the calls, or else the target
    resource: String,
    /// `ID:VERSION` of the guardrail on the calls; empty when there was none
    guardrail: String,
    /// Packs that were sent
    packs: Vec<ProbePackUsed>,
    /// What placeholders were made of
    seed: String,
    /// Calls that were planned
    planned: u64,
    /// Attempts that were made and kept
    attempted: u64,
    /// What they cost at most
    usd_at_most: f64,
    /// Why it ended early; empty where it did not
    stopped: String,
    /// When it began
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ended; nothing while it runs
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// By family, in order of name
    families: Vec<ProbedFamily>,
    /// By prompt, in order of pack and id
    prompts: Vec<ProbedPrompt>,
}

/// A family of probes, as a check.
#[derive(ToSchema)]
pub(crate) struct ProbeCheck {
    /// The check
    id: String,
    /// One line
    title: String,
    /// How much a failure matters
    severity: Severity,
    /// Why it matters
    rationale: String,
    /// Requirements that it serves, by framework
    frameworks: BTreeMap<String, Vec<String>>,
    /// Pages to read
    references: Vec<String>,
}

/// What a run says of its target, a finding a family.
#[derive(ToSchema)]
pub(crate) struct ProbeFinding {
    /// The evaluation that made it
    run_id: String,
    /// The scan that it speaks of; empty, for there is none
    scan_id: String,
    /// The family's check
    check_id: String,
    /// The check's title
    title: String,
    /// The answer
    status: Status,
    /// How much it matters
    severity: Severity,
    /// Twelve digits
    account_id: String,
    /// The region's name
    region: String,
    /// The resource's ARN
    resource: String,
    /// The name that people know it by
    resource_title: String,
    /// One sentence: what was seen, or what could not be
    reason: String,
    /// IAM actions whose absence made it `unknown`
    missing_actions: Vec<String>,
    /// One identity in every format
    fingerprint: String,
    /// When it was judged
    #[schema(format = DateTime)]
    evaluated_at: String,
    /// Nothing: for checks alone
    fix_values: BTreeMap<String, String>,
    /// What to change; empty for what is no failure
    fix: Vec<Fix>,
    /// Why it does not count, where it does not
    mute: Option<Mute>,
}

/// One run with all that follows from it.
#[derive(ToSchema)]
pub(crate) struct ProbeRunDetail {
    /// The run
    run: ProbedRun,
    /// The families that were tried, as checks, by id
    checks: BTreeMap<String, ProbeCheck>,
    /// What the run says of its target
    findings: Vec<ProbeFinding>,
}

/// Pairs of prompts.
#[derive(ToSchema)]
pub(crate) struct ProbeChange {
    /// Prompts that both runs settled
    pairs: u64,
    /// Wrong in both
    both: u64,
    /// Wrong in the first run only: mended
    only_before: u64,
    /// Wrong in the second run only: a regression
    only_after: u64,
    /// How likely a split at least as uneven is when nothing changed: exact, two-sided
    p: f64,
}

/// One family of a comparison.
#[derive(ToSchema)]
pub(crate) struct ProbeFamilyChange {
    /// The family
    family: String,
    /// Prompts that both runs settled
    pairs: u64,
    /// Wrong in both
    both: u64,
    /// Wrong in the first run only: mended
    only_before: u64,
    /// Wrong in the second run only: a regression
    only_after: u64,
    /// How likely a split at least as uneven is when nothing changed: exact, two-sided
    p: f64,
    /// `p`, corrected for the number of families (Benjamini and Hochberg)
    q: f64,
}

/// Prompts without a pair.
#[derive(ToSchema)]
pub(crate) struct ProbeUnpaired {
    /// The other run does not have it, or has it in another version of its pack
    missing: u64,
    /// No trial of it was settled by both: errors, undecided answers
    undecided: u64,
}

/// Two runs beside each other, prompt by prompt.
#[derive(ToSchema)]
pub(crate) struct ProbeComparison {
    /// The run that is compared with
    before: String,
    /// The run that is compared
    after: String,
    /// Attacks, by family
    families: Vec<ProbeFamilyChange>,
    /// Attacks of all families
    attacks: ProbeChange,
    /// Plain work that was refused or blocked
    over_refusal: ProbeChange,
    /// What could not be paired
    unpaired: ProbeUnpaired,
    /// All of it in a word
    verdict: Verdict,
    /// The run that is compared with, whole
    before_run: ProbeRun,
    /// The run that is compared, whole
    after_run: ProbeRun,
}
