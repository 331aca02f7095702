//! Cuts the records out of `{"Records": […]}` while it streams by, so that one record is held at a time, a record that is no JSON
//! costs itself alone, and a file that is cut keeps the records before the cut.
//!
//! Only structure is looked at here: strings, brackets, the name before an array. What a record holds is the parser's matter.

/// A record beyond this is not kept; CloudTrail's largest events have 1 MB.
const LARGEST_RECORD: usize = 4 << 20;
/// Names of the outer object are compared up to here.
const LONGEST_NAME: usize = 16;
/// The name of the array.
const NAME: &[u8] = b"Records";

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Element<'a> {
    /// one object of the array
    Record(&'a [u8]),
    /// an object that is larger than any event
    TooLarge,
    /// something else than an object, or something behind the array
    Stray,
}

/// The state between two chunks.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    place: Place,
    /// brackets that are open
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// the last string of the outer object
    name: Vec<u8>,
    record: Vec<u8>,
    too_large: bool,
    /// a value that is no object is passing by
    stray: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// before the array
    #[default]
    Before,
    /// between its records
    Between,
    /// in a record
    Inside,
    /// behind it
    Behind,
}

impl Splitter {
    /// Takes the next bytes and tells what they complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Element<'_>)) {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.in_string && !self.escaped {
                // The inside of strings is most of a file: pass over it at once.
                let end = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
                if end > 0 {
                    let (inside, behind) = bytes.split_at(end);
                    self.keep(inside);
                    bytes = behind;
                    continue;
                }
            }
            self.step(byte, found);
            bytes = rest;
        }
    }

    /// What is missing at the end of the content, if anything.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match self.place {
            Place::Before => Some("there is no `Records` array"),
            Place::Between | Place::Inside => Some("the content ends within the `Records` array"),
            Place::Behind => None,
        }
    }

    fn step(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) {
        if self.in_string {
            self.keep(&[byte]);
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        match self.place {
            Place::Before => self.before(byte),
            Place::Between => self.between(byte, found),
            Place::Inside => self.inside(byte, found),
            Place::Behind => self.behind(byte, found),
        }
    }

    fn before(&mut self, byte: u8) {
        match byte {
            b'"' => {
                self.in_string = true;
                self.name.clear();
            }
            b'[' if self.depth == 1 && self.name == NAME => self.place = Place::Between,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn between(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) {
        match byte {
            b'{' => {
                self.place = Place::Inside;
                self.depth = 1;
                self.record.clear();
                self.too_large = false;
                self.keep(b"{");
            }
            b']' => self.place = Place::Behind,
            b',' => self.stray = false,
            byte if byte.is_ascii_whitespace() => {}
            _ => {
                self.in_string = byte == b'"';
                if !std::mem::replace(&mut self.stray, true) {
                    found(Element::Stray);
                }
            }
        }
    }

    fn inside(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) {
        self.keep(&[byte]);
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        if self.depth == 0 {
            self.place = Place::Between;
            self.stray = false;
            found(if self.too_large { Element::TooLarge } else { Element::Record(&self.record) });
        }
    }

    fn behind(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) {
        let expected = byte == b'}' || byte.is_ascii_whitespace();
        if !expected && !std::mem::replace(&mut self.stray, true) {
            found(Element::Stray);
        }
    }

    /// Keeps bytes of the current record or name.
    fn keep(&mut self, bytes: &[u8]) {
        match self.place {
            Place::Before if self.depth == 1 && bytes != b"\"" && self.name.len() <= LONGEST_NAME => {
                let room = (LONGEST_NAME + 1 - self.name.len()).min(bytes.len());
                self.name.extend_from_slice(bytes.get(..room).unwrap_or_default());
            }
            Place::Inside if self.record.len() + bytes.len() > LARGEST_RECORD => self.too_large = true,
            Place::Inside if !self.too_large => self.record.extend_from_slice(bytes),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &[u8], chunk: usize) -> (Vec<String>, Option<&'static str>) {
        let mut splitter = Splitter::default();
        let mut found = Vec::new();
        for chunk in text.chunks(chunk.max(1)) {
            splitter.push(chunk, &mut |element| {
                found.push(match element {
                    Element::Record(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    other => format!("{other:?}"),
                });
            });
        }
        (found, splitter.missing())
    }

    #[test]
    fn records_come_out_whole() {
        let text = br#"{"x":{"Records":[1]},"Records" : [ {"a":"}]\"{"} , {"b":[{}]},
            7, "s,{", {"c":nonsense}] }"#;
        for chunk in [1, 2, 7, 1000] {
            let (found, missing) = split(text, chunk);
            assert_eq!(found, [r#"{"a":"}]\"{"}"#, r#"{"b":[{}]}"#, "Stray", "Stray", r#"{"c":nonsense}"#]);
            assert_eq!(missing, None);
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(split(b"garbage", 3).1, Some("there is no `Records` array"));
        assert_eq!(split(br#"{"Records":null}"#, 3).1, Some("there is no `Records` array"));
        assert_eq!(
            split(br#"{"Records":[{"a":1},{"b""#, 3),
            (vec![r#"{"a":1}"#.into()], Some("the content ends within the `Records` array"))
        );
        assert_eq!(split(br#"{"Records":[]}{"Records":[{}]}"#, 3), (vec!["Stray".into()], None));
    }

    #[test]
    fn a_record_beyond_the_bound_is_not_kept() {
        let text = format!(r#"{{"Records":[{{"a":"{}"}},{{"b":1}}]}}"#, "x".repeat(LARGEST_RECORD));
        assert_eq!(split(text.as_bytes(), 4096).0, ["TooLarge", r#"{"b":1}"#]);
    }

    proptest! {
        #[test]
        fn any_division_into_chunks_gives_the_same(text in r#"[{}\[\]",:\\aR ]{0,80}"#, chunk in 1usize..9) {
            let text = format!(r#"{{"Records":[{text}"#);
            prop_assert_eq!(split(text.as_bytes(), chunk), split(text.as_bytes(), 1000));
        }
    }
}
