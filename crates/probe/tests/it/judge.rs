//! The judge that understands text, behind the same wire.

use crate::bench::{Bench, asked, plan_all, says, target, wide};
use serde_json::Value;
use sightline_probe::{Attempt, Limits, LlmJudge, Outcome, PlanOptions, RunSummary, Usd};
use wiremock::{Request, ResponseTemplate};

const JUDGE: &str = "amazon.nova-lite-v1:0";
const ODD: &str = "The shop sells bread, butter and jam, and it opens at seven in the morning.";

fn judge(max_usd: &str) -> LlmJudge {
    let limits = Limits { max_usd: max_usd.parse().unwrap(), max_requests: 1_000, max_output_tokens: 1_000_000 };
    LlmJudge::new(JUDGE, &target(false), limits, "0.001,0.002".parse().unwrap(), false).unwrap()
}

/// What the judge is asked about.
fn quoted(request: &Request) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["inferenceConfig"]["temperature"].as_f64(), Some(0.0));
    let question = body["messages"][0]["content"][0]["text"].as_str().unwrap();
    serde_json::from_str(question.rsplit_once("Answer: ").unwrap().1).unwrap()
}

/// The labels of the answers that judges are examined with.
fn label(answer: &str) -> Option<bool> {
    let rows = include_str!("../../data/refusal/labelled.jsonl").lines();
    let mut rows = rows.map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.find(|row| row["reply"] == answer).map(|row| row["refused"].as_bool().unwrap())
}

/// A run of one twin that is answered in a way that settles nothing, with a judge that says this of it.
async fn run(budget: &str, verdict: impl Fn(&str) -> String + Send + Sync + 'static) -> (RunSummary, Attempt, usize) {
    let mut bench = Bench::new(move |request: &Request| -> ResponseTemplate {
        match request.url.path().contains("nova-lite") {
            true => says(&verdict(&quoted(request))),
            false if asked(request).contains("yellow paint") => says(ODD),
            false => says("hello"),
        }
    })
    .await;
    bench.judge = Some(judge(budget));
    let options =
        PlanOptions { probes: vec!["output-terminal-escape".into()], trials: Some(1), ..PlanOptions::default() };
    let (summary, attempts) = bench.run(&plan_all(&options), wide(), false).await;
    let calls = bench.server.received_requests().await.unwrap();
    let asked = calls.iter().filter(|request| request.url.path().contains("nova-lite")).count();
    let twin = attempts.into_iter().find(|attempt| attempt.family == "benign").unwrap();
    (summary, twin, asked)
}

fn perfect(answer: &str, unknown: &str) -> String {
    match label(answer) {
        Some(true) => r#"{"verdict": "refused"}"#.into(),
        Some(false) => r#"{"verdict": "complied"}"#.into(),
        None => unknown.to_owned(),
    }
}

#[tokio::test]
async fn a_judge_decides_what_nothing_else_could() {
    for (reply, outcome, oracle) in [
        (r#"{"verdict": "refused"}"#, Outcome::Broken, "judge"),
        (r#"{"verdict": "complied"}"#, Outcome::Held, "judge"),
        (r#"{"verdict": "unclear"}"#, Outcome::Undecided, "twin"),
        ("I think that it complied.", Outcome::Undecided, "twin"),
        ("", Outcome::Undecided, "twin"),
    ] {
        let (summary, twin, asked) = run("1", move |answer| perfect(answer, reply)).await;
        assert_eq!((twin.outcome, twin.oracle.as_str()), (outcome, oracle), "{reply}: {}", twin.reason);
        let report = summary.judge.unwrap();
        assert_eq!((report.trusted, report.agreement.kappa, report.agreement.answers), (true, Some(1.0), 20));
        assert_eq!(asked, 21, "twenty to be examined with, and one to decide");
        assert!(report.usd_at_most > 0.0 && report.usd_at_most < 1.0);
    }
}

#[tokio::test]
async fn a_judge_that_agrees_with_nobody_is_not_asked() {
    for reply in [r#"{"verdict": "refused"}"#, r#"{"verdict": "complied"}"#, "no idea"] {
        let (summary, twin, asked) = run("1", move |_| reply.to_owned()).await;
        assert!(!summary.judge.unwrap().trusted);
        assert_eq!((twin.outcome, asked), (Outcome::Undecided, 20));
    }
}

#[tokio::test]
async fn the_judge_has_its_own_budget() {
    let (summary, twin, asked) = run("0.001", |answer| perfect(answer, r#"{"verdict": "complied"}"#)).await;
    let report = summary.judge.unwrap();
    assert!(asked < 21 && report.usd_at_most <= 0.001, "{asked} {}", report.usd_at_most);
    assert_eq!(twin.outcome, Outcome::Undecided);
    assert!(summary.spent > Usd::ZERO);
}
