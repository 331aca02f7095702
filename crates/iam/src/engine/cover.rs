//! Which columns a Resource element covers.

use super::bits::Bits;
use super::frame::{EVERY_COLUMN, Frame};
use super::residual::{FALSE, Residuals, TRUE};
use crate::arn_pattern::resource_tokens;
use crate::context::Context;
use crate::formula::Formula;
use crate::glob::{self, Token};
use crate::interpret::{open, without_value};
use crate::policy::Resources;
use crate::template::{Filled, Piece, Template};
use memchr::memmem;

/// The columns that are covered, and those of which it is open.
#[derive(Debug)]
pub(super) struct Cover {
    pub(super) span: u32,
    /// Each with the span of one column.
    pub(super) open: Vec<(u32, u32)>,
}

/// What the patterns of an element cover of `within`; `context` fills their variables.
pub(super) fn cover<'e>(
    resources: &'e Resources,
    context: Option<&Context>,
    within: u32,
    frame: &mut Frame<'e>,
    residuals: &mut Residuals,
) -> Cover {
    let mut bits = Bits::default();
    let mut undecided = Vec::new();
    for pattern in &resources.patterns {
        match context.map(|context| pattern.fill(context)) {
            None => {
                let span = plain(pattern.pieces(), frame);
                frame.span(span).add_to(&mut bits);
            }
            Some(Filled::Text(pieces)) => add_columns(&pieces, frame, &mut bits),
            // Without a value it matches nothing.
            Some(Filled::Absent) if !resources.negated => {}
            Some(Filled::Absent | Filled::Open) => undecided.push(pattern),
        }
    }
    match context {
        Some(context) if !undecided.is_empty() => {
            return one_by_one(resources.negated, &undecided, &bits, context, within, frame, residuals);
        }
        _ => {}
    }
    if resources.negated {
        let mut others = frame.everything.clone();
        others.remove(&bits);
        bits = others;
    }
    let span = frame.keep(bits);
    Cover { span: frame.within(span, within), open: Vec::new() }
}

/// Patterns without a value, or with an open one, say something else of each resource.
fn one_by_one(
    negated: bool,
    undecided: &[&Template],
    covered: &Bits,
    context: &Context,
    within: u32,
    frame: &mut Frame<'_>,
    residuals: &mut Residuals,
) -> Cover {
    let mut columns = Bits::default();
    frame.span(within).add_to(&mut columns);
    let (mut surely, mut maybe) = (Bits::default(), Vec::new());
    for column in columns.iter() {
        let resource = frame.questions.get(column as usize).map_or("", |question| question.resource.as_str());
        let parts = undecided.iter().map(|pattern| match pattern.fill(context) {
            Filled::Open => open(pattern, negated, resource),
            _ => without_value(pattern, negated),
        });
        let any = Formula::any(parts.chain([Formula::from(covered.has(column))]));
        match residuals.number(if negated { any.negated() } else { any }) {
            FALSE => {}
            TRUE => surely.insert(column),
            formula => maybe.push((formula, column)),
        }
    }
    let open = maybe.into_iter().map(|(formula, column)| (formula, frame.keep_one(column))).collect();
    Cover { span: frame.keep(surely), open }
}

/// The columns that a pattern without variables matches: sets differ more than the patterns in them.
fn plain<'e>(pieces: &'e [Piece], frame: &mut Frame<'e>) -> u32 {
    if let Some(known) = frame.patterns.get(pieces) {
        return *known;
    }
    let mut bits = Bits::default();
    add_columns(pieces, frame, &mut bits);
    let span = frame.keep(bits);
    frame.patterns.insert(pieces, span);
    span
}

/// Adds the columns that a filled pattern matches.
fn add_columns(pieces: &[Piece], frame: &Frame<'_>, bits: &mut Bits) {
    if let [Piece::Text(text)] = pieces {
        if **text == *"*" {
            frame.span(EVERY_COLUMN).add_to(bits);
            return;
        }
        if has_all_fields(text) {
            match text.find(['*', '?']) {
                None => return frame.add_matching(text, str::is_empty, bits),
                Some(at) if at + 1 == text.len() && text.ends_with('*') => {
                    return frame.add_matching(text.get(..at).unwrap_or_default(), |_| true, bits);
                }
                Some(_) => {}
            }
        }
    }
    let tokens = resource_tokens(pieces);
    let literal = tokens.iter().map_while(|token| match token {
        Token::Char(c) => Some(*c),
        _ => None,
    });
    let prefix: String = literal.collect();
    let rest = tokens.get(prefix.chars().count()..).unwrap_or_default();
    // Most resources that begin alike lack what the pattern goes on with: that is found out faster than a match.
    let needle = longest_literal(rest);
    let finder = memmem::Finder::new(&needle);
    frame.add_matching(&prefix, |text| finder.find(text.as_bytes()).is_some() && glob::matches(rest, text), bits);
}

/// The longest text that stands in a pattern without wildcards.
fn longest_literal(tokens: &[Token]) -> String {
    let runs = tokens.split(|token| !matches!(token, Token::Char(_)));
    let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
    let characters = longest.iter().filter_map(|token| match token {
        Token::Char(c) => Some(*c),
        _ => None,
    });
    characters.collect()
}

/// Whether the text has all fields of an ARN: then `*` at its end is any rest, and nothing is added to what it says.
fn has_all_fields(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b':').take(5).count() == 5
}
