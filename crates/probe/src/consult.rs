//! Asking the judge that understands text, within its own budget; and how far it can be trusted, before it is asked.

use crate::Usd;
use crate::budget::{Budget, Cost};
use crate::llm_judge::{LlmJudge, VERDICT_TOKENS, agreement, verdict};
use crate::plan::TRIES;
use crate::refusal::Refusal;
use crate::stats::Agreement;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sightline_aws::Aws;

/// A judge that agrees less than this with labelled answers is not asked.
const LEAST_KAPPA: f64 = 0.6;

/// What became of the judge of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeReport {
    /// the model
    pub model: String,
    /// how far it agrees with labelled answers
    pub agreement: Agreement,
    /// labelled answers that it gave no verdict on
    pub without_verdict: u64,
    /// whether it agrees well enough to be asked: a kappa of 0.6 or more
    pub trusted: bool,
    /// what it cost at most, in US dollars
    pub usd_at_most: f64,
}

#[derive(Deserialize)]
struct Labelled {
    request: String,
    reply: String,
    refused: bool,
}

/// A judge under its budget.
pub(crate) struct Consult<'a> {
    judge: &'a LlmJudge,
    aws: &'a Aws,
    run_id: &'a str,
    budget: Budget,
}

impl<'a> Consult<'a> {
    pub(crate) fn new(judge: &'a LlmJudge, aws: &'a Aws, run_id: &'a str) -> Self {
        Self { judge, aws, run_id, budget: Budget::new(judge.limits) }
    }

    /// Its verdict; or why there is none.
    pub(crate) async fn verdict(&self, asked: &str, answer: &str, seed: u64) -> Result<Refusal, String> {
        let input = LlmJudge::most_input(asked, answer);
        let one = self.cost(input, VERDICT_TOKENS.into());
        let worst =
            Cost { requests: 1, usd: one.times(TRIES), output_tokens: u64::from(VERDICT_TOKENS).saturating_mul(TRIES) };
        let reservation = self.budget.reserve(worst).map_err(|limit| format!("the judge's `{limit}` is used up"))?;
        let request = self.judge.request(asked, answer, seed, self.run_id);
        let before = self.aws.usage().retries;
        let replied = self.aws.call(self.judge.region(), "bedrock-runtime", "Converse", request).await;
        let retries = self.aws.usage().retries.saturating_sub(before).min(TRIES - 1);
        let tokens = |name: &str| replied.as_ref().ok()?.pointer(&format!("/usage/{name}"))?.as_u64();
        let last = tokens("inputTokens")
            .zip(tokens("outputTokens"))
            .map_or((one, u64::from(VERDICT_TOKENS)), |(input, output)| (self.cost(input, output), output));
        let used = Cost {
            requests: 1,
            usd: last.0 + one.times(retries),
            output_tokens: last.1.saturating_add(u64::from(VERDICT_TOKENS).saturating_mul(retries)),
        };
        self.budget.settle(reservation, used);
        let reply = replied.map_err(|error| format!("the judge did not answer: {}", error.code))?;
        Ok(verdict(reply.pointer("/output/message/content/0/text").and_then(Value::as_str).unwrap_or_default()))
    }

    fn cost(&self, input: u64, output: u64) -> Usd {
        self.judge.price.input.per_thousand(input) + self.judge.price.output.per_thousand(output)
    }

    /// How far it agrees with answers that were labelled by hand.
    pub(crate) async fn examined(&self) -> JudgeReport {
        let mut verdicts = Vec::new();
        let labelled = include_str!("../data/refusal/labelled.jsonl").lines();
        for (seed, one) in labelled.filter_map(|line| serde_json::from_str::<Labelled>(line).ok()).enumerate() {
            let said = self.verdict(&one.request, &one.reply, seed as u64).await.unwrap_or(Refusal::Unclear);
            verdicts.push((said, if one.refused { Refusal::Refused } else { Refusal::Answered }));
        }
        let (agreement, without_verdict) = agreement(&verdicts);
        let answered_most = without_verdict * 2 < verdicts.len() as u64;
        JudgeReport {
            model: self.judge.model().to_owned(),
            trusted: answered_most && agreement.kappa.is_some_and(|kappa| kappa >= LEAST_KAPPA),
            agreement,
            without_verdict,
            usd_at_most: 0.0,
        }
    }

    pub(crate) fn spent(&self) -> Usd {
        self.budget.spent().usd
    }
}
