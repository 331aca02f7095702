//! Cuts JSON records out of content while it streams by: one a line, elements of an array, or one behind the other without line ends.
//!
//! Only structure is looked at: strings, brackets, line ends. As soon as a record ends where its line ends, lines are what counts: the
//! scan for brackets is over, and a broken record costs its line alone. Until then a line end within a string, or a `{` that begins a
//! line and that JSON cannot have there, ends what is broken.

use crate::content::Content;
use memchr::{memchr, memchr3, memmem};

/// A record beyond this is passed over: it bounds what is held. Bedrock's largest have several MB.
const LARGEST: usize = 32 << 20;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Document<'a> {
    /// a record, or a line that is something else; trimmed, never empty
    Text(&'a [u8]),
    /// a record that does not end before the next one begins, or before the content ends
    Unfinished,
    /// a record that is larger than any
    TooLarge,
    /// something else than an object in an array of records
    Stray,
}

/// Gives out the content's records, to its end or to a fault. What a fault cuts is not given out.
pub(crate) fn each(content: &mut Content<'_>, found: &mut dyn FnMut(Document<'_>)) {
    let mut splitter = Splitter::default();
    loop {
        let chunk = content.chunk();
        if chunk.is_empty() {
            break;
        }
        let length = chunk.len();
        splitter.push(chunk, found);
        content.consume(length);
    }
    if content.fault().is_none() {
        splitter.end(found);
    }
}

/// The state between two chunks.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    lines: bool,
    array: Array,
    /// brackets that are open in the record
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// the last byte of the record that is no blank
    before: u8,
    /// whether only blanks stand before this byte in its line
    line_begins: bool,
    /// whether the record that was last begun stands in one line
    one_line: bool,
    /// a value that is no object is passing by
    stray: bool,
    held: Vec<u8>,
    too_large: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Array {
    /// nothing came yet
    #[default]
    Undecided,
    Inside,
    Outside,
}

