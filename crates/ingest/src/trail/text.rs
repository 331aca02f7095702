//! Text of a record: as it stands there, and what it means.

use super::scan::StringEnd;
use sightline_model::untrusted::shortened;
use std::borrow::Cow;
use std::num::NonZeroU64;

/// Characters of a text that are kept; an ARN has at most 2,048.
pub(crate) const LONGEST: usize = 2048;

/// From byte 1 to byte 1. No text begins at byte 0, where the record's own bracket stands.
const NOTHING: NonZeroU64 = NonZeroU64::MIN.saturating_add(1 << 32 | 1);

/// Where a text stands in its record: eight bytes, so that a walk leaves it in a register. Stands for nothing by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(NonZeroU64);

impl Default for Span {
    fn default() -> Self {
        Self(NOTHING)
    }
}

impl Span {
    /// What stands between these places; `None` where that is no text of a record.
    #[inline]
    pub(crate) fn new(start: usize, end: usize) -> Option<Self> {
        Self::of_string(start, StringEnd::new(end, false))
    }

    /// The string that begins and ends there.
    #[inline]
    pub(crate) fn of_string(start: usize, end: StringEnd) -> Option<Self> {
        let place = if start <= end.place() { start as u64 } else { 0 };
        NonZeroU64::new(place << 32).map(|place| Self(place | u64::from(end.bits())))
    }

    /// The text, in its record.
    #[inline]
    pub(crate) fn of(self, record: &str) -> Text<'_> {
        let (start, end) = ((self.0.get() >> 32) as usize, (self.0.get() as u32 >> 1) as usize);
        Text { raw: record.get(start..end).unwrap_or_default(), escaped: self.0.get() & 1 == 1 }
    }
}

/// The inside of a JSON string, or a number or flag in its spelling. Nothing by default.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Text<'r> {
    /// without the quotes
    pub(crate) raw: &'r str,
    /// whether it holds escapes; all of them are sound
    pub(crate) escaped: bool,
}

impl<'r> Text<'r> {
    /// What it means, whole.
    #[inline]
    pub(crate) fn whole(self) -> Cow<'r, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// What it means, without outer blanks, of at most 2,048 characters.
    #[inline]
    pub(crate) fn kept(self) -> Cow<'r, str> {
        self.kept_of(LONGEST)
    }

    /// Likewise with another bound.
    #[inline]
    pub(crate) fn kept_of(self, longest: usize) -> Cow<'r, str> {
        if !self.escaped && self.raw.len() <= longest && is_trimmed(self.raw) {
            return Cow::Borrowed(self.raw);
        }
        self.trimmed(longest)
    }

    #[cold]
    fn trimmed(self, longest: usize) -> Cow<'r, str> {
        match self.whole() {
            Cow::Borrowed(text) if text.trim().len() <= longest => Cow::Borrowed(text.trim()),
            text => Cow::Owned(shortened(text.trim(), longest)),
        }
    }

    /// What it means, of at most so many characters.
    #[inline]
    pub(crate) fn shortened(self, longest: usize) -> Cow<'r, str> {
        match self.whole() {
            Cow::Borrowed(text) if text.len() <= longest => Cow::Borrowed(text),
            text => Cow::Owned(shortened(&text, longest)),
        }
    }

    /// The flag that it spells.
    pub(crate) fn flag(self) -> Option<bool> {
        let text = self.whole();
        let is = |word| text.eq_ignore_ascii_case(word);
        if is("true") { Some(true) } else { is("false").then_some(false) }
    }
}

/// Whether it surely has no outer blanks: it begins and ends with other ASCII characters, or is empty.
#[inline]
fn is_trimmed(text: &str) -> bool {
    match text.as_bytes() {
        [] => true,
        [first, .., last] => first.is_ascii_graphic() && last.is_ascii_graphic(),
        [only] => only.is_ascii_graphic(),
    }
}

/// Where the inside of a string is no JSON: at a control character, or at an escape that is none.
pub(crate) fn fault(raw: &str) -> Option<usize> {
    let bytes = raw.as_bytes();
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        match (byte, bytes.get(place + 1)) {
            (..0x20, _) => return Some(place),
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => place += 2,
            (b'\\', Some(b'u')) if unit(raw, place).is_some() => place += 6,
            (b'\\', _) => return Some(place),
            _ => place += 1,
        }
    }
    None
}

/// Resolves the escapes. Halves of a surrogate pair that stand alone become `�`.
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('\\') {
        text.push_str(before);
        let (character, length) = escape(behind);
        text.push(character);
        rest = behind.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The character of an escape whose backslash stands before `text`, and how many bytes of `text` it takes.
fn escape(text: &str) -> (char, usize) {
    let character = match text.as_bytes().first() {
        Some(b'u') => return unicode(text),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(byte) => char::from(*byte),
        None => char::REPLACEMENT_CHARACTER,
    };
    (character, 1)
}

fn unicode(text: &str) -> (char, usize) {
    let first = digits(text, 1).unwrap_or(0xfffd);
    let second = text.get(5..7).filter(|next| *next == "\\u").and_then(|_| digits(text, 7));
    match (first, second) {
        (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11)
        }
        (code, _) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 5),
    }
}

/// The code unit of the `\uXXXX` that stands here.
fn unit(raw: &str, place: usize) -> Option<u32> {
    digits(raw, place + 2)
}

fn digits(text: &str, place: usize) -> Option<u32> {
    let digits = text.get(place..place + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lone_surrogates_are_replaced() {
        assert_eq!(unescape(r"\ud83d\ude00 \ud83d\n \ude00 \ud83d\ud83d\ude00"), "😀 �\n � �😀");
    }

    proptest! {
        #[test]
        fn escapes_mean_what_serde_json_says(inside in r#"([a-zé😀 ]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|\\ud83d\\ude00|\\.|[\n\t]){0,12}"#) {
            match serde_json::from_str::<String>(&format!("\"{inside}\"")) {
                Ok(text) => {
                    prop_assert_eq!(fault(&inside), None);
                    prop_assert_eq!(unescape(&inside), text);
                }
                Err(error) => {
                    let lone = error.to_string().contains("surrogate") || error.to_string().contains("hex escape");
                    prop_assert!(fault(&inside).is_some() || lone || inside.contains("\\\""), "{error}");
                }
            }
        }
    }
}
