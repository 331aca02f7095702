//! What a run would send and what it can cost at most.

use super::as_members;
use crate::cli::probe::several::{PassedOver, Planned, Plans};
use serde::Serialize;
use sightline_probe::{Guardrail, Plan, PlannedProbe, Usd};
use utoipa::ToSchema;

/// What calls come to at most.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(crate) struct ProbeBound {
    /// Calls
    requests: u64,
    /// Tokens that are sent
    input_tokens: u64,
    /// Tokens that models write
    output_tokens: u64,
    /// US dollars
    usd: f64,
}

/// A probe of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedProbe)]
pub(crate) struct ProbeOfPlan {
    /// The probe; a benign twin's ends in `+twin`
    id: String,
    /// Its pack
    pack: String,
    /// What results are counted by; `benign` for twins
    family: String,
    /// One line
    title: String,
    /// How often it is sent
    trials: u32,
    /// What all its trials cost at most, in US dollars
    usd: f64,
}

/// What would be sent to one target.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbePlan {
    /// The target as it is called
    target: String,
    /// What it is, such as `foundation-model`; empty where the lake does not know it
    kind: String,
    /// Twelve digits
    account_id: String,
    /// Where the calls go
    region: String,
    /// How it is asked
    surface: String,
    /// `ID:VERSION` of the guardrail on the calls
    guardrail: Option<String>,
    /// Calls that the map saw
    calls_seen: i64,
    /// Whether a job would send this: somebody named it, or `[probe] allow` of `sightline.toml` allows it
    runs: bool,
    /// What it comes to at most
    bound: ProbeBound,
    /// Where the price is from
    price_source: String,
    /// What is sent, in this order
    probes: Vec<ProbeOfPlan>,
}

/// What is not probed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NotProbed {
    /// What was asked for, or found
    target: String,
    /// What it is; empty where that is not known
    kind: String,
    /// Where it is; empty where that is not known
    region: String,
    /// What hinders, and what to do
    why: String,
    /// Whether somebody named it: a job does not begin then
    pub(crate) named: bool,
}

/// What a job of these members would send, and what it can cost at most. No model was called.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbePlans {
    /// What would be sent, by target; asked three ways, each target comes three times: without the guardrail, with it, and the guardrail alone
    targets: Vec<ProbePlan>,
    /// What cannot be probed, and why
    not_probed: Vec<NotProbed>,
    /// Models that AWS offers, that nobody calls and nobody is known to be allowed to call
    left_out: usize,
    /// What the lake could not look at: there may be more targets there
    unread: Vec<String>,
    /// What nobody looked at yet
    unknown: Vec<String>,
    /// All targets together
    total: ProbeBound,
    /// Those that run together: `max_usd` of a job must be no less than `usd`
    budget: ProbeBound,
}

impl ProbePlans {
    pub(crate) fn of(plans: &Plans) -> Self {
        let sum = |runs: &dyn Fn(&Planned) -> bool| {
            plans.planned.iter().filter(|one| runs(one)).map(|one| Sum::of(&one.plan)).fold(Sum::default(), Sum::and)
        };
        Self {
            targets: plans.planned.iter().map(of_target).collect(),
            not_probed: plans.passed_over.iter().map(NotProbed::of).collect(),
            left_out: plans.left_out,
            unread: plans.unread.clone(),
            unknown: plans.unknown.iter().map(|text| as_members(text)).collect(),
            total: sum(&|_| true).bound(),
            budget: sum(&|one| one.may_run).bound(),
        }
    }
}

/// Exact, as long as it is summed.
#[derive(Default)]
struct Sum {
    requests: u64,
    input: u64,
    output: u64,
    usd: Usd,
}

impl Sum {
    fn of(plan: &Plan) -> Self {
        Self { requests: plan.requests, input: plan.input_tokens, output: plan.output_tokens, usd: plan.usd }
    }

    fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            usd: self.usd + other.usd,
        }
    }

    fn bound(self) -> ProbeBound {
        ProbeBound {
            requests: self.requests,
            input_tokens: self.input,
            output_tokens: self.output,
            usd: self.usd.as_f64(),
        }
    }
}

impl NotProbed {
    pub(crate) fn of(one: &PassedOver) -> Self {
        Self {
            target: one.target.clone(),
            kind: one.kind.clone(),
            region: one.region.clone(),
            why: as_members(&one.why),
            named: one.is_named,
        }
    }

    /// One line of it.
    pub(crate) fn line(&self) -> String {
        format!("`{}`: {}", self.target, self.why)
    }
}

fn of_target(one: &Planned) -> ProbePlan {
    let Planned { plan, kind, calls, may_run } = one;
    ProbePlan {
        target: plan.target.model().to_owned(),
        kind: kind.clone(),
        account_id: plan.target.account_id().to_owned(),
        region: plan.target.region().to_owned(),
        surface: plan.target.surface().to_string(),
        guardrail: plan.target.guardrail().map(guardrail),
        calls_seen: *calls,
        runs: *may_run,
        bound: Sum::of(plan).bound(),
        price_source: as_members(&plan.price_source),
        probes: plan.probes.iter().map(of_probe).collect(),
    }
}

fn of_probe(probe: &PlannedProbe) -> ProbeOfPlan {
    ProbeOfPlan {
        id: probe.probe_id.clone(),
        pack: probe.pack.clone(),
        family: probe.family.clone(),
        title: probe.title.clone(),
        trials: probe.trials,
        usd: probe.usd.times(probe.trials.into()).as_f64(),
    }
}

/// `ID:VERSION`.
pub(crate) fn guardrail(guardrail: &Guardrail) -> String {
    format!("{}:{}", guardrail.id, guardrail.version)
}
