//! Lenient access to a record that was read into a tape: real bodies have numbers where text is documented, text where numbers are, and
//! nothing where objects are. No method descends by recursion, so that the depth of a body does not matter.

use sightline_model::untrusted::shortened;
use simd_json::{Buffers, Node as Item, StaticNode, Tape};
use std::borrow::Cow;
use std::fmt::Write;

/// Characters of a text that are kept; an ARN has at most 2,048.
const LONGEST: usize = 2048;
/// Characters of a word, such as a stop reason or a tool's name.
const LONGEST_WORD: usize = 128;
/// Values of a document that are read: it bounds the memory of a record that is made to take much.
const MOST_VALUES: usize = 1 << 20;

/// Reads JSON, one document after the other, into the same memory.
pub(crate) struct Parser {
    text: Vec<u8>,
    buffers: Buffers,
}

impl Default for Parser {
    fn default() -> Self {
        Self { text: Vec::new(), buffers: Buffers::new(0) }
    }
}

impl Parser {
    /// Reads a document. Fails for what is no JSON, is nested beyond 1,024 levels or has more than a million values.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<Tape<'_>, &'static str> {
        if text.len() > MOST_VALUES && memchr::memchr_iter(b',', text).count() > MOST_VALUES {
            return Err("has more than a million values");
        }
        // A copy, as strings are unescaped in place.
        self.text.clear();
        self.text.extend_from_slice(text);
        simd_json::to_tape_with_buffers(&mut self.text, &mut self.buffers).map_err(|_| "is no JSON")
    }
}

/// A value, or nothing: the value's items on the tape.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node<'t>(&'t [Item<'t>]);

impl<'t> Node<'t> {
    /// The document.
    pub(crate) fn of(tape: &'t Tape<'t>) -> Self {
        Self(&tape.0)
    }

    /// Whether something stands here, be it `null`.
    pub(crate) fn is_there(self) -> bool {
        !self.0.is_empty()
    }

    /// Whether something other than `null` stands here.
    pub(crate) fn is_told(self) -> bool {
        !matches!(self.0.first(), None | Some(Item::Static(StaticNode::Null)))
    }

    /// Whether this is an array.
    pub(crate) fn is_array(self) -> bool {
        matches!(self.0.first(), Some(Item::Array { .. }))
    }

    /// Whether this is an object.
    pub(crate) fn is_object(self) -> bool {
        matches!(self.0.first(), Some(Item::Object { .. }))
    }

    /// The member of this name, the last where there are several; nothing where this is no object or has none.
    pub(crate) fn at(self, name: &str) -> Self {
        self.members().filter(|(other, _)| *other == name).last().map(|(_, value)| value).unwrap_or_default()
    }

    /// How many elements this has; nothing where this is no array.
    pub(crate) fn len(self) -> Option<usize> {
        match self.0.first() {
            Some(Item::Array { len, .. }) => Some(*len),
            _ => None,
        }
    }

