//! From text to rules.

use sightline_model::control::CONTROLS;
use sightline_model::untrusted::shortened;

use super::{KINDS, ProtectedError, Rule};

/// How deep parentheses and `not` may stand.
const DEEPEST: usize = 32;
/// Longest word that a fault repeats, in characters.
const LONGEST: usize = 40;

/// A word, and how many characters stand before it.
struct Word<'t> {
    text: &'t str,
    offset: usize,
}

struct Reader<'t> {
    words: Vec<Word<'t>>,
    at: usize,
    end: usize,
    depth: usize,
}

pub(super) fn rule(text: &str) -> Result<Rule, ProtectedError> {
    let mut reader = Reader { words: words(text), at: 0, end: text.chars().count(), depth: 0 };
    let rule = reader.any()?;
    match reader.words.get(reader.at) {
        None => Ok(rule),
        Some(word) => {
            Err(fault(word.offset, format!("`{}` cannot stand here; `and`, `or` or the end can", said(word))))
        }
    }
}

/// Names and operators; every other character is a word of its own.
fn words(text: &str) -> Vec<Word<'_>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = vec![];
    let mut rest = text;
    let mut offset = 0;
    while let Some(first) = rest.chars().next() {
        let length = match is_name(first) {
            true => rest.find(|c: char| !is_name(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        if !first.is_whitespace() {
            words.push(Word { text: word, offset });
        }
        offset += word.chars().count();
        rest = after;
    }
    words
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Rule, ProtectedError> {
        let first = self.all()?;
        let mut rules = vec![first];
        while self.takes("or") {
            rules.push(self.all()?);
        }
        Ok(one_or(rules, Rule::Any))
    }

    fn all(&mut self) -> Result<Rule, ProtectedError> {
        let first = self.one()?;
        let mut rules = vec![first];
        while self.takes("and") {
            rules.push(self.one()?);
        }
        Ok(one_or(rules, Rule::All))
    }

    fn one(&mut self) -> Result<Rule, ProtectedError> {
        let Some(word) = self.words.get(self.at) else {
            return Err(fault(self.end, "a control is missing".to_owned() + &may_stand()));
        };
        let (text, offset) = (word.text.to_lowercase(), word.offset);
        let missing = format!("`{}` is no control and no kind of target", said(word));
        self.at += 1;
        match text.as_str() {
            "not" => self.deeper(offset, |reader| Ok(Rule::Not(Box::new(reader.one()?)))),
            "(" => self.deeper(offset, |reader| {
                let rule = reader.any()?;
                let at = reader.words.get(reader.at).map_or(reader.end, |word| word.offset);
                if reader.takes(")") { Ok(rule) } else { Err(fault(at, "`)` is missing".to_owned())) }
            }),
            name => {
                let known = |names: &'static [&'static str]| names.iter().copied().find(|known| *known == name);
                let control = known(CONTROLS).map(Rule::Control);
                control.or_else(|| known(KINDS).map(Rule::Kind)).ok_or_else(|| fault(offset, missing + &may_stand()))
            }
        }
    }

    fn deeper(
        &mut self,
        offset: usize,
        read: impl FnOnce(&mut Self) -> Result<Rule, ProtectedError>,
    ) -> Result<Rule, ProtectedError> {
        if self.depth >= DEEPEST {
            return Err(fault(offset, format!("parentheses and `not` stand deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let rule = read(self);
        self.depth -= 1;
        rule
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let is_next = self.words.get(self.at).is_some_and(|word| word.text.eq_ignore_ascii_case(wanted));
        self.at += usize::from(is_next);
        is_next
    }
}

fn one_or(mut rules: Vec<Rule>, many: fn(Vec<Rule>) -> Rule) -> Rule {
    match (rules.len(), rules.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            rules.extend(last);
            many(rules)
        }
    }
}

fn said(word: &Word<'_>) -> String {
    shortened(word.text, LONGEST)
}

fn may_stand() -> String {
    format!("; one of {}, or a kind such as `agent`", CONTROLS.join(", "))
}

fn fault(offset: usize, message: String) -> ProtectedError {
    ProtectedError { offset, message }
}
