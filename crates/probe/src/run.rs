//! Running a plan: a few calls at a time, each within the budget, each kept.

use crate::answer::Answer;
use crate::attempt::{Attempt, Outcome};
use crate::budget::{Budget, Cost, Limits};
use crate::consult::{Consult, JudgeReport};
use crate::fill::Words;
use crate::judge::{self, Aim, Duty, Judgement};
use crate::keeper::Keeper;
use crate::llm_judge::LlmJudge;
use crate::plan::{Plan, PlannedProbe, TRIES};
use crate::record::ProbeRun;
use crate::refusal::Refusal;
use crate::resume::Resumed;
use crate::summary::{RunSummary, Tally};
use crate::surface::{Asker, TAG};
use crate::{ProbeError, Usd};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use sightline_aws::{Aws, CallError, CallErrorKind, Listening};
use sightline_lake::{Lake, LakeError};
use sightline_model::untrusted::shortened;
use sightline_model::{RunId, lake_table};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Characters of a prompt or an answer that are kept, when they are kept at all.
const KEPT: usize = 20_000;

/// Bytes of an answer that are read. No model writes as much in the tokens that a probe allows it.
pub(crate) const LARGEST_ANSWER: u64 = 2_000_000;
/// How much longer an answer may take in all than the model may stay silent.
const LONGEST: u32 = 5;

/// How to run a plan.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// the run's id
    pub run_id: RunId,
    /// what placeholders are made of: the same seed makes the same prompts
    pub seed: u64,
    /// what the run may use; it stops before it would use more
    pub limits: Limits,
    /// keep prompts and answers: they may hold what nobody should read
    pub keep_text: bool,
    /// asked where nothing else could decide
    pub judge: Option<LlmJudge>,
    /// the run that this one goes on with; its id and seed are the ones of these options
    pub resumed: Option<Resumed>,
    /// how long a model may say nothing before its answer is given up; an answer may take five times as long in all
    pub silence: Duration,
    /// tells the time of each attempt
    pub clock: fn() -> Timestamp,
}

/// Hears of each attempt.
pub trait Progress: Sync {
    /// `done` of `planned` attempts have ended, this one last.
    fn attempted(&self, done: u64, planned: u64, attempt: &Attempt);
}

impl RunOptions {
    fn listening(&self) -> Listening {
        Listening {
            product: format!("{TAG}/{}", self.run_id),
            silence: self.silence,
            longest: self.silence * LONGEST,
            largest: LARGEST_ANSWER,
        }
    }
}

impl Plan {
    /// Whether the limits cover the plan.
    ///
    /// # Errors
    /// When they do not; the message says by what.
    pub fn check(&self, limits: &Limits) -> Result<(), ProbeError> {
        limits.cover(self.cost())
    }
}

impl Limits {
    /// Whether these cover all the plans together.
    ///
    /// # Errors
    /// When they do not; the message says by what.
    pub fn check_all<'p>(&self, plans: impl Iterator<Item = &'p Plan>) -> Result<(), ProbeError> {
        self.cover(plans.fold(Cost::default(), |sum, plan| sum.plus(plan.cost())))
    }
}