impl Splitter {
    /// Takes the next bytes and tells what they complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Document<'_>)) {
        while !bytes.is_empty() {
            bytes = if self.lines { self.line(bytes, found) } else { self.structure(bytes, found) };
        }
    }

    /// The content ends here.
    pub(crate) fn end(mut self, found: &mut dyn FnMut(Document<'_>)) {
        if self.lines {
            self.end_of_line(found);
        } else if self.depth > 0 || self.array == Array::Inside {
            found(Document::Unfinished);
        }
    }

    fn line<'b>(&mut self, bytes: &'b [u8], found: &mut dyn FnMut(Document<'_>)) -> &'b [u8] {
        let Some(end) = memchr(b'\n', bytes) else {
            self.hold(bytes);
            return &[];
        };
        let (line, rest) = bytes.split_at(end);
        if self.held.is_empty() && !self.too_large && line.len() <= LARGEST {
            give_line(line, found);
        } else {
            self.hold(line);
            self.end_of_line(found);
        }
        rest.get(1..).unwrap_or_default()
    }

    fn end_of_line(&mut self, found: &mut dyn FnMut(Document<'_>)) {
        if std::mem::take(&mut self.too_large) {
            found(Document::TooLarge);
        } else {
            give_line(&self.held, found);
        }
        self.held.clear();
    }

    fn structure<'b>(&mut self, bytes: &'b [u8], found: &mut dyn FnMut(Document<'_>)) -> &'b [u8] {
        if self.in_string && !self.escaped {
            // The inside of strings is most of a record: pass over it at once.
            let end = memchr3(b'"', b'\\', b'\n', bytes).unwrap_or(bytes.len());
            if end > 0 {
                let (inside, rest) = bytes.split_at(end);
                self.hold(inside);
                return rest;
            }
        }
        let Some((&byte, rest)) = bytes.split_first() else { return &[] };
        if self.depth == 0 {
            return if self.between(byte, found) { rest } else { bytes };
        }
        if self.in_string {
            self.within_string(byte, found);
        } else {
            self.within(byte, found);
        }
        rest
    }

    /// Between records. `false` where the byte begins a line that is no JSON.
    fn between(&mut self, byte: u8, found: &mut dyn FnMut(Document<'_>)) -> bool {
        if self.in_string {
            // of a stray text
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return true;
        }
        match byte {
            b'{' => self.begin(),
            b'[' if self.array == Array::Undecided => self.array = Array::Inside,
            b']' if self.array == Array::Inside => self.array = Array::Outside,
            b',' => self.stray = false,
            b'\n' => self.lines = self.array == Array::Outside && self.one_line && !self.line_begins,
            byte if byte.is_ascii_whitespace() => return true,
            _ if self.array == Array::Inside => {
                self.in_string = byte == b'"';
                if !std::mem::replace(&mut self.stray, true) {
                    found(Document::Stray);
                }
            }
            _ => {
                self.lines = true;
                return false;
            }
        }
        self.line_begins = byte == b'\n';
        true
    }

    fn begin(&mut self) {
        if self.array == Array::Undecided {
            self.array = Array::Outside;
        }
        self.held.clear();
        (self.too_large, self.depth, self.before, self.stray, self.one_line) = (false, 1, b'{', false, true);
        self.hold(b"{");
    }

    fn within_string(&mut self, byte: u8, found: &mut dyn FnMut(Document<'_>)) {
        if byte == b'\n' {
            return self.broken(found);
        }
        self.hold(&[byte]);
        self.in_string = self.escaped || byte != b'"';
        self.escaped = !self.escaped && byte == b'\\';
    }

    fn within(&mut self, byte: u8, found: &mut dyn FnMut(Document<'_>)) {
        let line_begins = std::mem::replace(&mut self.line_begins, byte == b'\n');
        self.one_line &= byte != b'\n';
        if byte == b'{' && line_begins && !matches!(self.before, b':' | b',' | b'[') {
            self.broken(found);
            return self.begin();
        }
        self.hold(&[byte]);
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            self.before = byte;
        }
        if self.depth == 0 {
            found(if self.too_large { Document::TooLarge } else { Document::Text(&self.held) });
            self.held.clear();
            self.too_large = false;
        }
    }

    fn broken(&mut self, found: &mut dyn FnMut(Document<'_>)) {
        found(Document::Unfinished);
        self.held.clear();
        (self.depth, self.in_string, self.escaped, self.line_begins, self.too_large) = (0, false, false, true, false);
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.held.len() + bytes.len() > LARGEST {
            self.too_large = true;
            self.held.clear();
        } else if !self.too_large {
            self.held.extend_from_slice(bytes);
        }
    }
}

/// A line is one record, as a rule; where two may meet in it, it is taken apart.
fn give_line(line: &[u8], found: &mut dyn FnMut(Document<'_>)) {
    let line = line.trim_ascii();
    if line.is_empty() {
        return;
    }
    if line.starts_with(b"{") && memmem::find(line, b"}{").is_some() {
        let mut splitter = Splitter::default();
        splitter.push(line, found);
        splitter.end(found);
    } else {
        found(Document::Text(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &[u8], chunk: usize) -> Vec<String> {
        let mut splitter = Splitter::default();
        let mut all = Vec::new();
        let mut found = |document: Document<'_>| {
            all.push(match document {
                Document::Text(text) => String::from_utf8_lossy(text).into_owned(),
                other => format!("{other:?}"),
            });
        };
        for chunk in text.chunks(chunk.max(1)) {
            splitter.push(chunk, &mut found);
        }
        splitter.end(&mut found);
        all
    }

    #[test]
    fn records_of_every_layout() {
        let cases: [(&str, &[&str]); 9] = [
            ("{\"a\":\"}{\\\"\"}\n\n {\"b\":[{}]} \r\n{\"c\":1}", &["{\"a\":\"}{\\\"\"}", "{\"b\":[{}]}", "{\"c\":1}"]),
            ("[{\"a\":1},\n{\"b\":2}]\n", &["{\"a\":1}", "{\"b\":2}"]),
            ("{\"a\":1}{\"b\":2} {\"c\":3}", &["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]),
            ("{\n\"a\": [\n{\n}\n]\n}\n{\n}\n", &["{\n\"a\": [\n{\n}\n]\n}", "{\n}"]),
            ("{\"a\":1}\n{\"b\":2}{\"c\":3}\n", &["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]),
            ("2026-11-22T03:04:05.000Z {\"a\":1}\nnoise\n", &["2026-11-22T03:04:05.000Z {\"a\":1}", "noise"]),
            ("[1,\"a,{\",{\"a\":1}", &["Stray", "Stray", "{\"a\":1}", "Unfinished"]),
            ("", &[]),
            ("[]", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text.as_bytes(), 1000), expected, "{text}");
        }
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let cases: [(&str, &[&str]); 5] = [
            ("{\"a\":1}\n{\"b\":[1,\n{\"c\":3}\n", &["{\"a\":1}", "{\"b\":[1,", "{\"c\":3}"]),
            ("{\"a\":\"tex\n{\"b\":2}\n", &["Unfinished", "{\"b\":2}"]),
            ("{\"a\":7\n{\"b\":2}\n{\"c\":3}", &["Unfinished", "{\"b\":2}", "{\"c\":3}"]),
            ("{\"a\":1}\n{\"b\":", &["{\"a\":1}", "{\"b\":"]),
            ("{\"a\":", &["Unfinished"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text.as_bytes(), 1000), expected, "{text}");
        }
    }

    #[test]
    fn what_is_too_large_is_passed_over() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(LARGEST));
        assert_eq!(split(format!("{{}}\n{large}\n{{}}\n").as_bytes(), 1 << 16), ["{}", "TooLarge", "{}"]);
        assert_eq!(split(format!("{large}{{}}").as_bytes(), 1 << 16), ["TooLarge", "{}"]);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(text in r#"[\[\]{}",:\\\n a1]{0,80}"#, chunk in 1usize..20) {
            prop_assert_eq!(split(text.as_bytes(), chunk), split(text.as_bytes(), usize::MAX));
        }
    }
}