    /// The elements; none where this is no array.
    pub(crate) fn elements(self) -> Elements<'t> {
        Elements(if self.is_array() { self.0.get(1..).unwrap_or_default() } else { &[] })
    }

    /// The elements, or the value itself where it is no array.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        let alone = (!self.is_array() && self.is_there()).then_some(self);
        self.elements().chain(alone)
    }

    /// The members; none where this is no object.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'t str, Self)> + use<'t> {
        let mut values = Elements(if self.is_object() { self.0.get(1..).unwrap_or_default() } else { &[] });
        std::iter::from_fn(move || {
            let name = values.next()?;
            values.next().map(|value| (name.str().unwrap_or_default(), value))
        })
    }

    /// The text, where this is one.
    pub(crate) fn str(self) -> Option<&'t str> {
        match self.0.first() {
            Some(Item::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Text without outer blanks, of at most 2,048 characters; numbers and flags in their spelling; empty for all else.
    pub(crate) fn text(self) -> String {
        match self.0.first() {
            Some(Item::String(text)) => shortened(text.trim(), LONGEST),
            Some(Item::Static(value)) if self.is_told() => value.to_string(),
            _ => String::new(),
        }
    }

    /// A name or a constant, such as `end_turn`: text that has 1 to 128 characters, none of them a blank or anything else that sentences
    /// have. What is content is not taken for a word.
    pub(crate) fn word(self) -> Option<&'t str> {
        self.str().filter(|text| is_word(text))
    }

    /// A whole number from 0, or the text of one.
    pub(crate) fn count(self) -> Option<i64> {
        let number = match self.0.first()? {
            Item::Static(StaticNode::I64(number)) => *number,
            Item::Static(StaticNode::U64(number)) => i64::try_from(*number).ok()?,
            #[expect(clippy::cast_possible_truncation, reason = "bounded to what is exact")]
            Item::Static(StaticNode::F64(number)) if number.abs() < 9e15 => *number as i64,
            Item::String(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        (number >= 0).then_some(number)
    }

    /// A number, or the text of one.
    pub(crate) fn number(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "scores and thresholds, of few digits")]
        match self.0.first()? {
            Item::Static(StaticNode::I64(number)) => Some(*number as f64),
            Item::Static(StaticNode::U64(number)) => Some(*number as f64),
            Item::Static(StaticNode::F64(number)) => Some(*number),
            Item::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A flag, or the text of one.
    pub(crate) fn flag(self) -> Option<bool> {
        match self.0.first()? {
            Item::Static(StaticNode::Bool(flag)) => Some(*flag),
            Item::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Item::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// How many bytes the value takes as JSON without blanks.
    pub(crate) fn json_length(self) -> i64 {
        let length = |item: &Item<'_>| match item {
            Item::String(text) => text.len() + 2 + escapes(text),
            Item::Object { len, .. } => 2 + (2 * len).saturating_sub(1),
            Item::Array { len, .. } => 2 + len.saturating_sub(1),
            Item::Static(value) => value.to_string().len(),
        };
        i64::try_from(self.0.iter().map(length).sum::<usize>()).unwrap_or(i64::MAX)
    }

    /// The value as JSON, and whether it is whole: after `limit` bytes it ends.
    pub(crate) fn json(self, limit: usize, out: &mut String) -> bool {
        let end = out.len().saturating_add(limit);
        // Of each open bracket: whether it is an object's, how many items it has, how many are left.
        let mut open: Vec<(bool, usize, usize)> = Vec::new();
        for item in self.0 {
            if out.len() > end {
                return false;
            }
            if let Some((object, all, left)) = open.last_mut() {
                let value = *object && *left % 2 == 1;
                out.push_str(if value {
                    ":"
                } else if left == all {
                    ""
                } else {
                    ","
                });
                *left -= 1;
            }
            match item {
                Item::String(text) => quote(text, end, out),
                Item::Object { len, .. } => {
                    out.push('{');
                    open.push((true, len * 2, len * 2));
                }
                Item::Array { len, .. } => {
                    out.push('[');
                    open.push((false, *len, *len));
                }
                Item::Static(value) => {
                    let _infallible = write!(out, "{value}");
                }
            }
            while let Some((object, _, 0)) = open.last() {
                out.push(if *object { '}' } else { ']' });
                open.pop();
            }
        }
        out.len() <= end
    }
}

/// Whether this may be a name or a constant.
pub(crate) fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/@".contains(&byte);
    (1..=LONGEST_WORD).contains(&text.len()) && text.bytes().all(fits)
}

/// Bytes that a text takes in JSON beyond its own. Without branches: most of a log is text.
fn escapes(text: &str) -> usize {
    let of = |byte: u8| {
        let control = byte < 0x20;
        let short = matches!(byte, 8 | 9 | 10 | 12 | 13);
        u8::from(control | (byte == b'"') | (byte == b'\\')) + 4 * u8::from(control & !short)
    };
    text.bytes().map(|byte| usize::from(of(byte))).sum()
}

fn quote(text: &str, end: usize, out: &mut String) {
    // No more of it than the limit leaves room for: a body may be one text of many MB.
    let room = end.saturating_sub(out.len()).saturating_add(1);
    let kept: Cow<'_, str> = if text.len() > room {
        Cow::Borrowed(text.get(..text.floor_char_boundary(room)).unwrap_or_default())
    } else {
        Cow::Borrowed(text)
    };
    out.push_str(&serde_json::Value::from(kept).to_string());
    if text.len() > room {
        out.push(' ');
    }
}

/// Elements one after the other: each takes as many items as its own count says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elements<'t>(&'t [Item<'t>]);

impl<'t> Iterator for Elements<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let items = match self.0.first()? {
            Item::Object { count, .. } | Item::Array { count, .. } => count + 1,
            Item::String(_) | Item::Static(_) => 1,
        };
        let (element, rest) = self.0.split_at_checked(items)?;
        self.0 = rest;
        Some(Node(element))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "(?s).{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec(("[a-c]{1,2}", inner), 0..5).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    #[test]
    fn odd_shapes_read_as_they_can() {
        let text = json!({"n": "7", "f": 2.0, "m": -1, "t": " x ", "flag": "TRUE", "a": [1, {"b": null}], "z": null, "s": "a b"})
            .to_string();
        let mut parser = Parser::default();
        let tape = parser.read(text.as_bytes()).unwrap();
        let node = Node::of(&tape);
        assert_eq!(
            [node.at("n").count(), node.at("f").count(), node.at("m").count(), node.at("a").count()],
            [Some(7), Some(2), None, None]
        );
        assert_eq!(
            (node.at("t").text().as_str(), node.at("m").text().as_str(), node.at("z").text().as_str()),
            ("x", "-1", "")
        );
        assert_eq!((node.at("flag").flag(), node.at("s").word(), node.at("n").word()), (Some(true), None, Some("7")));
        assert_eq!((node.at("a").len(), node.at("a").each().count(), node.at("t").each().count()), (Some(2), 2, 1));
        assert!(node.at("z").is_there() && !node.at("z").is_told() && !node.at("none").is_there());
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat().into_bytes();
        assert!(Parser::default().read(&deep(1000)).is_ok());
        assert!(Parser::default().read(&deep(1_000_000)).is_err());
        let many = format!("[{}0]", "0,".repeat(MOST_VALUES + 1)).into_bytes();
        assert_eq!(Parser::default().read(&many).unwrap_err(), "has more than a million values");
    }

    proptest! {
        #[test]
        fn json_is_written_as_it_was_read(value in any_json()) {
            let text = value.to_string();
            let mut parser = Parser::default();
            let tape = parser.read(text.as_bytes()).unwrap();
            let mut out = String::new();
            prop_assert!(Node::of(&tape).json(1 << 20, &mut out));
            prop_assert_eq!(Node::of(&tape).json_length(), text.len() as i64);
            prop_assert_eq!(out, text);
        }

        #[test]
        fn cut_json_is_told(value in any_json(), limit in 0usize..30) {
            let text = value.to_string();
            let mut parser = Parser::default();
            let tape = parser.read(text.as_bytes()).unwrap();
            let mut out = String::new();
            let whole = Node::of(&tape).json(limit, &mut out);
            prop_assert_eq!(whole, text.len() <= limit);
            prop_assert!(!whole || out == text);
        }
    }
}
