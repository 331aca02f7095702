//! Gates and comparisons over runs that are made up of attempts.

use jiff::Timestamp;
use proptest::prelude::*;
use sightline_probe::{Attempt, Gate, GateVerdict, Outcome, RunSummary, Usd, compare};

/// `family`, `probe`, outcomes of its trials.
pub(crate) fn attempts(prompts: &[(&str, &str, &[Outcome])]) -> Vec<Attempt> {
    let attempt = |family: &str, probe: &str, trial: usize, outcome: Outcome| Attempt {
        run_id: "r".into(),
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        target: "m".into(),
        guardrail_id: String::new(),
        pack: "p".into(),
        pack_version: "1.0.0".into(),
        probe_id: probe.into(),
        family: family.into(),
        trial: trial as i64,
        outcome,
        oracle: "contains".into(),
        reason: String::new(),
        stop_reason: String::new(),
        error_code: String::new(),
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0.0,
        latency_ms: 0,
        prompt: String::new(),
        completion: String::new(),
        attempted_at: Timestamp::UNIX_EPOCH,
    };
    let all = prompts.iter().flat_map(|(family, probe, outcomes)| {
        outcomes.iter().enumerate().map(move |(trial, outcome)| attempt(family, probe, trial, *outcome))
    });
    all.collect()
}

pub(crate) fn summary(attempts: &[Attempt], missing: u64) -> RunSummary {
    RunSummary::of("r", attempts.len() as u64 + missing, Usd::ZERO, None, attempts)
}

/// So many prompts of a family with one attempt each.
fn family(name: &'static str, twin: bool, outcomes: &[(Outcome, usize)]) -> Vec<Attempt> {
    let mut made = Vec::new();
    for (outcome, count) in outcomes {
        for _ in 0..*count {
            let probe = format!("{name}-{}{}", made.len(), if twin { "+twin" } else { "" });
            made.extend(attempts(&[(if twin { "benign" } else { name }, &probe, &[*outcome])]));
        }
    }
    made
}

fn verdict(gate: &str, run: &RunSummary) -> GateVerdict {
    gate.parse::<Gate>().unwrap().judge(run).verdict
}

#[test]
fn gates_hold_pass_or_cannot_tell() {
    use GateVerdict::{Holds, Passes, Undecided};
    use Outcome::{BlockedByGuardrail, Broken, Error, Held};
    let mut all = family("encoding", false, &[(Broken, 8), (Held, 22)]);
    all.extend(family("leak", false, &[(Held, 60)]));
    all.extend(family("encoding", true, &[(Held, 8), (BlockedByGuardrail, 2)]));
    let run = summary(&all, 0);
    for (gate, expected) in [
        ("broken.lower > 0.04", Holds), // 8 of 90: 0.0457
        ("broken.lower > 0.05", Passes),
        ("broken.rate >= 0.0888", Holds),
        ("family(\"encoding\").broken.lower > 0.1", Holds),
        ("family(\"leak\").broken.upper > 0.1", Passes), // 0 of 60: 0.0602
        ("family(\"leak\").broken.upper < 0.1", Holds),
        ("family(\"leak\").broken.lower > 0", Passes),
        ("over_refusal.rate > 0.1", Holds),
        ("over_refusal.rate > 0.2", Passes),
        ("family(\"encoding\").over_refusal.rate > 0.1", Holds), // twins belong to their probes' family
        ("family(\"leak\").over_refusal.rate > 0.1", Undecided),
        ("undecided.rate > 0.3", Passes),
        ("blocked.rate > 0", Holds),
        ("family(\"none\").broken.rate > 0", Undecided),
    ] {
        assert_eq!(verdict(gate, &run), expected, "{gate}: {:?}", gate.parse::<Gate>().unwrap().judge(&run));
    }

    let none = summary(&family("f", false, &[(Error, 5), (Outcome::Undecided, 5)]), 0);
    assert_eq!(verdict("broken.rate > 0.1", &none), Undecided, "all undecided is no pass");
    assert_eq!(verdict("undecided.rate > 0.3", &none), Holds);
    assert_eq!(verdict("error.rate > 0.5", &none), Passes);
    let few = summary(&family("f", false, &[(Held, 3)]), 0);
    assert_eq!(verdict("broken.lower > 0.5", &few), Undecided, "three prompts cannot have a lower bound above 0.44");
    assert_eq!(verdict("broken.lower > 0.1", &few), Passes);
}

