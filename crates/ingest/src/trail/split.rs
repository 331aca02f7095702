//! Cuts the records out of `{"Records": […]}` while it streams by, so that one record is held at a time, a record that is no JSON
//! costs itself alone, and a file that is cut keeps the records before the cut. A record that lies whole in a chunk is not copied.
//!
//! Only structure is looked at here: strings, brackets, the name before an array. What a record holds is the parser's matter; it is told
//! where the record's strings end, which was found out on the way.

use super::scan::{LARGEST_RECORD, Scanner, StringEnd};

/// Names of the outer object are compared up to here.
const LONGEST_NAME: usize = 16;
/// The name of the array.
const NAME: &[u8] = b"Records";
/// Bytes that are taken at once of what may end a record that began in another chunk.
const STEP: usize = 4096;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Element<'a> {
    /// one object of the array
    Record(Record<'a>),
    /// an object that is larger than any event
    TooLarge,
    /// something else than an object, or something behind the array
    Stray,
}

/// A record as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// from its first bracket to its last
    pub(crate) bytes: &'a [u8],
    /// where its strings end, in order
    pub(crate) ends: &'a [StringEnd],
}

/// The state between two chunks.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    place: Place,
    /// records stand one after the other, without an array around them
    bare: bool,
    outer: Outer,
    scanner: Scanner,
    /// what is held of a record that began in another chunk
    held: Vec<u8>,
    /// bytes of what is held that the scanner has done with
    done: usize,
    too_large: bool,
    /// a value that is no object is passing by
    stray: bool,
}

/// The state outside of records.
#[derive(Debug, Default)]
struct Outer {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// the last string of the outer object
    name: Vec<u8>,
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
    /// Splits records that stand one after the other, on lines of their own or not, or in an array.
    pub(crate) fn bare() -> Self {
        Self { place: Place::Between, bare: true, ..Self::default() }
    }

