//! Walks the JSON of a record from its beginning to its end, and looks into what is asked for. It reads what RFC 8259 allows and refuses
//! all else; nothing is built. Where strings end is known from the splitter.
//!
//! Every step gives `None` at a fault, which [`Cursor::fault`] then tells: what a step gives must fit a register, it is taken a hundred times
//! a record.

use super::scan::StringEnd;
use super::split::Record;
use super::text::{self, Span};
use std::fmt;

/// Brackets that may be open at once.
const DEEPEST: u32 = 127;

/// A place in a record, before a value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor<'r> {
    text: &'r str,
    ends: &'r [StringEnd],
    place: usize,
    depth: u32,
    reason: &'static str,
}

/// Why a record is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    reason: &'static str,
    place: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the record is no JSON: {} at byte {}", self.reason, self.place + 1)
    }
}

/// What a step gives; nothing at a fault.
pub(crate) type Step<T = ()> = Option<T>;

impl<'r> Cursor<'r> {
    /// Before a record.
    pub(crate) fn new(record: &Record<'r>) -> Result<Self, Fault> {
        match std::str::from_utf8(record.bytes) {
            Ok(text) => Ok(Self { text, ends: record.ends, ..Self::default() }),
            Err(error) => Err(Fault { reason: "it is no UTF-8", place: error.valid_up_to() }),
        }
    }

