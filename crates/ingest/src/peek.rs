//! What the first record of an object looks like, from its first bytes: they may end anywhere.

use crate::documents::{Document, Splitter};
use crate::envelope::{self, Unwrapped};
use memchr::memmem;
use std::borrow::Cow;

/// Names of a record that are looked at.
const MOST_NAMES: usize = 64;
/// The name behind which an envelope has its record.
const MESSAGE: &[u8] = b"\"message\"";

/// The first record's outer names, in order, each with its value where that is no object and no array.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Peek(Vec<(String, String)>);

impl Peek {
    /// Looks at the first record, without what is around it.
    pub(crate) fn at(head: &[u8]) -> Self {
        let head = head.trim_ascii_start();
        if let Some(first) = first(head) {
            return match envelope::unwrap(&first) {
                Unwrapped::One(message) => Self(members(&message.text)),
                Unwrapped::Many(messages) => Self(messages.first().map(|m| members(&m.text)).unwrap_or_default()),
                Unwrapped::Control => Self::default(),
            };
        }
        let begun = head.strip_prefix(b"[").unwrap_or(head).trim_ascii_start();
        let outer = members(begun);
        if is_envelope(&outer)
            && let Some(message) = memmem::find(begun, MESSAGE).and_then(|place| begun.get(place + MESSAGE.len()..))
            && let Some(text) = message.trim_ascii_start().strip_prefix(b":")
        {
            return Self(members(string(text.trim_ascii_start()).0.as_bytes()));
        }
        if begun.first().is_some_and(u8::is_ascii_digit) {
            let text = begun.iter().position(|byte| *byte == b' ').and_then(|place| begun.get(place..));
            return Self(members(text.unwrap_or_default()));
        }
        Self(outer)
    }

    /// Whether the record has this outer name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// The value of this outer name; empty for objects and arrays.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value.as_str())
    }
}

/// The first document that is whole and has a record.
fn first(head: &[u8]) -> Option<Vec<u8>> {
    let mut splitter = Splitter::default();
    let mut first = None;
    splitter.push(head, &mut |document| {
        if let (None, Document::Text(text)) = (&first, document)
            && envelope::unwrap(text) != Unwrapped::Control
        {
            first = Some(text.to_vec());
        }
    });
    first
}

fn is_envelope(outer: &[(String, String)]) -> bool {
    let names = ["ingestionTime", "logStream", "logStreamName", "messageType", "logEvents"];
    outer.iter().any(|(name, _)| names.contains(&name.as_str()))
}

/// The outer names of an object that may be cut.
fn members(text: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some(mut rest) = text.trim_ascii_start().strip_prefix(b"{") else { return found };
    while found.len() < MOST_NAMES {
        rest = blank(rest);
        if !rest.starts_with(b"\"") {
            break;
        }
        let (name, behind) = string(rest);
        let Some(value) = behind.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start) else { break };
        let (value, behind) = match value.first() {
            Some(b'"') => string(value),
            Some(b'{' | b'[') => (Cow::Borrowed(""), behind_brackets(value)),
            _ => plain(value),
        };
        found.push((name.into_owned(), value.into_owned()));
        rest = behind;
    }
    found
}

fn blank(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b',').unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

fn plain(text: &[u8]) -> (Cow<'_, str>, &[u8]) {
    let end = text.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b'\n')).unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    (String::from_utf8_lossy(value.trim_ascii()), rest)
}

/// The text that begins here with its quote, as far as it goes, and what is behind it.
fn string(text: &[u8]) -> (Cow<'_, str>, &[u8]) {
    let end = end_of_string(text);
    let (mut inside, behind) = text.split_at(end);
    // Where it is cut, the last escape may be half: take it off until the rest can be read.
    for _ in 0..12 {
        let closed = if inside.len() > 1 && inside.ends_with(b"\"") && is_closed(inside) {
            Cow::Borrowed(inside)
        } else {
            Cow::Owned([inside, b"\""].concat())
        };
        if let Ok(read) = serde_json::from_slice::<String>(&closed) {
            return (Cow::Owned(read), behind);
        }
        inside = inside.get(..inside.len().saturating_sub(1)).unwrap_or_default();
    }
    (Cow::Borrowed(""), behind)
}

fn is_closed(text: &[u8]) -> bool {
    let backslashes = text.iter().rev().skip(1).take_while(|byte| **byte == b'\\').count();
    backslashes.is_multiple_of(2)
}

/// Where the text that begins with a quote ends, behind its closing quote.
fn end_of_string(text: &[u8]) -> usize {
    let mut escaped = false;
    for (place, byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return place + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn behind_brackets(mut text: &[u8]) -> &[u8] {
    let mut depth = 0_usize;
    while let Some((byte, rest)) = text.split_first() {
        match byte {
            b'"' => {
                text = text.get(end_of_string(text)..).unwrap_or_default();
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        text = rest;
        if depth == 0 {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_is_told_however_it_is_wrapped_and_wherever_it_is_cut() {
        let record = r#"{"kind":"Event","a":{"b":["}",1]},"n":7, "long":"x\\\"\u00e9"}"#;
        let quoted = serde_json::to_string(record).unwrap();
        let objects = [
            format!("{record}\n{record}"),
            format!("[{record},{record}]"),
            format!("2026-11-22T03:04:05Z {record}"),
            format!(r#"{{"timestamp":1,"ingestionTime":2,"logStream":"s","message":{quoted}}}"#),
            format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"id":"1","timestamp":1,"message":{quoted}}}]}}"#),
        ];
        for object in objects {
            let whole = Peek::at(object.as_bytes());
            assert_eq!((whole.text("kind"), whole.text("n"), whole.text("a")), ("Event", "7", ""), "{object}");
            assert!(whole.has("a") && whole.has("long") && !whole.has("b"));
            for end in 0..object.len() {
                Peek::at(&object.as_bytes()[..end]);
            }
            let name = object.find("\"a\\\":").or_else(|| object.find("\"a\":")).unwrap() + 7;
            assert_eq!(Peek::at(&object.as_bytes()[..name]).text("kind"), "Event", "{object}");
        }
    }
}