/// Runs the plan and writes `probe_run` and `probe_attempt`. Cancelling begins no more calls, waits for those under way and keeps them. A model
/// that cannot be reached at all ends the run after the first refusal; see [`RunSummary::stopped`].
///
/// # Errors
/// When attempts cannot be written to the lake.
pub async fn run(
    plan: &Plan,
    aws: &Aws,
    lake: &Lake,
    options: &RunOptions,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Result<RunSummary, ProbeError> {
    let spent = options.resumed.as_ref().map(|resumed| resumed.cost(plan)).unwrap_or_default();
    let budget = Budget::spent_before(options.limits, spent);
    run_within(&budget, plan, aws, lake, options, progress, cancel).await
}

/// As [`run`], with a budget that runs before it have used in part: so several targets share one. A run that goes on has a budget of
/// its own, see [`run`].
///
/// # Errors
/// As [`run`].
pub async fn run_within(
    budget: &Budget,
    plan: &Plan,
    aws: &Aws,
    lake: &Lake,
    options: &RunOptions,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Result<RunSummary, ProbeError> {
    let aws = &aws.listening(&options.listening());
    let before = options.resumed.as_ref();
    let carried = before.map(|resumed| resumed.cost(plan)).unwrap_or_default();
    let by_others = budget.spent().usd.less(carried.usd);
    let consult = options.judge.as_ref().map(|judge| Consult::new(judge, aws, options.run_id.as_str()));
    let examined = match &consult {
        Some(consult) => Some(consult.examined().await),
        None => None,
    };
    let trusted = consult.as_ref().filter(|_| examined.as_ref().is_some_and(|report| report.trusted));
    let asker = Asker::new(aws, &plan.target, options.run_id.as_str());
    let run = Run { plan, asker, options, budget, consult: trusted, stop: Mutex::default(), cancel };
    let lost = |source: LakeError| ProbeError::Lake {
        run: options.run_id.to_string(),
        spent: run.budget.at_most().to_string(),
        source: Box::new(source),
    };
    let concurrency = usize::try_from(plan.concurrency).unwrap_or(1);
    let record = ProbeRun::begun(plan, options, (options.clock)());
    lake.append(lake_table::PROBE_RUN, std::slice::from_ref(&record)).await.map_err(lost)?;
    let made = before.map(Resumed::made).unwrap_or_default();
    let jobs =
        plan.jobs().filter(|(probe, trial)| !made.contains(&(&*probe.pack, &*probe.probe_id, i64::from(*trial))));
    let attempts = stream::iter(jobs).map(|(probe, trial)| run.attempt(probe, trial));
    // Boxed, or the compiler cannot tell of what waits for this that it may change threads.
    let mut attempts = attempts.buffer_unordered(concurrency).filter_map(std::future::ready).boxed();

    let mut tally = Tally::default();
    before.into_iter().flat_map(|resumed| &resumed.attempts).for_each(|attempt| tally.add(attempt));
    let mut keeper = Keeper::new(lake, concurrency);
    let mut done = made.len() as u64;
    loop {
        let next = tokio::select! {
            next = attempts.next(), if keeper.has_room() => next,
            written = keeper.written() => {
                written.map_err(lost)?;
                continue;
            }
            // What has ended is kept at once, in case nobody waits for what is under way.
            () = cancel.cancelled(), if !keeper.hurries() => {
                keeper.hurry();
                continue;
            }
        };
        let Some(attempt) = next else { break };
        done += 1;
        tally.add(&attempt);
        progress.attempted(done, plan.requests, &attempt);
        keeper.add(attempt);
    }
    keeper.end().await.map_err(lost)?;
    let stopped = run.stop.lock().unwrap_or_else(PoisonError::into_inner).take();
    let spent = consult.as_ref().map_or(Usd::ZERO, Consult::spent);
    let judge = examined.map(|report| JudgeReport { usd_at_most: spent.as_f64(), ..report });
    let summary = tally.summary(options.run_id.as_str(), plan.requests, budget.spent().usd.less(by_others), stopped);
    let summary = RunSummary { judge, ..summary };
    let record = record.ended(&summary, (options.clock)());
    lake.append(lake_table::PROBE_RUN, &[record]).await.map_err(lost)?;
    Ok(summary)
}

impl Plan {
    /// First trials first, so that a run that is cut short has tried as many prompts as it could.
    fn jobs(&self) -> impl Iterator<Item = (&PlannedProbe, u32)> {
        let rounds = self.probes.iter().map(|probe| probe.trials).max().unwrap_or_default();
        (0..rounds).flat_map(|trial| {
            self.probes.iter().filter(move |probe| trial < probe.trials).map(move |probe| (probe, trial))
        })
    }
}

struct Run<'a> {
    plan: &'a Plan,
    asker: Asker<'a>,
    options: &'a RunOptions,
    budget: &'a Budget,
    consult: Option<&'a Consult<'a>>,
    stop: Mutex<Option<String>>,
    cancel: &'a CancellationToken,
}

impl Run<'_> {
    /// Makes one call, if it may still be made.
    async fn attempt(&self, probe: &PlannedProbe, trial: u32) -> Option<Attempt> {
        if self.cancel.is_cancelled() {
            self.stop("cancelled".into());
        }
        if self.stop.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return None;
        }
        let reservation = match self.budget.reserve(probe.reservation()) {
            Ok(reservation) => reservation,
            Err(limit) => {
                self.stop(format!("the budget is used up: one more call could pass `{limit}`"));
                return None;
            }
        };
        let words = Words::of(self.options.seed, &probe.pack, &probe.probe_id, trial);
        let prompt = probe.prompt.filled(&words);
        let before = self.asker.retries();
        let answered = self.plan.target.surface().ask(&self.asker, &prompt, &probe.probe_id).await;
        // Calls beside this one count, too: the figure is never too low.
        let retries = self.asker.retries().saturating_sub(before).min(TRIES - 1);

        let mut attempt = self.blank(probe, trial);
        if self.options.keep_text {
            attempt.prompt = shortened(&prompt.transcript(), KEPT);
        }
        let mut open = None;
        let (used, output) = match answered {
            Ok(answer) => {
                open = self
                    .judged(&mut attempt, probe, &words, &prompt.system, &answer)
                    .map(|duty| (duty, answer.text.clone()));
                self.counted(&mut attempt, probe, &answer)
            }
            Err(error) => self.failed(&mut attempt, probe, &error),
        };
        let used = Cost {
            requests: 1,
            usd: used + probe.usd.times(retries),
            output_tokens: output.saturating_add(probe.output_tokens.saturating_mul(retries)),
        };
        attempt.cost_usd = used.usd.as_f64();
        self.budget.settle(reservation, used);
        if let (Some(consult), Some((duty, text))) = (self.consult, open) {
            let asked = prompt.turns.last().map(|turn| turn.text.as_str()).unwrap_or_default();
            let verdict = consult.verdict(asked, &text, self.options.seed.wrapping_add(u64::from(trial))).await;
            settle(&mut attempt, verdict, duty);
        }
        Some(attempt)
    }

    fn blank(&self, probe: &PlannedProbe, trial: u32) -> Attempt {
        let target = &self.plan.target;
        Attempt {
            run_id: self.options.run_id.to_string(),
            account_id: target.account_id().to_owned(),
            region: target.region().to_owned(),
            target: target.model().to_owned(),
            guardrail_id: target.guardrail().map(|guardrail| guardrail.id.clone()).unwrap_or_default(),
            pack: probe.pack.clone(),
            pack_version: probe.pack_version.clone(),
            probe_id: probe.probe_id.clone(),
            family: probe.family.clone(),
            trial: trial.into(),
            outcome: Outcome::Error,
            oracle: String::new(),
            reason: String::new(),
            stop_reason: String::new(),
            error_code: String::new(),
            input_tokens: 0,
            output_tokens: 0,
            cost_usd: 0.0,
            latency_ms: 0,
            prompt: String::new(),
            completion: String::new(),
            attempted_at: (self.options.clock)(),
        }
    }

    /// Judges the answer; returns what a judge that understands text could still decide.
    fn judged(
        &self,
        attempt: &mut Attempt,
        probe: &PlannedProbe,
        words: &Words,
        system: &str,
        answer: &Answer,
    ) -> Option<Duty> {
        let aim = match &probe.probe.twin {
            Some(twin) if probe.is_twin => Aim::Twin { answer: &twin.answer },
            _ => Aim::Attack { probe: &probe.probe, system },
        };
        let Judgement { outcome, oracle, reason, open } = match self.plan.target.surface().asks_a_model() {
            true => judge::judge(answer, aim, words),
            false => judge::guardrail(answer, probe.is_plain_work()),
        };
        attempt.outcome = outcome;
        attempt.oracle = oracle.to_owned();
        attempt.reason = reason;
        attempt.stop_reason = shortened(&answer.stop_reason, 100);
        attempt.latency_ms = answer.latency_ms;
        if self.options.keep_text {
            attempt.completion = shortened(&answer.text, KEPT);
        }
        open
    }

    /// What the answer cost, and how many tokens it has.
    fn counted(&self, attempt: &mut Attempt, probe: &PlannedProbe, answer: &Answer) -> (Usd, u64) {
        // An answer that does not say what it used is taken for the dearest.
        let Some(usage) = answer.usage else { return (probe.usd, probe.output_tokens) };
        attempt.input_tokens = i64::try_from(usage.input).unwrap_or(i64::MAX);
        attempt.output_tokens = i64::try_from(usage.output).unwrap_or(i64::MAX);
        (probe.cost(usage.input, usage.output), usage.output)
    }

    /// Records the error; returns what the call may have cost.
    fn failed(&self, attempt: &mut Attempt, probe: &PlannedProbe, error: &CallError) -> (Usd, u64) {
        attempt.error_code = error.code.clone();
        attempt.reason = shortened(&error.message, 500);
        if is_hopeless(error.kind) && !has_begun(error) {
            self.stop(format!("the model cannot be called: {error}"));
        }
        match is_free(error.kind) && !has_begun(error) {
            true => (Usd::ZERO, 0),
            false => (probe.usd, probe.output_tokens),
        }
    }

    /// The first reason stays.
    fn stop(&self, reason: String) {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
    }
}

