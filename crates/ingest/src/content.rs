//! The content of an object: gzip (one member or many) or plain, whole or as a stream, within a bound.

mod unpack;

use crate::{Input, Limits};
use flate2::bufread::MultiGzDecoder;
use std::cell::Cell;
use std::io::{BufReader, Chain, Cursor, Read};
use std::rc::Rc;
pub(crate) use unpack::Unpacker;

/// The first bytes of every gzip member.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The first bytes of every Parquet file.
const PARQUET: &[u8] = b"PAR1";
/// Bytes that a source may look at to recognise a log.
const HEAD: usize = 64 * 1024;
/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;
/// A line beyond this is no record of any log; the rest of it is passed over.
const LONGEST_LINE: usize = 64 * 1024;

/// The content, from its beginning to its end or its first fault.
///
/// INVARIANT: an object gives the same content whole and as a stream.
pub struct Content<'a> {
    held: Held<'a>,
    start: usize,
    whole: Option<&'a [u8]>,
    unpacker: Option<Unpacker>,
    read: u64,
    fault: Option<String>,
}

/// Where the content is.
enum Held<'a> {
    /// in the object itself, which is plain
    Plain(&'a [u8]),
    /// so many bytes that are unpacked already
    Unpacked(usize),
    /// still to be read
    Stream(Stream<'a>),
}

/// Content that is read piece by piece.
struct Stream<'a> {
    reader: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    stored: Rc<Cell<u64>>,
    limits: Limits,
    ended: bool,
}

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// by a line feed
    Terminated,
    /// by the end of the content: it may be cut
    Open,
    /// it is longer than any record; the buffer holds its beginning
    TooLong,
}

/// Counts the bytes that pass.
struct Counted<R> {
    reader: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

impl<'a> Content<'a> {
    /// Looks at the first bytes and unpacks what is packed.
    pub fn open(input: Input<'a>, limits: Limits) -> Self {
        Self::reusing(input, limits, None)
    }

    /// Likewise, with the memory of content that was read before.
    pub(crate) fn reusing(input: Input<'a>, limits: Limits, unpacker: Option<Unpacker>) -> Self {
        let whole = if let Input::Whole(bytes) = &input { Some(*bytes) } else { None };
        let mut content = Self { held: Held::Plain(&[]), start: 0, whole, unpacker, read: 0, fault: None };
        content.held = match input {
            Input::Whole(bytes) if !bytes.starts_with(&GZIP) => Held::Plain(bytes),
            Input::Whole(bytes) => {
                let unpacker = content.unpacker.get_or_insert_default();
                match unpacker.unpack(bytes, limits.of(bytes.len() as u64)) {
                    Some(length) => Held::Unpacked(length),
                    // Damaged, or larger than it may be: the stream gives what comes before the fault, and tells the fault.
                    None => Held::Stream(Stream::gzip(bytes, limits)),
                }
            }
            Input::Stream(stream) => Stream::open(stream, limits).map_or_else(
                |error| {
                    content.fault = Some(format!("the object cannot be read: {error}"));
                    Held::Plain(&[])
                },
                Held::Stream,
            ),
        };
        content
    }

    /// Gives the memory back, for the next object.
    pub(crate) fn into_unpacker(self) -> Option<Unpacker> {
        self.unpacker
    }

    /// The first 64 KiB of the content; fewer where it is short or broken. Takes nothing out.
    pub(crate) fn head(&mut self) -> &[u8] {
        while self.left().len() < HEAD && self.more() {}
        let left = self.left();
        left.get(..HEAD.min(left.len())).unwrap_or_default()
    }

    /// The object's bytes, where it is a Parquet file that is held whole.
    pub(crate) fn parquet(&self) -> Option<&'a [u8]> {
        self.whole.filter(|bytes| bytes.starts_with(PARQUET))
    }

    /// Whether it is a Parquet file.
    pub(crate) fn is_parquet(&mut self) -> bool {
        self.head().starts_with(PARQUET)
    }

    /// Bytes that were taken out so far, after decompression.
    pub(crate) fn bytes(&self) -> u64 {
        self.read
    }

    /// Why the content ended before its end, if it did. What came before the fault is given out first.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The next bytes: all that are left of an object that is held whole; none at the end or behind a fault.
    pub(crate) fn chunk(&mut self) -> &[u8] {
        if self.left().is_empty() {
            self.more();
        }
        self.left()
    }

    /// Passes over bytes of the chunk.
    pub(crate) fn consume(&mut self, bytes: usize) {
        self.start += bytes;
        self.read += bytes as u64;
    }

    /// Reads the next line into the buffer, without its end. A line that a fault cuts is not given.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>) -> Option<Ending> {
        line.clear();
        let mut ending = None;
        let mut length = 0;
        while ending.is_none() {
            let chunk = self.chunk();
            if chunk.is_empty() {
                break;
            }
            let found = memchr::memchr(b'\n', chunk);
            let text = chunk.get(..found.unwrap_or(chunk.len())).unwrap_or_default();
            let room = LONGEST_LINE.saturating_sub(line.len()).min(text.len());
            line.extend_from_slice(text.get(..room).unwrap_or_default());
            length += text.len();
            let consumed = text.len() + usize::from(found.is_some());
            self.consume(consumed);
            ending = found.map(|_| Ending::Terminated);
        }
        if (self.fault.is_some() && ending.is_none()) || (length == 0 && ending.is_none()) {
            return None;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if length > LONGEST_LINE { Some(Ending::TooLong) } else { ending.or(Some(Ending::Open)) }
    }

