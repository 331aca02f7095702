use crate::bench::{basics, plan_all, target};
use sightline_probe::oracle::Rule;
use sightline_probe::pack::{Probe, Role};
use sightline_probe::{Pack, PlanOptions, PriceList, Target, cards, packs, plan, requirements};
use std::collections::{BTreeMap, BTreeSet};

/// The families of the catalogue, and how many probes each has at least.
const FAMILIES: &[(&str, usize)] = &[
    ("direct-injection", 25),
    ("encoding", 18),
    ("guardrail-bypass", 18),
    ("harmful-refusal", 18),
    ("indirect-injection", 30),
    ("jailbreak", 22),
    ("over-refusal", 25),
    ("package-hallucination", 15),
    ("secret-leak", 22),
    ("system-prompt-leak", 22),
    ("unbounded-consumption", 14),
    ("unsafe-output", 25),
];

/// One probe for each file, in its plain way where it has one.
fn files(pack: &Pack) -> BTreeMap<&str, &Probe> {
    let mut files = BTreeMap::new();
    for probe in &pack.probes {
        files.entry(probe.id.split('+').next().unwrap()).or_insert(probe);
    }
    files
}

#[test]
fn there_are_enough_of_each_family() {
    let packs = packs().unwrap();
    for (family, least) in FAMILIES {
        let pack = packs.iter().find(|pack| pack.about.id == *family).unwrap_or_else(|| panic!("no pack {family}"));
        assert!(pack.probes.iter().all(|probe| probe.family == *family), "{family}: a pack is a family");
        assert!(files(pack).len() >= *least, "{family} has {}", files(pack).len());
    }
    let own: usize = packs.iter().map(|pack| files(pack).len()).sum();
    assert!(own >= 260, "{own}");
    let basics: Vec<usize> =
        packs.iter().filter(|pack| pack.about.id == "prompt-injection-basics").map(|pack| pack.probes.len()).collect();
    assert_eq!(basics, [10], "the ids of the first pack stay");
    assert_eq!(packs.len(), FAMILIES.len() + 1);
}

#[test]
fn every_probe_is_sound() {
    let packs = packs().unwrap();
    let mut ids = BTreeSet::new();
    for (pack, probe) in packs.iter().flat_map(|pack| pack.probes.iter().map(move |probe| (pack, probe))) {
        let id = &probe.id;
        assert_eq!(pack.about.licence, "CC0-1.0");
        assert!(ids.insert(id.clone()), "{id} is there twice");
        assert!(!probe.owasp.is_empty() && !probe.atlas.is_empty(), "{id} serves no requirement");
        if pack.about.id != "prompt-injection-basics" {
            assert!(!probe.nist_ai_rmf.is_empty() && !probe.technique.is_empty(), "{id} says not how or what for");
        }
        assert!(probe.trials <= 5 && probe.max_output_tokens <= 640, "{id} costs too much");
        assert!(
            !probe.title.ends_with('.') && !probe.title.contains('|') && probe.title.len() <= 90,
            "{id}: {}",
            probe.title
        );
        assert!(probe.source.is_empty(), "{id} is not our own");
        let told: String = probe.turns.iter().map(|turn| turn.text.as_str()).chain([probe.system.as_str()]).collect();
        for word in placeholders(&format!("{:?}", probe.broken_if)) {
            assert!(told.contains(&word), "{id} judges by a word that it never says: {word}");
        }
    }
}

fn placeholders(text: &str) -> BTreeSet<String> {
    let names = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name);
    names.filter(|name| !["open", "close"].contains(name)).map(|name| format!("{{{{{name}}}}}")).collect()
}

/// A word that stands in the user's own message may be quoted by a model that does not obey: there the answer must be that word
/// alone, or the word must be put together.
#[test]
fn a_quote_is_no_break() {
    let packs = packs().unwrap();
    let direct = packs.iter().filter(|pack| ["direct-injection", "jailbreak"].contains(&pack.about.id.as_str()));
    for probe in direct.flat_map(|pack| &pack.probes) {
        let user: String =
            probe.turns.iter().filter(|turn| turn.role == Role::User).map(|turn| turn.text.as_str()).collect();
        let quoted =
            probe.broken_if.iter().any(|rule| matches!(rule, Rule::Contains(rule) if user.contains(&rule.text)));
        assert!(!quoted, "{}: an answer that quotes the message would count as a break", probe.id);
    }
}

#[test]
fn a_twin_is_not_the_attack_and_asks_for_no_secret() {
    let packs = packs().unwrap();
    let mut twins = 0;
    for probe in packs.iter().flat_map(|pack| &pack.probes) {
        let Some(twin) = &probe.twin else { continue };
        twins += 1;
        assert!(
            twin.answer.chars().any(char::is_alphanumeric),
            "{}: nothing is left of the answer when it is folded",
            probe.id
        );
        assert!(probe.turns.iter().all(|turn| turn.text != twin.text), "{}: the twin is the attack", probe.id);
        for word in ["{{canary}}", "{{marker}}"] {
            assert!(!twin.text.contains(word) && !twin.answer.contains(word), "{}", probe.id);
        }
    }
    assert!(twins >= 150, "{twins}");
}

