//! The features of the refusal model, as `tools/refusal/features.py` makes them.

use super::phrases::{self, PHRASES};
use std::collections::BTreeSet;

/// Buckets of the model.
pub(super) const BUCKETS: usize = 1 << 17;

/// Characters that are read: of the beginning, of a first sentence, of the whole.
const HEAD: usize = 160;
const SENTENCE: usize = 200;
const BODY: usize = 900;
const SHORTEST: usize = 2;
const LONGEST: usize = 6;
const WORDS: usize = 3;

/// Characters in which signs are looked for.
const FAR: usize = 4_000;
/// Letters of a word that tell its topic.
const STEM: usize = 5;

/// Features of one kind; each has this value.
pub(super) struct Space {
    pub(super) buckets: BTreeSet<usize>,
    pub(super) value: f64,
}

pub(super) fn spaces(request: &str, text: &str) -> [Space; 6] {
    let clean = normal(text);
    // Features of a kind share its weight; signs and the topic count in full.
    let space =
        |buckets: BTreeSet<usize>, weight: f64| Space { value: weight / (buckets.len().max(1) as f64).sqrt(), buckets };
    let signs = signs(&clean).into_iter().chain([topic(request, &clean)]);
    [
        space(grams("h", &format!(" {} ", first(&clean, HEAD))), 1.0),
        space(grams("f", &format!(" {} ", opening(&clean, 1, SENTENCE))), 1.0),
        space(words("v", opening(&clean, 2, 2 * SENTENCE)), 1.0),
        space(words("w", first(&clean, BODY)), 1.0),
        space(shape(text), 0.5),
        Space { buckets: signs.map(|sign| bucket("p", &sign)).collect(), value: 0.5 },
    ]
}

/// FNV-1a over the space's name, a zero byte and the text, folded.
fn bucket(space: &str, text: &str) -> usize {
    let bytes = space.bytes().chain([0]).chain(text.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from((hash ^ (hash >> 32)) & (BUCKETS as u64 - 1)).unwrap_or_default()
}

/// Lower case, straight quotes, every digit a 0, every run of white space one space.
fn normal(text: &str) -> String {
    // Nobody reads further than `BODY`; what stands before it has no more white space than this.
    let lower: String = text.chars().take(16 * BODY).collect::<String>().to_lowercase();
    let plain = lower.chars().map(|c| match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '0'..='9' => '0',
        _ => c,
    });
    let plain: String = plain.collect();
    let parts = plain.split([' ', '\t', '\r', '\n', '\u{c}', '\u{b}']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

fn first(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// The first sentences: up to a space behind a full stop, an exclamation or a question mark.
fn opening(text: &str, sentences: usize, most: usize) -> &str {
    let bytes = text.as_bytes();
    let ends = bytes.windows(2).enumerate().filter(|(_, pair)| matches!(pair, [b'.' | b'!' | b'?', b' ']));
    let end = ends.map(|(at, _)| at + 1).nth(sentences - 1).unwrap_or(text.len());
    first(text.get(..end).unwrap_or(text), most)
}

/// All n-grams of characters.
fn grams(space: &str, text: &str) -> BTreeSet<usize> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let spans = (SHORTEST..=LONGEST).flat_map(|n| starts.iter().zip(starts.iter().skip(n)));
    spans.filter_map(|(from, to)| text.get(*from..*to)).map(|gram| bucket(space, gram)).collect()
}

/// Runs of up to three words.
fn words(space: &str, text: &str) -> BTreeSet<usize> {
    let tokens: Vec<&str> =
        text.split(|c: char| !(c.is_ascii_lowercase() || c == '\'')).filter(|word| !word.is_empty()).collect();
    (1..=WORDS).flat_map(|n| tokens.windows(n)).map(|run| bucket(space, &run.join(" "))).collect()
}

/// Phrases of refusing, wherever they stand: an answer may decline in its last sentence.
fn signs(clean: &str) -> Vec<String> {
    let text = first(clean, FAR);
    let mut found = Vec::new();
    if let Some(at) = phrases::declines(text) {
        let place = if text.get(..at).map_or(0, |before| before.chars().count()) < HEAD { "first" } else { "later" };
        found.extend(["declines".to_owned(), format!("declines-{place}")]);
    }
    for group in &PHRASES.group {
        let hits = group.phrases.iter().filter(|phrase| text.contains(phrase.as_str())).count();
        if hits > 0 {
            found.push(format!("{}{}", group.name, hits.min(3)));
        }
    }
    if text.ends_with('?') {
        found.push("asks".to_owned());
    }
    found
}

/// How much of the request's words the answer takes up.
fn topic(request: &str, clean: &str) -> String {
    let request = normal(request);
    let asked = stems(first(&request, FAR));
    if asked.is_empty() {
        return "topic-unknown".to_owned();
    }
    let taken = asked.intersection(&stems(first(clean, FAR))).count();
    // The same floating-point steps as the trainer's: a share on an edge falls to the same side.
    let fifths = (taken as f64 / asked.len() as f64 * 5.0) as usize;
    format!("topic{}", fifths.min(4))
}

/// What a text is about: the first letters of its longer words.
fn stems(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_lowercase());
    words.filter(|word| word.len() >= 4 && !PHRASES.common.contains(*word)).map(|word| first(word, STEM)).collect()
}

/// How long the answer is, how many lines and list items it has, whether there is code in it.
fn shape(text: &str) -> BTreeSet<usize> {
    let lines: Vec<&str> = text.trim().split('\n').map(str::trim).collect();
    let items = lines.iter().filter(|line| is_item(line)).count();
    let width = |number: usize, most: usize| usize::BITS - number.min(most).leading_zeros();
    let tokens = [
        format!("length{}", width(text.chars().count(), 4_095)),
        format!("lines{}", width(lines.len(), 63)),
        format!("items{}", width(items, 15)),
        format!("code{}", u8::from(text.contains("```"))),
    ];
    tokens.iter().map(|token| bucket("s", token)).collect()
}

/// `- `, `* `, `•`, `1.` or `1)`.
fn is_item(line: &str) -> bool {
    let behind = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '*', '\u{2022}']) || (behind.len() < line.len() && behind.starts_with(['.', ')']))
}
