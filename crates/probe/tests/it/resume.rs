//! Runs that end early and go on.

use crate::bench::{Bench, exact, plan_all, says, wide};
use sightline_probe::{Limits, Outcome, Plan, PlanOptions, Resumed, RunStatus, Usd, recorded, runs};
use std::collections::BTreeSet;
use wiremock::Request;

fn plan() -> Plan {
    plan_all(&PlanOptions { trials: Some(2), concurrency: 3, ..PlanOptions::default() })
}

#[tokio::test]
async fn a_run_is_recorded_from_its_beginning_to_its_end() {
    let plan = plan();
    let bench = Bench::new(|_: &Request| says("no")).await;
    let (summary, attempts) = bench.run(&plan, exact(&plan), false).await;
    let session = bench.lake.session(&[]).await.unwrap();
    assert_eq!(session.sql("select * from probe_run").await.unwrap().row_count(), 2);
    let runs = runs(&session).await.unwrap();
    let [run] = &runs[..] else { panic!("{runs:?}") };
    assert_eq!((run.status, run.done, run.planned), (RunStatus::Finished, attempts.len() as i64, plan.requests as i64));
    assert_eq!((run.seed(), run.inference_region.as_str(), run.stopped.as_str()), (Some(7), "us-east-1", ""));
    assert_eq!(run.packs, plan.packs);
    assert!(run.packs.iter().all(|pack| pack.sha256.len() == 64));
    assert_eq!(run.settings.options(), PlanOptions { trials: Some(2), concurrency: 3, ..PlanOptions::default() });
    let (_, kept) = recorded(&session, &run.run_id).await.unwrap();
    let again = run.summary(&kept);
    assert_eq!(
        (&again.families, &again.prompts, again.planned),
        (&summary.families, &summary.prompts, summary.planned)
    );
    let refused = Resumed::new(run, kept, &plan).unwrap_err().to_string();
    assert!(refused.contains("begin a new run"), "{refused}");
    assert!(recorded(&session, "x'; --").await.unwrap_err().to_string().contains("`sightline probe runs`"));
}

#[tokio::test]
async fn what_was_attempted_is_not_attempted_again_and_its_cost_counts() {
    let plan = plan();
    let bench = Bench::new(|_: &Request| says("no")).await;
    let (first, _) = bench.run(&plan, Limits { max_requests: 7, ..wide() }, false).await;
    assert_eq!((first.attempted, first.stopped.is_some()), (7, true));

    let session = bench.lake.session(&[]).await.unwrap();
    let (run, attempts) = recorded(&session, &first.run_id).await.unwrap();
    assert_eq!((run.status, run.done), (RunStatus::Stopped, 7));
    let resumed = Resumed::new(&run, attempts.clone(), &plan).unwrap();
    assert_eq!(resumed.lost(&plan), 0);
    // Two more calls: the seven before count.
    let (second, _) =
        bench.go_on(&plan, Limits { max_requests: 9, ..wide() }, Resumed::new(&run, attempts, &plan).unwrap()).await;
    assert_eq!(second.attempted, 9);
    assert!(second.spent > first.spent);

    let session = bench.lake.session(&[]).await.unwrap();
    let (run, attempts) = recorded(&session, &first.run_id).await.unwrap();
    assert_eq!((run.done, attempts.len()), (9, 9));
    let (third, kept) = bench.go_on(&plan, wide(), Resumed::new(&run, attempts, &plan).unwrap()).await;
    assert_eq!((third.attempted, third.stopped), (plan.requests, None));
    let each: BTreeSet<_> = kept.iter().map(|attempt| (&attempt.pack, &attempt.probe_id, attempt.trial)).collect();
    assert_eq!((each.len(), kept.len() as u64), (kept.len(), plan.requests), "each once");
    assert_eq!(bench.server.received_requests().await.unwrap().len() as u64, plan.requests);
    assert_eq!(third.outcomes[&Outcome::Error], 0);
    let sum: f64 = kept.iter().map(|attempt| attempt.cost_usd).sum();
    assert!((third.spent.as_f64() - sum).abs() < 1e-6);
}

/// A run that was killed may have made calls that nobody wrote down: they count at their dearest.
#[tokio::test]
async fn calls_of_a_killed_run_that_are_not_known_count_in_full() {
    let plan = plan_all(&PlanOptions { trials: Some(3), concurrency: 3, ..PlanOptions::default() });
    let bench = Bench::new(|_: &Request| says("no")).await;
    let (first, _) = bench.run(&plan, Limits { max_requests: 7, ..wide() }, false).await;
    let session = bench.lake.session(&[]).await.unwrap();
    let (mut run, attempts) = recorded(&session, &first.run_id).await.unwrap();
    run.status = RunStatus::Running;
    let resumed = Resumed::new(&run, attempts, &plan).unwrap();
    let lost = resumed.lost(&plan);
    assert_eq!(lost, 32 + 3);
    let (second, _) = bench.go_on(&plan, Limits { max_requests: 7 + lost, ..wide() }, resumed).await;
    assert_eq!(second.attempted, 7, "all that is left may have been used already");
    assert!(second.spent > first.spent + Usd::from_nanos(1));
}

#[tokio::test]
async fn another_plan_or_another_pack_does_not_go_on() {
    let plan = plan();
    let bench = Bench::new(|_: &Request| says("no")).await;
    let (first, _) = bench.run(&plan, Limits { max_requests: 3, ..wide() }, false).await;
    let session = bench.lake.session(&[]).await.unwrap();
    let (run, attempts) = recorded(&session, &first.run_id).await.unwrap();
    let other = plan_all(&PlanOptions { trials: Some(1), ..PlanOptions::default() });
    assert!(
        Resumed::new(&run, attempts.clone(), &other).unwrap_err().to_string().contains("calls are planned in place of")
    );
    let mut changed = run;
    changed.packs[0].sha256 = "0".repeat(64);
    assert!(Resumed::new(&changed, attempts, &plan).unwrap_err().to_string().contains("is not what it was"));
}
