//! Several targets, one budget: whatever they answer, together they cost no more than it allows.

use crate::bench::{Bench, basics};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use sightline_aws::{Aws, Emulated};
use sightline_model::RunId;
use sightline_probe::{
    Attempt, Budget, Dialect, Form, Limits, Plan, PlanOptions, Price, PriceList, Progress, RunOptions, RunSummary,
    Surface, Target, Usd, plan, run_within,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use wiremock::{Request, ResponseTemplate};

struct Quiet;

impl Progress for Quiet {
    fn attempted(&self, _: u64, _: u64, _: &Attempt) {}
}

/// How a target answers.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// counts this share of what it was allowed
    Counts(u64),
    /// does not say what it used
    Silent,
    /// refuses the request
    Invalid,
    /// fails after it may have been billed
    Failed,
    /// answers what nobody can read
    Garbage,
    /// will never answer: its run ends
    Denied,
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        6 => (0u64..=100).prop_map(Way::Counts),
        2 => Just(Way::Silent),
        1 => Just(Way::Invalid),
        1 => Just(Way::Failed),
        1 => Just(Way::Garbage),
        1 => Just(Way::Denied),
    ]
}

fn plans(price: Price, concurrency: u32) -> Vec<Plan> {
    let base = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB";
    let endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat";
    let options = PlanOptions { assume_price: Some(price), concurrency, trials: Some(1), ..PlanOptions::default() };
    [
        (Surface::Converse, "amazon.nova-micro-v1:0"),
        (Surface::KnowledgeBase("amazon.nova-micro-v1:0".into()), base),
        (Surface::SageMaker(Dialect::new(Form::Chat)), endpoint),
    ]
    .into_iter()
    .map(|(surface, name)| {
        let target = Target::of(surface, name, "us-east-1", "123456789012", None).unwrap();
        plan(&basics(), target, &options, &PriceList::embedded().unwrap()).unwrap()
    })
    .collect()
}

fn refused(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("x-amzn-errortype", code).set_body_json(json!({"message": "no"}))
}

/// In the form of whichever surface asks. `input` and `output` are what was allowed at most.
fn answer(request: &Request, way: Way) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let cap = [body.pointer("/inferenceConfig/maxTokens"), body.get("max_tokens")]
        .into_iter()
        .flatten()
        .find_map(Value::as_u64);
    let usage = match way {
        Way::Counts(share) => Some((100 * share / 100, cap.unwrap_or_default() * share / 100)),
        Way::Silent => None,
        Way::Invalid => return refused(400, "ValidationException"),
        Way::Failed => return refused(424, "ModelErrorException"),
        Way::Garbage => return ResponseTemplate::new(200).set_body_string("{\"half"),
        Way::Denied => return refused(403, "AccessDeniedException"),
    };
    ResponseTemplate::new(200).set_body_json(match request.url.path() {
        "/retrieveAndGenerate" => json!({"output": {"text": "no"}, "guardrailAction": "NONE"}),
        path if path.starts_with("/endpoints/") => json!({
            "choices": [{"message": {"content": "no"}, "finish_reason": "stop"}],
            "usage": usage.map(|(input, output)| json!({"prompt_tokens": input, "completion_tokens": output})),
        }),
        _ => json!({
            "output": {"message": {"role": "assistant", "content": [{"text": "no"}]}}, "stopReason": "end_turn",
            "usage": usage.map(|(input, output)| json!({"inputTokens": input, "outputTokens": output})),
        }),
    })
}

async fn all(plans: &[Plan], limits: Limits, ways: Vec<Way>) -> (Vec<RunSummary>, usize) {
    let next = AtomicUsize::new(0);
    let bench =
        Bench::new(move |request: &Request| answer(request, ways[next.fetch_add(1, Ordering::Relaxed) % ways.len()]))
            .await;
    let aws = Aws::emulated(Emulated {
        endpoint: bench.server.uri(),
        access_key_id: "123456789012".into(),
        region: "us-east-1".into(),
        ..Emulated::default()
    });
    let budget = Budget::new(limits);
    let mut summaries = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        let options = RunOptions {
            run_id: RunId::from(format!("20261122T040000Z-00000{number}")),
            seed: 7,
            limits,
            keep_text: false,
            judge: None,
            resumed: None,
            silence: Duration::from_secs(60),
            clock: || Timestamp::UNIX_EPOCH,
        };
        summaries.push(run_within(&budget, plan, &aws, &bench.lake, &options, &Quiet, &bench.cancel).await.unwrap());
    }
    (summaries, bench.server.received_requests().await.unwrap().len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_sequence_of_answers_costs_more_than_the_budget(
        price in (0u64..50_000_000, 0u64..50_000_000),
        ways in prop::collection::vec(way(), 1..40),
        limit in 0u64..400_000_000,
        requests in 0u64..70,
        concurrency in 1u32..5,
    ) {
        let price = Price { input: Usd::from_nanos(price.0), output: Usd::from_nanos(price.1), cache_read: None, cache_write: None };
        let limits = Limits { max_usd: Usd::from_nanos(limit), max_requests: requests, max_output_tokens: 1_000_000 };
        let plans = plans(price, concurrency);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (summaries, calls) = runtime.block_on(all(&plans, limits, ways));
        let spent: Usd = summaries.iter().map(|summary| summary.spent).sum();
        let attempted: u64 = summaries.iter().map(|summary| summary.attempted).sum();
        prop_assert!(spent <= limits.max_usd, "{spent} of {}", limits.max_usd);
        prop_assert!(attempted <= requests);
        prop_assert_eq!(attempted, calls as u64, "each call is an attempt: none of these answers is asked for again");
        for (summary, plan) in summaries.iter().zip(&plans) {
            prop_assert_eq!(summary.stopped.is_none(), summary.attempted == plan.requests, "{:?}", summary.stopped);
        }
    }
}