    /// The record.
    #[inline]
    pub(crate) fn record(&self) -> &'r str {
        self.text
    }

    /// Why the last step failed.
    pub(crate) fn fault(&self) -> Fault {
        Fault { reason: self.reason, place: self.place }
    }

    /// The next byte that is no blank, which is not passed; 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        loop {
            match self.text.as_bytes().get(self.place) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.place += 1,
                Some(byte) => return *byte,
                None => return 0,
            }
        }
    }

    /// Passes over an object and gives each of its members, name and all, to `each`, which passes over the value. Something else than an
    /// object is passed over and has no members.
    #[inline]
    pub(crate) fn object(&mut self, mut each: impl FnMut(&mut Self, Span) -> Step) -> Step {
        if self.peek() != b'{' {
            return self.skip();
        }
        self.open()?;
        if self.peek() != b'}' {
            loop {
                let name = self.name()?;
                each(self, name)?;
                if !self.comma(b'}')? {
                    break;
                }
            }
        }
        self.close();
        Some(())
    }

    /// Passes over an array and lets `each` pass over each element. Something else than an array is passed over and has none.
    #[inline]
    pub(crate) fn array(&mut self, mut each: impl FnMut(&mut Self) -> Step) -> Step {
        if self.peek() != b'[' {
            return self.skip();
        }
        self.open()?;
        if self.peek() != b']' {
            loop {
                each(self)?;
                if !self.comma(b']')? {
                    break;
                }
            }
        }
        self.close();
        Some(())
    }

    /// Passes over an object and gives the text of one of its members.
    pub(crate) fn only(&mut self, wanted: &str) -> Step<Span> {
        let mut found = Span::default();
        self.object(|cursor, name| {
            if name.of(cursor.text).whole() == wanted {
                found = cursor.text()?;
                return Some(());
            }
            cursor.skip()
        })?;
        Some(found)
    }

    /// Text, or a number or flag in its spelling; all else is passed over and is empty.
    #[inline]
    pub(crate) fn text(&mut self) -> Step<Span> {
        match self.peek() {
            b'"' => self.string(),
            b'{' | b'[' | b'n' => self.skip().map(|()| Span::default()),
            _ => self.scalar(),
        }
    }

    /// A string, number, flag or null, in its spelling.
    #[inline]
    pub(crate) fn scalar(&mut self) -> Step<Span> {
        match self.peek() {
            b'"' => self.string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    /// Passes over a value of any kind.
    #[inline]
    pub(crate) fn skip(&mut self) -> Step {
        match self.peek() {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_nested(),
            _ => self.scalar().map(|_| ()),
        }
    }

    fn skip_nested(&mut self) -> Step {
        // A bit for each bracket that is open, the innermost lowest, 1 where it is an object; above them a 1 that tells the end.
        let mut kinds: u128 = 1;
        loop {
            match self.peek() {
                b'{' => {
                    self.open()?;
                    kinds = kinds << 1 | 1;
                    if self.peek() != b'}' {
                        self.name()?;
                        continue;
                    }
                }
                b'[' => {
                    self.open()?;
                    kinds <<= 1;
                    if self.peek() != b']' {
                        continue;
                    }
                }
                _ => {
                    self.scalar()?;
                }
            }
            // Behind a value, or in an object or array that is empty.
            loop {
                if kinds == 1 {
                    return Some(());
                }
                let is_object = kinds & 1 == 1;
                if self.peek() == b',' {
                    self.place += 1;
                    if is_object {
                        self.name()?;
                    }
                    break;
                }
                if self.peek() != if is_object { b'}' } else { b']' } {
                    return self.fail("`,` or the end of an object or array is missing");
                }
                self.close();
                kinds >>= 1;
            }
        }
    }

    /// The text between here and there.
    pub(crate) fn until(&self, behind: &Self) -> &'r str {
        self.text.get(self.place..behind.place).unwrap_or_default()
    }

    #[inline]
    fn open(&mut self) -> Step {
        self.place += 1;
        self.depth += 1;
        if self.depth > DEEPEST { self.fail("too many brackets are open") } else { Some(()) }
    }

    #[inline]
    fn close(&mut self) {
        self.place += 1;
        self.depth -= 1;
    }

    /// Passes a comma; `false` before the end.
    #[inline]
    fn comma(&mut self, end: u8) -> Step<bool> {
        match self.peek() {
            b',' => {
                self.place += 1;
                Some(true)
            }
            byte if byte == end => Some(false),
            _ => self.fail("`,` or the end of an object or array is missing"),
        }
    }

    /// A member's name and its colon.
    #[inline]
    fn name(&mut self) -> Step<Span> {
        if self.peek() != b'"' {
            return self.fail("a name is missing");
        }
        let name = self.string()?;
        if self.peek() != b':' {
            return self.fail("`:` is missing");
        }
        self.place += 1;
        Some(name)
    }

    /// The string whose opening quote stands here.
    #[inline]
    fn string(&mut self) -> Step<Span> {
        let Some((end, ends)) = self.ends.split_first() else { return self.fail("the end of a string is missing") };
        let Some(span) = Span::of_string(self.place + 1, *end) else { return self.fail("a string is broken") };
        if end.odd()
            && let Some(place) = text::fault(span.of(self.text).raw)
        {
            self.place += 1 + place;
            return self.fail("JSON has no such escape or control character");
        }
        self.ends = ends;
        self.place = end.place() + 1;
        Some(span)
    }

    fn word(&mut self, word: &'static str) -> Step<Span> {
        let (start, end) = (self.place, self.place + word.len());
        if self.text.as_bytes().get(start..end) != Some(word.as_bytes()) {
            return self.fail("a value is missing");
        }
        self.place = end;
        Span::new(start, end)
    }

    fn number(&mut self) -> Step<Span> {
        let start = self.place;
        self.passes(b"-");
        if !self.passes(b"0") && self.digits() == 0 {
            return self.fail("a value is missing");
        }
        if self.passes(b".") && self.digits() == 0 {
            return self.fail("a digit is missing");
        }
        if self.passes(b"eE") {
            self.passes(b"+-");
            if self.digits() == 0 {
                return self.fail("a digit is missing");
            }
        }
        Span::new(start, self.place)
    }

    /// Passes one byte if it is one of these.
    #[inline]
    fn passes(&mut self, bytes: &[u8]) -> bool {
        let passes = self.text.as_bytes().get(self.place).is_some_and(|byte| bytes.contains(byte));
        self.place += usize::from(passes);
        passes
    }

    fn digits(&mut self) -> usize {
        let rest = self.text.as_bytes().get(self.place..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.place += digits;
        digits
    }

    #[cold]
    fn fail<T>(&mut self, reason: &'static str) -> Step<T> {
        self.reason = reason;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::split::{Element, Splitter};
    use proptest::prelude::*;
    use serde_json::Value;

    /// What the walk says of each record of the text, once at one go and once value by value, and what `serde_json` says.
    fn compare(text: &str) -> Result<(), TestCaseError> {
        let mut outcome = Ok(());
        Splitter::bare().push(text.as_bytes(), &mut |element| {
            let Element::Record(record) = element else { return };
            let told = |mut cursor: Cursor<'_>, step: &dyn Fn(&mut Cursor<'_>) -> Step| {
                step(&mut cursor).ok_or_else(|| cursor.fault())
            };
            let whole = Cursor::new(&record).and_then(|cursor| told(cursor, &|cursor| cursor.skip()));
            let parts = Cursor::new(&record).and_then(|cursor| told(cursor, &walk));
            let read = serde_json::from_slice::<Value>(record.bytes);
            let lenient = |error: serde_json::Error| {
                let text = error.to_string();
                text.contains("out of range") || text.contains("surrogate") || text.contains("hex escape")
            };
            let agree =
                whole == parts && (whole.is_ok() == read.is_ok() || (whole.is_ok() && read.is_err_and(lenient)));
            if !agree {
                let text = String::from_utf8_lossy(record.bytes);
                outcome = Err(TestCaseError::fail(format!("{text}: {whole:?}, {parts:?}")));
            }
        });
        outcome
    }

    fn walk(cursor: &mut Cursor<'_>) -> Step {
        match cursor.peek() {
            b'{' => cursor.object(|cursor, _| walk(cursor)),
            b'[' => cursor.array(walk),
            _ => cursor.text().map(|_| ()),
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        for depth in [126, 127, 128, 5000] {
            compare(&nested(depth)).unwrap();
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for number in [
            "0",
            "-0",
            "01",
            "1.",
            ".5",
            "1.5e+7",
            "1e",
            "-",
            "+1",
            "1E999",
            "123456789012345678901234567890",
            "0x1",
            "NaN",
        ] {
            compare(&format!(r#"{{"a":{number}}}"#)).unwrap();
        }
    }

    proptest! {
        #[test]
        fn accepts_what_serde_json_accepts(
            text in r#"\{("a":|"b":|[{}\[\]:, 1"]|true|null|-1\.5e3|"x\\n"|"\\q"|\n|"é"){0,14}\}"#,
            sound in r#"\{"a":(\[\]|\{\}|1|"x\\u0041"|\[1, ?2\]|\{"b" ?:null\})(,"c":(true|\["\\""\]))?\}"#,
        ) {
            compare(&text)?;
            compare(&sound)?;
        }
    }
}