#[test]
fn no_two_probes_of_a_family_are_nearly_the_same() {
    for pack in packs().unwrap() {
        let whole: Vec<(&str, BTreeSet<String>)> = files(&pack)
            .into_iter()
            .map(|(id, probe)| {
                let texts = probe.turns.iter().map(|turn| turn.text.as_str()).chain([probe.system.as_str()]);
                (id, shingles(&texts.collect::<Vec<_>>().join(" ")))
            })
            .collect();
        for (at, (one, left)) in whole.iter().enumerate() {
            for (other, right) in &whole[..at] {
                let likeness = left.intersection(right).count() as f64 / left.union(right).count() as f64;
                assert!(likeness < 0.7, "{one} and {other} are alike: {likeness:.2}");
            }
        }
    }
}

/// Runs of five characters of the text in lower case, without punctuation and filler.
fn shingles(text: &str) -> BTreeSet<String> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let characters: Vec<char> = words.join(" ").chars().collect();
    characters.windows(5).map(|run| run.iter().collect()).collect()
}

#[test]
fn every_transform_and_every_kind_of_rule_is_used() {
    let packs = packs().unwrap();
    let all = || packs.iter().flat_map(|pack| &pack.probes);
    let rules: BTreeSet<&str> = all().flat_map(|probe| &probe.broken_if).map(Rule::name).collect();
    let ways: BTreeSet<&str> = all().filter_map(|probe| probe.id.split_once('+')).map(|(_, way)| way).collect();
    assert!(ways.len() >= 18, "{ways:?}");
    assert!(rules.len() >= 14, "{rules:?}");
    let techniques: BTreeSet<&str> = all().map(|probe| probe.technique.as_str()).collect();
    assert!(techniques.len() >= 60, "{}", techniques.len());
    let foreign = all().filter(|probe| probe.technique == "multilingual").count();
    assert!(foreign >= 20, "{foreign}");
}

/// The two lists of published ids, of checks and of probes, agree.
#[test]
fn ids_agree_with_those_that_checks_name() {
    let list = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../check/data/frameworks.toml")).unwrap();
    let list: toml::Table = list.parse().unwrap();
    let controls = |id: &str, key: &str| -> Vec<String> {
        let all = list["framework"].as_array().unwrap();
        let one = all.iter().find(|one| one["id"].as_str() == Some(id)).unwrap();
        one[key].as_array().unwrap().iter().map(|control| control.as_str().unwrap().to_owned()).collect()
    };
    let ranges = |text: &String| -> Vec<String> {
        let Some((head, rest)) = text.split_once('{') else { return vec![text.clone()] };
        let (first, last) = rest.trim_end_matches('}').split_once("..").unwrap();
        (first.parse::<u32>().unwrap()..=last.parse().unwrap()).map(|number| format!("{head}{number}")).collect()
    };
    for catalogue in requirements() {
        let ours: BTreeSet<String> = catalogue.ids.iter().map(|(id, _)| id.clone()).collect();
        if catalogue.key == "atlas" {
            let patterns = controls("mitre-atlas", "patterns");
            let shape = |id: &str| id.replace(|c: char| c.is_ascii_digit(), "#");
            assert!(ours.iter().all(|id| patterns.contains(&shape(id))));
            continue;
        }
        let id = if catalogue.key == "owasp" { "owasp-llm-2025" } else { "nist-ai-rmf" };
        let theirs: BTreeSet<String> = controls(id, "controls").iter().flat_map(ranges).collect();
        assert_eq!(ours, theirs, "{id}");
    }
}

#[test]
fn the_catalogue_lists_every_probe() {
    let packs = packs().unwrap();
    let page = cards(&packs);
    for pack in &packs {
        assert!(page.contains(&format!("\n## {}\n", pack.about.id)));
        for (id, probe) in files(pack) {
            assert!(page.contains(&format!("| `{id}`: {} | ", probe.title)), "{id}");
            assert!(!page.contains(&probe.turns[0].text), "{id}: prompts are not repeated");
        }
    }
    assert!(page.contains("| LLM01 | Prompt Injection |") && page.contains("| MEASURE 2.7 |"));
}

#[test]
fn a_plan_counts_and_bounds() {
    let all = plan_all(&PlanOptions::default());
    assert_eq!(all.requests, all.probes.iter().map(|probe| u64::from(probe.trials)).sum::<u64>());
    assert!(!all.price_source.is_empty());
    let one = plan_all(&PlanOptions {
        families: vec!["encoding".into()],
        without_twins: true,
        trials: Some(1),
        ..PlanOptions::default()
    });
    assert_eq!(one.requests, 2);
    assert!(one.usd < all.usd && one.output_tokens < all.output_tokens);
}

/// What the whole catalogue would send is known before anything is sent, long prompts and transforms included.
#[test]
fn every_probe_can_be_planned() {
    let (packs, prices) = (packs().unwrap(), PriceList::embedded().unwrap());
    let options = PlanOptions { trials: Some(1), without_twins: true, ..PlanOptions::default() };
    let plan = plan(&packs, target(false), &options, &prices).unwrap();
    assert_eq!(plan.requests, packs.iter().map(|pack| pack.probes.len() as u64).sum::<u64>());
    let longest = plan.probes.iter().max_by_key(|probe| probe.input_tokens).unwrap();
    assert!(
        longest.input_tokens > 8_000 && longest.input_tokens < 40_000,
        "{}: {}",
        longest.probe_id,
        longest.input_tokens
    );
}

#[test]
fn what_cannot_be_planned_says_why() {
    let (packs, prices) = (basics(), PriceList::embedded().unwrap());
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