    /// Makes the chunk longer; `false` where there is no more.
    pub(crate) fn more(&mut self) -> bool {
        let Held::Stream(stream) = &mut self.held else {
            return false;
        };
        if self.fault.is_some() {
            return false;
        }
        let more = stream.more(std::mem::take(&mut self.start), self.read);
        more.unwrap_or_else(|fault| {
            self.fault = Some(fault);
            true
        })
    }

    fn left(&self) -> &[u8] {
        let held = match &self.held {
            Held::Plain(bytes) => bytes,
            Held::Unpacked(length) => self.unpacker.as_ref().map_or(&[][..], |unpacker| unpacker.bytes(*length)),
            Held::Stream(stream) => &stream.buffer,
        };
        held.get(self.start..).unwrap_or_default()
    }
}

impl<'a> Stream<'a> {
    fn new(reader: impl FnOnce(Rc<Cell<u64>>) -> Box<dyn Read + 'a>, limits: Limits) -> Self {
        let stored = Rc::new(Cell::new(0));
        Self { reader: reader(Rc::clone(&stored)), buffer: Vec::new(), stored, limits, ended: false }
    }

    fn gzip(reader: impl Read + 'a, limits: Limits) -> Self {
        let unpacked = |reader| MultiGzDecoder::new(BufReader::with_capacity(CHUNK, reader));
        Self::new(|count| Box::new(unpacked(Counted { reader, count })), limits)
    }

    fn open(stream: &'a mut dyn Read, limits: Limits) -> std::io::Result<Self> {
        let mut first = Vec::new();
        (&mut *stream).take(GZIP.len() as u64).read_to_end(&mut first)?;
        let packed = first == GZIP;
        let whole: Chain<Cursor<Vec<u8>>, _> = Cursor::new(first).chain(stream);
        Ok(if packed {
            Self::gzip(whole, limits)
        } else {
            Self::new(|count| Box::new(Counted { reader: whole, count }), limits)
        })
    }

    /// Drops what is consumed and reads more behind what is left; `read` bytes came before it. `false` at the end.
    fn more(&mut self, consumed: usize, read: u64) -> Result<bool, String> {
        self.buffer.drain(..consumed.min(self.buffer.len()));
        if self.ended {
            return Ok(false);
        }
        let held = self.buffer.len();
        let read = read + held as u64;
        // The bound grows with the bytes that are read of what is stored.
        let most = self.limits.of(self.stored.get()).saturating_sub(read).min(CHUNK as u64);
        let outcome = self.reader.by_ref().take(most).read_to_end(&mut self.buffer);
        let grown = self.buffer.len() > held;
        match outcome {
            Err(error) => Err(format!("the content is cut or broken: {error}")),
            Ok(_) if grown => Ok(true),
            Ok(_) => {
                self.ended = true;
                self.notice_bomb(most, read)
            }
        }
    }

    fn notice_bomb(&mut self, asked: u64, read: u64) -> Result<bool, String> {
        let more = asked == 0 && matches!(self.reader.read(&mut [0]), Ok(1..));
        let stored = self.stored.get();
        if more {
            return Err(format!("{stored} bytes unpack to more than {read}: this is no log, the rest is not read"));
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn lines(bytes: &[u8], content: u64) -> (Vec<String>, Option<String>) {
        let limits = Limits { content, expansion: 0, ..Limits::default() };
        let mut content = Content::open(Input::Whole(bytes), limits);
        let mut line = Vec::new();
        let mut lines = Vec::new();
        while let Some(ending) = content.line(&mut line) {
            lines.push(format!("{} {ending:?}", String::from_utf8_lossy(&line)));
        }
        (lines, content.fault().map(str::to_owned))
    }

    #[test]
    fn lines_of_every_shape_of_content() {
        let expected = vec!["a Terminated".to_owned(), " Terminated".to_owned(), "b Open".to_owned()];
        assert_eq!(lines(b"a\r\n\nb", 100), (expected.clone(), None));
        assert_eq!(lines(&gzip(b"a\n\nb"), 100), (expected.clone(), None));
        assert_eq!(lines(&[gzip(b"a\n"), gzip(b"\nb")].concat(), 100), (expected, None));
        assert_eq!(lines(b"", 100), (vec![], None));
    }

    #[test]
    fn a_bomb_ends_at_the_bound() {
        let bomb = gzip(&b"0123456789\n".repeat(100_000));
        let (lines, fault) = lines(&bomb, 25);
        assert_eq!(lines, ["0123456789 Terminated"; 2]);
        assert!(fault.unwrap().ends_with(" bytes unpack to more than 25: this is no log, the rest is not read"));
    }

    #[test]
    fn a_cut_stream_keeps_whole_lines() {
        let whole = gzip(b"first\nsecond\nthird");
        let (lines, fault) = lines(whole.get(..whole.len() - 9).unwrap(), 100);
        assert!(lines.iter().all(|line| line.ends_with("Terminated")), "{lines:?}");
        assert!(fault.unwrap().starts_with("the content is cut or broken"));
    }

    #[test]
    fn a_long_line_is_passed_over() {
        let text = [vec![b'x'; LONGEST_LINE + 1], b"\nnext\n".to_vec()].concat();
        let mut stream = text.as_slice();
        let mut content = Content::open(Input::Stream(&mut stream), Limits::default());
        let mut line = Vec::new();
        assert_eq!(content.line(&mut line), Some(Ending::TooLong));
        assert_eq!(line.len(), LONGEST_LINE);
        assert_eq!(content.line(&mut line), Some(Ending::Terminated));
        assert_eq!(line, b"next");
    }
}
