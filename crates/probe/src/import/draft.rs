//! A prompt on its way to a probe.

use crate::oracle::{Complies, Contains, Refuses, Rule, Step};
use crate::pack::{Probe, Role, Turn};
use crate::prompt::OVER_REFUSAL;
use sha2::{Digest, Sha256};
use sightline_model::Severity;
use sightline_model::untrusted::shortened;

/// The technique of probes that have no oracle of their own.
pub(super) const BY_REFUSAL: &str = "imported, judged by refusal";
/// The technique of the others.
const BY_ITS_WORDS: &str = "imported";
/// Bytes of one prompt, at most.
const LARGEST: usize = 128 << 10;
/// Words of a set that break a probe, at most.
const MOST_WORDS: usize = 20;
/// Shorter words stand in any answer.
const SHORTEST_WORD: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Draft {
    /// the row or line, as `row 7`
    pub(super) place: String,
    pub(super) category: String,
    pub(super) title: String,
    pub(super) system: String,
    /// beginning and ending with the user's
    pub(super) turns: Vec<(Role, String)>,
    /// an answer that has one of these is broken
    pub(super) words: Vec<String>,
}

impl Draft {
    pub(super) fn of_prompt(place: String, prompt: &str) -> Self {
        Self { place, turns: vec![(Role::User, prompt.to_owned())], ..Self::default() }
    }

    /// Why it cannot be used.
    pub(super) fn check(&self) -> Result<(), String> {
        let alternates =
            self.turns.iter().enumerate().all(|(at, (role, _))| (*role == Role::User) == at.is_multiple_of(2));
        if self.turns.len().is_multiple_of(2) || !alternates {
            return Err("its turns do not alternate between user and assistant, ending with the user".into());
        }
        if self.turns.iter().any(|(_, text)| text.trim().is_empty()) {
            return Err("it has no text".into());
        }
        match self.bytes() > LARGEST {
            true => Err(format!("it has {} bytes, and a prompt {LARGEST} at most", self.bytes())),
            false => Ok(()),
        }
    }

    fn bytes(&self) -> usize {
        self.system.len() + self.turns.iter().map(|(_, text)| text.len()).sum::<usize>()
    }

    /// The same for the same conversation.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [&self.system].into_iter().chain(self.turns.iter().map(|(_, text)| text)) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().into()
    }

    /// The category as a family's name.
    pub(super) fn family(&self) -> String {
        let slug: String = self
            .category
            .chars()
            .take(60)
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let family = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        if family.is_empty() { "imported".to_owned() } else { family }
    }

    pub(super) fn probe(self, id: String, file: &str, benign: bool) -> Probe {
        // Of plain work the category stays in the id.
        let family = if benign { OVER_REFUSAL.to_owned() } else { self.family() };
        let title = self.shown_title();
        let mut rules: Vec<Rule> = self.words.iter().filter_map(|word| contains(word)).take(MOST_WORDS).collect();
        let technique = if rules.is_empty() { BY_REFUSAL } else { BY_ITS_WORDS };
        match benign {
            true => rules = vec![Rule::Refuses(Refuses {})],
            // A set's own words say what is broken; what else an answer may be, the detector says.
            false => rules.push(Rule::Complies(Complies {})),
        }
        Probe {
            id,
            family,
            technique: if benign { BY_REFUSAL } else { technique }.to_owned(),
            title,
            severity: Severity::Medium,
            trials: 1,
            max_output_tokens: 256,
            owasp: Vec::new(),
            atlas: Vec::new(),
            nist_ai_rmf: Vec::new(),
            transforms: Vec::new(),
            source: format!("{} {}", shortened(file, 200), self.place),
            system: literal(&self.system),
            turns: self.turns.into_iter().map(|(role, text)| Turn::new(role, literal(&text))).collect(),
            tools: Vec::new(),
            broken_if: rules,
            twin: None,
        }
    }

    fn shown_title(&self) -> String {
        let title = if self.title.trim().is_empty() { self.place.as_str() } else { self.title.as_str() };
        shortened(&title.split_whitespace().collect::<Vec<_>>().join(" "), 100)
    }
}

fn contains(word: &str) -> Option<Rule> {
    let text = word.trim();
    let folded = crate::fold::fold(text).chars().count() >= SHORTEST_WORD;
    let after = if folded { vec![Step::Fold] } else { Vec::new() };
    (text.chars().count() >= SHORTEST_WORD).then(|| Rule::Contains(Contains { text: literal(text), after }))
}

/// A text that holds no placeholder of ours.
fn literal(text: &str) -> String {
    text.replace("{{", "{{open}}")
}
