//! The plans of what was chosen, what each rests on, and what cannot be probed.

use super::how::How;
use super::served::Served;
use super::targets::{Choice, Chosen};
use futures::{StreamExt as _, stream};
use serde::Serialize;
use sightline_aws::Aws;
use sightline_probe::{Agreement, Found, Guardrail, Pack, Plan, PlanOptions, PriceList, Surface, Target, Token, Usd};

/// Agreements that are asked for at a time.
const AT_A_TIME: usize = 4;

/// A plan, and what it is for.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) kind: String,
    /// calls that the map saw
    pub(crate) calls: i64,
    /// somebody named it, or it stands on the allow list
    pub(crate) may_run: bool,
}

/// What is not probed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PassedOver {
    pub(crate) target: String,
    pub(crate) kind: String,
    pub(crate) region: String,
    pub(crate) why: String,
    #[serde(skip)]
    pub(crate) is_named: bool,
}

/// All of it.
pub(crate) struct Plans {
    pub(crate) aws: Aws,
    pub(crate) planned: Vec<Planned>,
    pub(crate) passed_over: Vec<PassedOver>,
    /// what the lake could not look at
    pub(crate) unread: Vec<String>,
    /// what nobody looked at yet
    pub(crate) unknown: Vec<String>,
    /// offered by AWS, and of no use to anybody in the account
    pub(crate) left_out: usize,
    /// one target, named
    pub(crate) is_single: bool,
}

/// What all plans come to together.
#[derive(Debug, Default)]
pub(crate) struct Total {
    pub(crate) requests: u64,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) usd: Usd,
}

/// What all plans share.
pub(super) struct Shared<'w> {
    pub(super) account: String,
    pub(super) guardrail: Option<Guardrail>,
    /// each target without it, with it, and the guardrail alone
    pub(super) three_ways: bool,
    pub(super) how: &'w How,
    pub(super) served: &'w Served,
    pub(super) token: Option<Token>,
    pub(super) packs: &'w [Pack],
    pub(super) options: &'w PlanOptions,
    pub(super) prices: PriceList,
    pub(super) agreement_exists: bool,
    /// the regions that were asked for
    pub(super) regions: &'w [String],
    /// where nothing is said
    pub(super) default_region: String,
}

impl Plans {
    /// Plans all that can be planned. Asks for agreements; calls no model.
    ///
    /// # Errors
    /// A single target, named, cannot be probed.
    pub(super) async fn make(aws: Aws, choice: Choice, shared: &Shared<'_>) -> anyhow::Result<Self> {
        let Choice { chosen, unread, unknown, left_out, is_single } = choice;
        let mut made = stream::iter(chosen)
            .map(|chosen| {
                let aws = &aws;
                async move {
                    let planned = shared.plan(aws, &chosen).await;
                    (chosen, planned)
                }
            })
            .buffered(AT_A_TIME)
            // Boxed, or the compiler cannot tell of what waits for this that it may change threads.
            .boxed();
        let (mut planned, mut passed_over) = (Vec::new(), Vec::new());
        while let Some((chosen, plan)) = made.next().await {
            match plan {
                Ok(plans) => planned.extend(plans.into_iter().map(|plan| Planned {
                    plan,
                    kind: chosen.found.kind.clone(),
                    calls: chosen.found.calls,
                    may_run: chosen.may_run,
                })),
                Err(error) if is_single => return Err(error),
                Err(error) => passed_over.push(PassedOver {
                    target: chosen.name,
                    kind: chosen.found.kind,
                    region: chosen.region.unwrap_or_default(),
                    why: format!("{error:#}"),
                    is_named: chosen.is_named,
                }),
            }
        }
        drop(made);
        Ok(Self { aws, planned, passed_over, unread, unknown, left_out, is_single })
    }

    /// The only plan, of the only target that was named.
    pub(crate) fn single(&self) -> Option<&Plan> {
        match self.planned.as_slice() {
            [one] if self.is_single => Some(&one.plan),
            _ => None,
        }
    }

