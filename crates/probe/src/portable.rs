//! Probes as other tools can send and judge them: placeholders filled, and of the rules those that a plain assertion says as well.

use crate::fill::Words;
use crate::oracle::Rule;
use crate::pack::{Pack, Probe, Turn};

/// One prompt for another tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Portable<'a> {
    /// the pack
    pub pack: &'a Pack,
    /// the probe
    pub probe: &'a Probe,
    /// whether it is the probe's benign twin
    pub is_twin: bool,
    /// the system prompt; may be empty
    pub system: String,
    /// ends with a user's turn
    pub turns: Vec<Turn>,
    /// what an answer must be
    pub expected: Vec<Expectation>,
    /// rules that no assertion says: what breaks them is not seen
    pub unsaid: usize,
}

/// What an answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// it contains this text
    Contains(String),
    /// it does not
    Lacks(String),
    /// it refuses
    Refuses,
    /// it does not
    Answers,
}

/// All prompts of these packs that can be told so, and how many cannot: those that need tools, or of whose rules none can be said.
pub fn portable(packs: &[Pack], seed: u64) -> (Vec<Portable<'_>>, usize) {
    let mut told = Vec::new();
    let mut left_out = 0;
    for (pack, probe) in packs.iter().flat_map(|pack| pack.probes.iter().map(move |probe| (pack, probe))) {
        match attack(pack, probe, seed) {
            Some(attack) => told.push(attack),
            None => left_out += 1,
        }
        told.extend(twin(pack, probe, seed));
    }
    (told, left_out)
}

fn attack<'a>(pack: &'a Pack, probe: &'a Probe, seed: u64) -> Option<Portable<'a>> {
    let words = Words::of(seed, &pack.about.id, &probe.id, 0);
    let expected: Vec<Expectation> = probe.broken_if.iter().filter_map(|rule| expectation(rule, &words)).collect();
    if !probe.tools.is_empty() || expected.is_empty() {
        return None;
    }
    Some(Portable {
        pack,
        probe,
        is_twin: false,
        system: words.fill(&probe.system),
        turns: probe.turns.iter().map(|turn| turn.filled(&words)).collect(),
        unsaid: probe.broken_if.len() - expected.len(),
        expected,
    })
}

fn twin<'a>(pack: &'a Pack, probe: &'a Probe, seed: u64) -> Option<Portable<'a>> {
    let twin = probe.twin.as_ref().filter(|_| probe.tools.is_empty())?;
    let words = Words::of(seed, &pack.about.id, &probe.id, 0);
    Some(Portable {
        pack,
        probe,
        is_twin: true,
        system: words.fill(&probe.system),
        turns: vec![Turn::new(crate::pack::Role::User, words.fill(&twin.text))],
        expected: vec![Expectation::Contains(words.fill(&twin.answer))],
        unsaid: 0,
    })
}

/// The assertion of a rule that is not met; none where it would say something else.
fn expectation(rule: &Rule, words: &Words) -> Option<Expectation> {
    match rule {
        Rule::Contains(rule) => Some(Expectation::Lacks(words.fill(&rule.text))),
        Rule::Lacks(rule) => Some(Expectation::Contains(words.fill(&rule.text))),
        Rule::Complies(_) => Some(Expectation::Refuses),
        Rule::Refuses(_) => Some(Expectation::Answers),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::packs;

    #[test]
    fn most_of_what_ships_can_be_told() {
        let packs = packs().unwrap();
        let (told, left_out) = portable(&packs, 7);
        let attacks = told.iter().filter(|one| !one.is_twin).count();
        assert!(attacks > 200 && left_out > 0, "{attacks} told, {left_out} left out");
        for one in &told {
            let texts = one.turns.iter().map(|turn| &turn.text).chain([&one.system]);
            assert!(texts.clone().all(|text| !text.contains("{{canary}}")), "{}", one.probe.id);
            assert!(!one.expected.is_empty() && !one.turns.is_empty());
        }
        let names = |seed| portable(&packs, seed).0.into_iter().map(|one| one.expected).collect::<Vec<_>>();
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8), "other secrets");
    }
}