    /// Takes the next bytes and tells what they complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Element<'_>)) {
        while let Some(&byte) = bytes.first() {
            let taken = if self.place == Place::Inside { self.inside(bytes, found) } else { self.outside(byte, found) };
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// What is missing at the end of the content, if anything.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match self.place {
            Place::Before => Some("there is no `Records` array"),
            Place::Inside if self.bare => Some("the content ends within a record"),
            Place::Between | Place::Inside if !self.bare => Some("the content ends within the `Records` array"),
            _ => None,
        }
    }

    /// Takes a byte that is in no record; none of it where a record begins.
    fn outside(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) -> usize {
        if self.outer.in_string {
            self.outer.string(byte);
            return 1;
        }
        match self.place {
            Place::Before => self.before(byte),
            Place::Between if byte == b'{' => {
                self.begin();
                return 0;
            }
            Place::Between => self.between(byte, found),
            Place::Inside | Place::Behind => self.behind(byte, found),
        }
        1
    }

    fn before(&mut self, byte: u8) {
        let outer = &mut self.outer;
        match byte {
            b'"' => {
                outer.in_string = true;
                outer.name.clear();
            }
            b'[' if outer.depth == 1 && outer.name == NAME => self.place = Place::Between,
            b'{' | b'[' => outer.depth += 1,
            b'}' | b']' => outer.depth = outer.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn between(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) {
        match byte {
            b'[' | b']' if self.bare => {}
            b']' => self.place = Place::Behind,
            b',' => self.stray = false,
            byte if byte.is_ascii_whitespace() => {}
            _ => {
                self.outer.in_string = byte == b'"';
                self.notice_stray(found);
            }
        }
    }

    fn behind(&mut self, byte: u8, found: &mut dyn FnMut(Element<'_>)) {
        if byte != b'}' && !byte.is_ascii_whitespace() {
            self.notice_stray(found);
        }
    }

    fn notice_stray(&mut self, found: &mut dyn FnMut(Element<'_>)) {
        if !std::mem::replace(&mut self.stray, true) {
            found(Element::Stray);
        }
    }

    fn begin(&mut self) {
        self.place = Place::Inside;
        self.scanner.restart();
        self.held.clear();
        self.done = 0;
        self.too_large = false;
    }

    /// Takes bytes of a record, up to its end where that is among them.
    fn inside(&mut self, bytes: &[u8], found: &mut dyn FnMut(Element<'_>)) -> usize {
        if self.held.is_empty() {
            return match self.scanner.scan(bytes) {
                Ok(end) => {
                    self.emit(bytes.get(..end).unwrap_or_default(), found);
                    end
                }
                Err(done) => {
                    self.held.extend_from_slice(bytes);
                    self.done = done;
                    self.forget_too_large();
                    bytes.len()
                }
            };
        }
        let before = self.held.len();
        let step = bytes.get(..STEP.min(bytes.len())).unwrap_or_default();
        self.held.extend_from_slice(step);
        match self.scanner.scan(self.held.get(self.done..).unwrap_or_default()) {
            Ok(end) => {
                let mut held = std::mem::take(&mut self.held);
                held.truncate(self.done + end);
                self.emit(&held, found);
                let taken = held.len() - before;
                held.clear();
                self.held = held;
                taken
            }
            Err(done) => {
                self.done += done;
                self.forget_too_large();
                step.len()
            }
        }
    }

    /// Lets go of the bytes of a record that is too large to be kept.
    fn forget_too_large(&mut self) {
        if self.too_large || self.held.len() > LARGEST_RECORD {
            self.too_large = true;
            self.held.drain(..self.done);
            self.done = 0;
        }
    }

    fn emit(&mut self, bytes: &[u8], found: &mut dyn FnMut(Element<'_>)) {
        self.place = Place::Between;
        self.stray = false;
        let too_large = self.too_large || bytes.len() > LARGEST_RECORD;
        found(if too_large { Element::TooLarge } else { Element::Record(Record { bytes, ends: self.scanner.ends() }) });
    }
}

impl Outer {
    /// Takes a byte of a string.
    fn string(&mut self, byte: u8) {
        self.in_string = self.escaped || byte != b'"';
        self.escaped = !self.escaped && byte == b'\\';
        if self.in_string && self.depth == 1 && self.name.len() <= LONGEST_NAME {
            self.name.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Found = (Vec<(String, Vec<usize>)>, Option<&'static str>);

    fn split(mut splitter: Splitter, text: &[u8], chunk: usize) -> Found {
        let mut found = Vec::new();
        for chunk in text.chunks(chunk.max(1)) {
            splitter.push(chunk, &mut |element| {
                found.push(match element {
                    Element::Record(record) => (
                        String::from_utf8_lossy(record.bytes).into_owned(),
                        record.ends.iter().map(|end| end.place() << 1 | usize::from(end.odd())).collect(),
                    ),
                    other => (format!("{other:?}"), Vec::new()),
                });
            });
        }
        (found, splitter.missing())
    }

    fn elements(text: &[u8], chunk: usize) -> (Vec<String>, Option<&'static str>) {
        let (found, missing) = split(Splitter::default(), text, chunk);
        (found.into_iter().map(|(text, _)| text).collect(), missing)
    }

    /// The same for records alone, one byte after the other.
    fn reference(text: &[u8]) -> Vec<(String, Vec<usize>)> {
        let mut found = Vec::new();
        let mut place = 0;
        while let Some(start) = text[place..].iter().position(|byte| *byte == b'{').map(|at| place + at) {
            let (mut depth, mut in_string, mut escaped, mut odd) = (0, false, false, false);
            let mut ends = Vec::new();
            let end = (start..text.len()).find(|at| {
                let byte = text[*at];
                let quote = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                if quote {
                    if in_string {
                        ends.push((at - start) << 1 | usize::from(odd));
                    }
                    in_string = !in_string;
                    odd = false;
                } else if in_string {
                    odd |= byte == b'\\' || byte < 0x20;
                } else if matches!(byte, b'{' | b'[') {
                    depth += 1;
                } else if matches!(byte, b'}' | b']') {
                    depth -= 1;
                }
                depth == 0
            });
            let Some(end) = end else { break };
            found.push((String::from_utf8_lossy(&text[start..=end]).into_owned(), ends));
            place = end + 1;
        }
        found
    }

    #[test]
    fn records_come_out_whole() {
        let text = br#"{"x":{"Records":[1]},"Records" : [ {"a":"}]\"{"} , {"b":[{}]},
            7, "s,{", {"c":nonsense}] }"#;
        for chunk in [1, 2, 7, 1000] {
            let (found, missing) = elements(text, chunk);
            assert_eq!(found, [r#"{"a":"}]\"{"}"#, r#"{"b":[{}]}"#, "Stray", "Stray", r#"{"c":nonsense}"#]);
            assert_eq!(missing, None);
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(elements(b"garbage", 3).1, Some("there is no `Records` array"));
        assert_eq!(elements(br#"{"Records":null}"#, 3).1, Some("there is no `Records` array"));
        assert_eq!(
            elements(br#"{"Records":[{"a":1},{"b""#, 3),
            (vec![r#"{"a":1}"#.into()], Some("the content ends within the `Records` array"))
        );
        assert_eq!(elements(br#"{"Records":[]}{"Records":[{}]}"#, 3), (vec!["Stray".into()], None));
    }

    #[test]
    fn bare_records_may_stand_any_way() {
        for text in ["{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}{\"b\":2}", "[{\"a\":1},\r\n {\"b\":2}]"] {
            let (found, missing) = split(Splitter::bare(), text.as_bytes(), 5);
            let found: Vec<_> = found.iter().map(|(text, _)| text.as_str()).collect();
            assert_eq!((found, missing), (vec![r#"{"a":1}"#, r#"{"b":2}"#], None));
        }
        assert_eq!(split(Splitter::bare(), br#"{"a":1}{"b"#, 5).1, Some("the content ends within a record"));
    }

    #[test]
    fn a_record_beyond_the_bound_is_not_kept() {
        for chunk in [4096, 1 << 30] {
            let record = |length: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(length - 8));
            let text = format!(r#"{{"Records":[{},{{"b":1}}]}}"#, record(LARGEST_RECORD + 1));
            assert_eq!(elements(text.as_bytes(), chunk).0, ["TooLarge", r#"{"b":1}"#]);
            let text = format!(r#"{{"Records":[{},{{"b":1}}]}}"#, record(LARGEST_RECORD));
            assert_eq!(elements(text.as_bytes(), chunk).0.first().unwrap().len(), LARGEST_RECORD);
            let mut splitter = Splitter::default();
            let large = [br#"{"Records":[{"a":""#.to_vec(), vec![b'x'; 2 * LARGEST_RECORD]].concat();
            large.chunks(chunk).for_each(|chunk| splitter.push(chunk, &mut |_| ()));
            assert!(splitter.held.len() <= STEP, "{}", splitter.held.len());
        }
    }

    proptest! {
        #[test]
        fn any_division_into_chunks_gives_the_same(
            text in r#"[{}\[\]",:\\aR \n]{0,80}|([{}\[\],:R ]|"([a-z{\]]{0,40}|\\\\|\\"|\n){0,4}"){0,60}"#, chunk in 1usize..90
        ) {
            let text = format!(r#"{{"Records":[{text}"#);
            prop_assert_eq!(
                split(Splitter::default(), text.as_bytes(), chunk), split(Splitter::default(), text.as_bytes(), 10_000)
            );
        }

        #[test]
        fn records_are_those_of_the_reference(
            records in prop::collection::vec(r#"\{[{}\[\]",:\\aR \n]{0,200}|\{([{}\[\],:R ]|"([a-z{\]]{0,40}|\\\\|\\"|\n){0,4}"){0,60}"#, 0..5),
            chunk in 1usize..200,
        ) {
            let text = records.concat();
            let found = split(Splitter::bare(), text.as_bytes(), chunk).0;
            let records: Vec<_> = found.into_iter().filter(|(text, _)| text != "Stray").collect();
            prop_assert_eq!(records, reference_between(text.as_bytes()));
        }
    }

    /// The reference, with strings between records passed over.
    fn reference_between(text: &[u8]) -> Vec<(String, Vec<usize>)> {
        let mut found = Vec::new();
        let mut place = 0;
        while place < text.len() {
            match text[place] {
                b'{' => {
                    let Some(record) = reference(&text[place..]).into_iter().next() else { break };
                    place += record.0.len();
                    found.push(record);
                }
                b'"' => {
                    let mut escaped = false;
                    let length = text[place + 1..].iter().position(|byte| {
                        let quote = *byte == b'"' && !escaped;
                        escaped = *byte == b'\\' && !escaped;
                        quote
                    });
                    let Some(length) = length else { break };
                    place += length + 2;
                }
                _ => place += 1,
            }
        }
        found
    }
}