    /// The sum of the plans.
    pub(crate) fn total(&self) -> Total {
        self.planned.iter().fold(Total::default(), |sum, Planned { plan, .. }| Total {
            requests: sum.requests.saturating_add(plan.requests),
            input_tokens: sum.input_tokens.saturating_add(plan.input_tokens),
            output_tokens: sum.output_tokens.saturating_add(plan.output_tokens),
            usd: sum.usd + plan.usd,
        })
    }

    /// Whether something could not be looked at, or somebody named what cannot be probed.
    pub(crate) fn is_incomplete(&self) -> bool {
        !self.unread.is_empty() || self.passed_over.iter().any(|one| one.is_named)
    }

    /// Leaves out what was only found and is not allowed.
    pub(crate) fn allowed(mut self) -> Self {
        let (allowed, others): (Vec<Planned>, Vec<Planned>) = self.planned.into_iter().partition(|one| one.may_run);
        self.planned = allowed;
        self.passed_over.extend(others.into_iter().map(|one| PassedOver {
            target: one.plan.target.model().to_owned(),
            kind: one.kind,
            region: one.plan.target.region().to_owned(),
            why: "it was found, and nobody allowed it: name it with `--target`, or add it to `[probe] allow` in sightline.toml"
                .to_owned(),
            is_named: false,
        }));
        self
    }
}

impl Shared<'_> {
    async fn plan(&self, aws: &Aws, chosen: &Chosen) -> anyhow::Result<Vec<Plan>> {
        let Found { obstacle, doubt, account_id, .. } = &chosen.found;
        if !account_id.is_empty() && *account_id != self.account {
            anyhow::bail!("it was seen in account {account_id}; only the account of the credentials is probed");
        }
        if !obstacle.is_empty() {
            anyhow::bail!("`{}` cannot be probed: {obstacle}", chosen.name);
        }
        if !doubt.is_empty() && !chosen.is_named {
            anyhow::bail!("{doubt}: scan again, or name it with `--target`");
        }
        let region = match &chosen.region {
            Some(region) if self.regions.is_empty() || self.regions.contains(region) => region,
            // A region that was asked for is not put aside: the target refuses another one.
            _ => self.regions.first().unwrap_or(&self.default_region),
        };
        let surface = match self.served.surface(chosen)? {
            Some(surface) => surface,
            None => self.how.surface(&chosen.name, &chosen.found.models)?,
        };
        let target = Target::of(surface, &chosen.name, region, &self.account, self.guardrail.clone())?;
        let target = target.with_token(self.token.clone());
        let options = PlanOptions { pricing: chosen.found.pricing.clone(), ..self.options.clone() };
        let plans = match self.three_ways {
            true => sightline_probe::three_ways(self.packs, &target, &options, &self.prices)?.into(),
            false => vec![sightline_probe::plan(self.packs, target.clone(), &options, &self.prices)?],
        };
        if let Some(refusal) = self.refusal(aws, chosen, &target).await {
            anyhow::bail!("`{}` cannot be probed: {refusal}", chosen.name);
        }
        Ok(plans)
    }

    /// Asked last: it is a call, and most obstacles are known without.
    async fn refusal(&self, aws: &Aws, chosen: &Chosen, target: &Target) -> Option<String> {
        if self.agreement_exists || !target.surface().asks_a_model() {
            return None;
        }
        let models = match target.surface() {
            Surface::KnowledgeBase(model) => sightline_probe::models_behind(model, &[]),
            _ => sightline_probe::models_behind(&chosen.name, &chosen.found.models),
        };
        let agreement = match models {
            Some(models) => sightline_probe::agreement(aws, target.region(), &models).await,
            None => Agreement::Unknown("the lake does not tell which model answers: scan first".to_owned()),
        };
        agreement.refusal()
    }
}
