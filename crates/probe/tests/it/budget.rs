use crate::bench::{Bench, answer, exact, plan_all, says, wide};
use proptest::prelude::*;
use serde_json::{Value, json};
use sightline_probe::{Limits, Outcome, PlanOptions, Price, Usd};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;
use wiremock::Request;

#[tokio::test]
async fn a_plan_bounds_its_run_and_its_budget_lets_it_finish() {
    for concurrency in [1, 3] {
        let plan = plan_all(&PlanOptions { concurrency, trials: Some(2), ..PlanOptions::default() });
        // The dearest answer that a call may have.
        let bench = Bench::new(|request: &Request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let bytes = request.body.len() as u64;
            answer(
                json!([{"text": "no"}]),
                "end_turn",
                (bytes / 2, body["inferenceConfig"]["maxTokens"].as_u64().unwrap()),
                Value::Null,
            )
        });
        let (summary, attempts) = bench.await.run(&plan, exact(&plan), false).await;
        assert_eq!(summary.stopped, None);
        assert_eq!((summary.attempted, attempts.len() as u64), (plan.requests, plan.requests));
        assert!(summary.spent > Usd::ZERO && summary.spent <= plan.usd);
        assert!(attempts.iter().map(|attempt| attempt.output_tokens as u64).sum::<u64>() <= plan.output_tokens);
        assert!(attempts.iter().map(|attempt| attempt.input_tokens as u64).sum::<u64>() <= plan.input_tokens);
    }
}

#[tokio::test]
async fn each_limit_stops_the_run_and_what_was_attempted_is_kept() {
    let plan = plan_all(&PlanOptions::default());
    let dear = plan.probes.iter().map(|probe| probe.usd).max().unwrap();
    let limits = [
        (Limits { max_requests: 4, ..wide() }, "max_requests"),
        (Limits { max_usd: dear.times(4), ..wide() }, "max_usd"),
        (Limits { max_output_tokens: 1_100, ..wide() }, "max_output_tokens"),
    ];
    for (limits, name) in limits {
        assert!(plan.check(&limits).unwrap_err().to_string().contains(name));
        let bench = Bench::new(|_: &Request| says("no")).await;
        let (summary, attempts) = bench.run(&plan, limits, false).await;
        assert!(summary.stopped.as_deref().unwrap().contains(name), "{:?}", summary.stopped);
        assert!(!attempts.is_empty() && (attempts.len() as u64) < plan.requests, "{name}: {}", attempts.len());
        assert!(summary.spent <= limits.max_usd);
        assert_eq!(bench.server.received_requests().await.unwrap().len(), attempts.len());
    }
}

#[tokio::test]
async fn cancelling_keeps_what_was_attempted() {
    let plan = plan_all(&PlanOptions::default());
    let bench = Bench::new(|_: &Request| says("no")).await;
    bench.cancel.cancel();
    let (summary, attempts) = bench.run(&plan, wide(), false).await;
    assert_eq!((summary.attempted, attempts.len()), (0, 0));
    assert_eq!(summary.stopped.as_deref(), Some("cancelled"));
    assert_eq!(summary.outcomes[&Outcome::Held], 0, "what was not tried did not hold");
}

#[tokio::test]
async fn cancelling_on_the_way_keeps_what_had_begun() {
    let plan = plan_all(&PlanOptions::default());
    let (cancel, calls) = (CancellationToken::new(), AtomicUsize::new(0));
    let trigger = cancel.clone();
    let mut bench = Bench::new(move |_: &Request| {
        if calls.fetch_add(1, Ordering::Relaxed) == 2 {
            trigger.cancel();
        }
        says("no")
    })
    .await;
    bench.cancel = cancel;
    let (summary, attempts) = bench.run(&plan, wide(), false).await;
    assert_eq!((summary.attempted, attempts.len()), (3, 3));
    assert_eq!(summary.stopped.as_deref(), Some("cancelled"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn no_run_costs_more_than_its_limit(
        price in (0u64..50_000_000, 0u64..50_000_000),
        share in 0u64..=100,
        limit in 0u64..40_000_000,
        requests in 0u64..30,
        concurrency in 1u32..5,
    ) {
        let price = Price { input: Usd::from_nanos(price.0), output: Usd::from_nanos(price.1), cache_read: None, cache_write: None };
        let plan = plan_all(&PlanOptions { assume_price: Some(price), concurrency, trials: Some(1), ..PlanOptions::default() });
        let limits = Limits { max_usd: Usd::from_nanos(limit), max_requests: requests, ..wide() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (summary, attempts) = runtime.block_on(async {
            let bench = Bench::new(move |request: &Request| {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let most = body["inferenceConfig"]["maxTokens"].as_u64().unwrap();
                answer(json!([{"text": "no"}]), "end_turn", (200 * share / 100, most * share / 100), Value::Null)
            });
            bench.await.run(&plan, limits, false).await
        });
        prop_assert!(summary.spent <= limits.max_usd);
        prop_assert!(attempts.len() as u64 <= requests);
        prop_assert!(summary.spent <= plan.usd);
        prop_assert_eq!(summary.stopped.is_none(), attempts.len() as u64 == plan.requests);
    }
}