/// Puts a verdict in place of none. One that is unclear, or that did not come, leaves the attempt undecided.
fn settle(attempt: &mut Attempt, verdict: Result<Refusal, String>, duty: Duty) {
    match verdict {
        Ok(Refusal::Unclear) => attempt.reason.push_str("; the judge could not tell either"),
        Ok(verdict) => {
            let Judgement { outcome, oracle, reason, .. } = Judgement::of_verdict(verdict, duty, "judge");
            attempt.outcome = outcome;
            attempt.oracle = oracle.to_owned();
            attempt.reason = reason;
        }
        Err(reason) => attempt.reason.push_str(&format!("; {reason}")),
    }
}

/// The next call would end in the same way.
fn is_hopeless(kind: CallErrorKind) -> bool {
    use CallErrorKind::{Denied, ExpiredCredentials, NoCredentials, NotFound, Unsupported};
    matches!(kind, Denied | ExpiredCredentials | NoCredentials | NotFound | Unsupported)
}

/// The error came behind the beginning of an answer.
fn has_begun(error: &CallError) -> bool {
    error.status == Some(200)
}

/// The service refused before a model ran. Of the others nobody knows: the answer may have been lost on its way.
fn is_free(kind: CallErrorKind) -> bool {
    is_hopeless(kind) || matches!(kind, CallErrorKind::Throttled | CallErrorKind::Invalid)
}
