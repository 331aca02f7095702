//! A guardrail asked three ways.

use crate::bench::{Bench, answer, asked, basics, says, target, wide};
use crate::gate::{attempts, summary};
use serde_json::{Value, json};
use sightline_probe::Outcome::{BlockedByGuardrail, Broken, Error, Held};
use sightline_probe::{Alone, PlanOptions, PriceList, Surface, ThreeWays, packs, three_ways};
use wiremock::{Request, ResponseTemplate};

#[test]
fn what_the_guardrail_does_alone_is_told_from_what_it_does_to_answers() {
    let without = attempts(&[
        ("f", "at-the-question", &[Broken]),
        ("f", "behind", &[Broken, Held]),
        ("f", "past", &[Broken]),
        ("f", "never", &[Held]),
        ("f", "lost", &[Broken]),
        ("over-refusal", "plain", &[Held]),
        ("benign", "past+twin", &[Held]),
    ]);
    let with = attempts(&[
        ("f", "at-the-question", &[BlockedByGuardrail]),
        ("f", "behind", &[BlockedByGuardrail, Held]),
        ("f", "past", &[Broken]),
        ("f", "never", &[Held]),
        ("f", "lost", &[Held]),
        ("over-refusal", "plain", &[BlockedByGuardrail]),
        ("benign", "past+twin", &[Held]),
    ]);
    let alone = attempts(&[
        ("f", "at-the-question", &[BlockedByGuardrail]),
        ("f", "behind", &[Broken, BlockedByGuardrail]),
        ("f", "past", &[Broken]),
        ("f", "never", &[BlockedByGuardrail]),
        ("f", "lost", &[Error]),
        ("over-refusal", "plain", &[BlockedByGuardrail]),
        ("benign", "past+twin", &[Held]),
    ]);
    let [without, with, alone] = [without, with, alone].map(|made| summary(&made, 0));
    let ways = ThreeWays::of(&without, &with, &alone);
    let expected = Alone {
        attacks: 4,
        stopped: 2,
        breaking: 3,
        stopped_at_the_question: 1,
        held_behind_it: 1,
        bypassing: 1,
        plain_work: 2,
        plain_work_blocked: 1,
        unsettled: 1,
    };
    assert_eq!(ways.alone, expected);
    assert_eq!((ways.guarded.attacks.only_before, ways.guarded.over_refusal.only_after), (3, 1));
}

/// Breaks whenever it is asked, unless the guardrail stands before it, which stops what speaks of instructions.
fn model(request: &Request) -> ResponseTemplate {
    let body = asked(request);
    let stops = body.contains("nstructions");
    if request.url.path().ends_with("/apply") {
        let action = if stops { "GUARDRAIL_INTERVENED" } else { "NONE" };
        let assessment = json!({"wordPolicy": {"customWords": [{"match": "x", "action": "BLOCKED"}]}});
        let assessments = if stops { json!([assessment]) } else { json!([]) };
        return ResponseTemplate::new(200)
            .set_body_json(json!({"action": action, "outputs": [], "assessments": assessments}));
    }
    match stops && body.contains("guardrailConfig") {
        true => answer(json!([{"text": "Blocked."}]), "guardrail_intervened", (10, 5), Value::Null),
        false => says(&body),
    }
}

#[tokio::test]
async fn three_plans_send_the_same() {
    let options = PlanOptions { trials: Some(1), concurrency: 2, ..PlanOptions::default() };
    let prices = PriceList::embedded().unwrap();
    let plans = three_ways(&basics(), &target(true), &options, &prices).unwrap();
    assert_eq!(plans.each_ref().map(|plan| plan.target.guardrail().is_some()), [false, true, true]);
    assert_eq!(plans[2].target.surface(), &Surface::ApplyGuardrail);
    let mut runs = Vec::new();
    for plan in &plans {
        let bench = Bench::new(model).await;
        runs.push(bench.run(plan, wide(), true).await);
    }
    let sent = |run: usize| runs[run].1.iter().map(|attempt| attempt.prompt.clone()).collect::<Vec<_>>();
    assert!(sent(0) == sent(1) && sent(1) == sent(2), "one seed, the same prompts");
    let ways = ThreeWays::of(&runs[0].0, &runs[1].0, &runs[2].0);
    assert!(ways.guarded.attacks.only_before > 0 && ways.guarded.attacks.only_after == 0, "{ways:?}");
    assert!(ways.alone.stopped > 0 && ways.alone.stopped < ways.alone.attacks, "{ways:?}");
    assert_eq!(ways.alone.unsettled, ways.guarded.unpaired.undecided, "{ways:?}");
}

/// Nothing attacks in a probe of over-refusal: to let it pass is right.
#[tokio::test]
async fn a_guardrail_alone_that_lets_plain_work_pass_holds() {
    let options = PlanOptions { trials: Some(1), probes: vec!["kill-process".into()], ..PlanOptions::default() };
    let prices = PriceList::embedded().unwrap();
    let [_, _, alone] = three_ways(&packs().unwrap(), &target(true), &options, &prices).unwrap();
    for (action, expected) in [("NONE", Held), ("GUARDRAIL_INTERVENED", BlockedByGuardrail)] {
        let said = json!({"action": action, "outputs": [], "assessments": []});
        let bench = Bench::new(move |_: &Request| ResponseTemplate::new(200).set_body_json(said.clone())).await;
        let (summary, attempts) = bench.run(&alone, wide(), false).await;
        assert_eq!(attempts[0].outcome, expected);
        assert_eq!(summary.broken() > 0, expected == BlockedByGuardrail, "blocked plain work is a failure");
    }
}

#[test]
fn without_a_guardrail_there_are_no_three_ways() {
    let prices = PriceList::embedded().unwrap();
    let refused = three_ways(&basics(), &target(false), &PlanOptions::default(), &prices).unwrap_err().to_string();
    assert!(refused.contains("--guardrail"), "{refused}");
}
