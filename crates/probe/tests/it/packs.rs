use crate::bench::{plan_all, target};
use sightline_probe::{PlanOptions, PriceList, Target, cards, packs, plan};
use std::collections::BTreeSet;

#[test]
fn every_embedded_pack_is_sound() {
    let packs = packs().unwrap();
    assert_eq!(
        packs.iter().map(|pack| (pack.about.id.as_str(), pack.probes.len())).collect::<Vec<_>>(),
        [("prompt-injection-basics", 10)]
    );
    for probe in packs.iter().flat_map(|pack| &pack.probes) {
        assert!(!probe.owasp.is_empty() && !probe.atlas.is_empty(), "{} serves no requirement", probe.id);
        let texts: String = probe.turns.iter().map(|turn| turn.text.as_str()).chain([probe.system.as_str()]).collect();
        let rules = format!("{:?}", probe.broken_if);
        for word in ["{{canary}}", "{{marker}}"] {
            assert!(
                !rules.contains(word) || texts.contains(word),
                "{} judges by a word that it never says: {word}",
                probe.id
            );
        }
    }
    let families: BTreeSet<&str> = packs[0].probes.iter().map(|probe| probe.family.as_str()).collect();
    assert!(families.len() >= 5, "{families:?}");
    assert!(packs[0].probes.iter().filter(|probe| probe.twin.is_some()).count() >= 5);
}

#[test]
fn the_catalogue_lists_every_probe() {
    let packs = packs().unwrap();
    let page = cards(&packs);
    for probe in &packs[0].probes {
        assert!(page.contains(&format!("| `{}`: {} | {} |", probe.id, probe.title, probe.family)));
        assert!(!page.contains(&probe.turns[0].text), "prompts are not repeated");
    }
}

#[test]
fn a_plan_counts_and_bounds() {
    let all = plan_all(&PlanOptions::default());
    assert_eq!(all.requests, all.probes.iter().map(|probe| u64::from(probe.trials)).sum::<u64>());
    assert_eq!(all.price_source, "typed by hand, not checked against the price list, 2026-11-01");
    let one = plan_all(&PlanOptions {
        families: vec!["encoding".into()],
        without_twins: true,
        trials: Some(1),
        ..PlanOptions::default()
    });
    assert_eq!(one.requests, 2);
    assert!(one.usd < all.usd && one.output_tokens < all.output_tokens);
}

#[test]
fn what_cannot_be_planned_says_why() {
    let (packs, prices) = (packs().unwrap(), PriceList::embedded().unwrap());
    let nothing = PlanOptions { families: vec!["no-such".into()], ..PlanOptions::default() };
    assert!(
        plan(&packs, target(false), &nothing, &prices).unwrap_err().to_string().starts_with("no probe is left to run")
    );

    let no_trial = PlanOptions { trials: Some(0), ..PlanOptions::default() };
    assert!(plan(&packs, target(false), &no_trial, &prices).is_err(), "a run of nothing would look clean");

    let strange = || Target::new("acme.strange-v1:0", "us-east-1", "123456789012", None).unwrap();
    let error = plan(&packs, strange(), &PlanOptions::default(), &prices).unwrap_err().to_string();
    assert!(error.contains("no price is known for `acme.strange-v1:0`") && error.contains("--assume-price"), "{error}");
    let assumed = PlanOptions { assume_price: Some("0.01,0.02".parse().unwrap()), ..PlanOptions::default() };
    assert_eq!(plan(&packs, strange(), &assumed, &prices).unwrap().price_source, "assumed by --assume-price");

    let guarded = plan(&packs, target(true), &PlanOptions::default(), &prices).unwrap();
    assert!(guarded.usd > plan_all(&PlanOptions::default()).usd, "a guardrail costs, too");
}