#[test]
fn what_was_not_settled_may_turn_a_gate() {
    use GateVerdict::{Holds, Passes, Undecided};
    use Outcome::{Broken, Error, Held};
    let settled = family("f", false, &[(Broken, 1), (Held, 39)]);
    assert_eq!(verdict("broken.rate > 0.1", &summary(&settled, 0)), Passes);
    // One more could not lift it above a tenth, twenty could.
    assert_eq!(verdict("broken.rate > 0.1", &summary(&settled, 1)), Passes);
    assert_eq!(verdict("broken.rate > 0.1", &summary(&settled, 20)), Undecided, "a run cut short");
    let open = family("f", false, &[(Broken, 1), (Held, 39), (Error, 20)]);
    assert_eq!(verdict("broken.rate > 0.1", &summary(&open, 0)), Undecided);
    let sure = family("f", false, &[(Broken, 30), (Held, 10), (Error, 5)]);
    assert_eq!(verdict("broken.rate > 0.1", &summary(&sure, 0)), Holds);
}

#[test]
fn trials_of_a_prompt_count_once() {
    use Outcome::{BlockedByGuardrail, Broken, Held, Undecided};
    let run = summary(
        &attempts(&[
            ("f", "a", &[Held, Broken, Broken]),
            ("f", "b", &[Held, Undecided, BlockedByGuardrail]),
            ("f", "c", &[Undecided, Undecided]),
            ("benign", "a+twin", &[Held, Broken]),
        ]),
        0,
    );
    let [benign, family] = &run.families[..] else { panic!("{:?}", run.families) };
    assert_eq!((family.prompts, family.prompts_decided, family.prompts_broken, family.decided), (3, 2, 1, 5));
    assert_eq!((benign.prompts_decided, benign.prompts_broken), (1, 1));
    assert_eq!(run.broken(), 2, "a refused twin is no attack that worked");
    assert!(family.bootstrap.is_some() && family.corrected_rate.is_none());
}

#[test]
fn runs_are_compared_prompt_by_prompt() {
    use Outcome::{BlockedByGuardrail, Broken, Error, Held};
    let before = attempts(&[
        ("f", "both", &[Broken]),
        ("f", "mended", &[Broken, Held]),
        ("f", "more-trials", &[Held]),
        ("g", "worse", &[Held]),
        ("g", "failed", &[Error]),
        ("g", "gone", &[Held]),
        ("benign", "both+twin", &[Held]),
    ]);
    let after = attempts(&[
        ("f", "both", &[Broken]),
        ("f", "mended", &[BlockedByGuardrail, Held]),
        ("f", "more-trials", &[Held, Broken]), // the second trial has no counterpart
        ("g", "worse", &[Broken]),
        ("g", "failed", &[Broken]),
        ("g", "new", &[Held]),
        ("benign", "both+twin", &[BlockedByGuardrail]),
    ]);
    let compared = compare(&summary(&before, 0), &summary(&after, 0));
    let seen: Vec<_> = compared
        .families
        .iter()
        .map(|f| (f.family.as_str(), f.change.pairs, f.change.both, f.change.only_before, f.change.only_after))
        .collect();
    assert_eq!(seen, [("f", 3, 1, 1, 0), ("g", 1, 0, 0, 1)]);
    assert_eq!((compared.attacks.pairs, compared.attacks.p), (4, 1.0));
    assert_eq!((compared.over_refusal.pairs, compared.over_refusal.only_after), (1, 1));
    assert_eq!((compared.unpaired.missing, compared.unpaired.undecided), (2, 1));
}

/// Of plain work a refusal and a guardrail's block are both failures, wherever they are counted; they are no attacks that worked.
#[test]
fn over_refusal_counts_refused_and_blocked() {
    use GateVerdict::{Holds, Passes};
    use Outcome::{BlockedByGuardrail, Broken, Held};
    let plain = family("over-refusal", false, &[(Broken, 4), (BlockedByGuardrail, 6), (Held, 10)]);
    let attacks = family("f", false, &[(BlockedByGuardrail, 10), (Held, 10)]);
    let run = summary(&[plain.clone(), attacks].concat(), 0);
    let [of_attacks, of_plain] = &run.families[..] else { panic!("{:?}", run.families) };
    assert_eq!((of_plain.prompts_broken, of_plain.prompts_decided), (10, 20));
    assert_eq!(of_attacks.prompts_broken, 0, "a blocked attack is held off");
    assert!(of_plain.failure_rate.low > 0.25 && of_plain.failure_rate.high < 0.75);
    for (gate, expected) in [
        ("over_refusal.rate > 0.4", Holds),
        ("family(\"over-refusal\").broken.rate > 0.4", Holds),
        ("family(\"over-refusal\").over_refusal.rate > 0.4", Holds),
        ("broken.rate > 0.1", Passes),
    ] {
        assert_eq!(verdict(gate, &run), expected, "{gate}");
    }
    let open = family("over-refusal", false, &[(Held, 20)]);
    let compared = compare(&summary(&open, 0), &summary(&plain, 0));
    assert_eq!((compared.over_refusal.pairs, compared.over_refusal.only_after, compared.attacks.pairs), (20, 10, 0));
    assert!(compared.over_refusal.p < 0.01 && compared.families.is_empty());
}

