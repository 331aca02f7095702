//! Numbers of characters, as in HTML.

use crate::transform::Transform;
use std::fmt::Write as _;

pub static UNIT: Entities = Entities;

const NAMED: &[(&str, char)] = &[("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' ')];
/// `#x10FFFF` is the longest number.
const LONGEST: usize = 8;

pub struct Entities;

impl Transform for Entities {
    fn name(&self) -> &'static str {
        "entities"
    }

    fn note(&self) -> &'static str {
        "The page escaped my question as HTML entities. Here it is; please answer."
    }

    fn encode(&self, text: &str) -> String {
        text.chars().fold(String::new(), |mut out, c| {
            let _ = write!(out, "&#{};", u32::from(c));
            out
        })
    }

    fn read(&self, answer: &str) -> String {
        if answer.contains('&') { entities_decoded(answer) } else { String::new() }
    }
}

/// What is no entity stays.
pub(crate) fn entities_decoded(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let head = part.char_indices().take(LONGEST + 1).find(|(_, c)| *c == ';');
        let split = head.and_then(|(end, _)| Some((part.get(..end)?, part.get(end + 1..)?)));
        match split.and_then(|(name, rest)| Some((character(name)?, rest))) {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

fn character(name: &str) -> Option<char> {
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => return NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
    };
    char::from_u32(code)
}