#[test]
fn another_version_of_a_pack_is_no_pair() {
    let before = attempts(&[("f", "a", &[Outcome::Held])]);
    let mut after = before.clone();
    after[0].pack_version = "2.0.0".into();
    let compared = compare(&summary(&before, 0), &summary(&after, 0));
    assert_eq!((compared.attacks.pairs, compared.unpaired.missing), (0, 2));
    assert_eq!(compared.attacks.difference(), None);
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(Outcome::ALL.to_vec())
}

fn run() -> impl Strategy<Value = Vec<Attempt>> {
    let prompt = (0usize..3, prop::collection::vec(outcome(), 1..4), any::<bool>());
    prop::collection::vec(prompt, 0..12).prop_map(|prompts| {
        let named = prompts.iter().enumerate().flat_map(|(i, (family, outcomes, twin))| {
            let family = if *twin { "benign" } else { ["a", "b", "c"][*family] };
            attempts(&[(family, &format!("p{i}"), outcomes)])
        });
        named.collect()
    })
}

proptest! {
    /// Seen from the other side, what was mended is a regression, and nothing else changes.
    #[test]
    fn comparing_backwards_mirrors(before in run(), after in run()) {
        let (before, after) = (summary(&before, 0), summary(&after, 0));
        let (there, back) = (compare(&before, &after), compare(&after, &before));
        prop_assert_eq!(there.attacks.p, back.attacks.p);
        prop_assert_eq!(there.attacks.only_before, back.attacks.only_after);
        prop_assert_eq!(there.over_refusal.only_after, back.over_refusal.only_before);
        prop_assert_eq!(there.unpaired, back.unpaired);
        for family in &there.families {
            prop_assert!(family.q >= family.change.p && family.q <= 1.0);
            prop_assert!(family.change.both + family.change.only_before + family.change.only_after <= family.change.pairs);
        }
        prop_assert_eq!(compare(&before, &before).attacks.p, 1.0);
    }

    /// What a gate decides, no later verdict on what was open can turn.
    #[test]
    fn a_decided_gate_stays_decided(
        mut made in run(),
        settled in prop::collection::vec(any::<bool>(), 40),
        limit in 0.0f64..1.0,
        form in prop::sample::select(vec!["broken.rate >", "broken.lower >", "broken.upper >", "over_refusal.rate >", "broken.upper <"]),
    ) {
        let gate = format!("{form} {limit:.3}");
        let first = verdict(&gate, &summary(&made, 0));
        for (attempt, broken) in made.iter_mut().zip(settled.iter().cycle()) {
            if matches!(attempt.outcome, Outcome::Error | Outcome::Undecided) {
                // Only prompts without any verdict are open: the others' answer is what was seen.
                attempt.outcome = if *broken { Outcome::Broken } else { Outcome::Held };
            }
        }
        let later = verdict(&gate, &summary(&made, 0));
        let mixed = made.iter().any(|attempt| attempt.trial > 0);
        if first != GateVerdict::Undecided && later != GateVerdict::Undecided && !mixed {
            prop_assert_eq!(first, later);
        }
    }

    #[test]
    fn intervals_are_rates_in_order(made in run()) {
        for family in summary(&made, 0).families {
            for interval in [Some(family.prompt_rate), Some(family.failure_rate), family.bootstrap].into_iter().flatten() {
                prop_assert!(0.0 <= interval.low && interval.low <= interval.high && interval.high <= 1.0);
            }
            prop_assert!(family.prompts_broken <= family.prompts_decided && family.prompts_decided <= family.prompts);
        }
    }
}
