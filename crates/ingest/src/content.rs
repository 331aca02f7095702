//! The content of an object: gzip (one member or many) or plain, read as a stream within a bound.

use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, BufReader, Read};

/// The first bytes of every gzip member.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Bytes that a source may look at to recognise a log.
const HEAD: u64 = 64 * 1024;
/// A line beyond this is no record of any log; the rest of it is passed over.
const LONGEST_LINE: usize = 64 * 1024;

/// The first bytes of the content; fewer where it is short or broken.
pub(crate) fn head(bytes: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    // A broken stream shows its fault when it is decoded; what came before it is enough to recognise the log.
    let _ = reader(bytes).take(HEAD).read_to_end(&mut head);
    head
}

fn reader(bytes: &[u8]) -> Box<dyn BufRead + '_> {
    if bytes.starts_with(&GZIP) {
        Box::new(BufReader::with_capacity(128 * 1024, MultiGzDecoder::new(bytes)))
    } else {
        Box::new(bytes)
    }
}

/// A stream of the content that ends at the first fault.
pub(crate) struct Content<'a> {
    reader: Box<dyn BufRead + 'a>,
    limit: u64,
    read: u64,
    fault: Option<String>,
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

impl<'a> Content<'a> {
    pub(crate) fn new(bytes: &'a [u8], limit: u64) -> Self {
        Self { reader: reader(bytes), limit, read: 0, fault: None }
    }

    /// Bytes that were read so far, after decompression.
    pub(crate) fn bytes(&self) -> u64 {
        self.read
    }

    /// Why the content ended before its end, if it did.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The next bytes; none at the end or behind a fault.
    pub(crate) fn chunk(&mut self) -> &[u8] {
        if self.fault.is_some() {
            return &[];
        }
        let left = self.limit.saturating_sub(self.read);
        match self.reader.fill_buf() {
            Ok([]) => &[],
            Ok(_) if left == 0 => {
                self.fault = Some(format!("the content is larger than {} bytes: the rest is not read", self.limit));
                &[]
            }
            Ok(chunk) => {
                let end = usize::try_from(left).map_or(chunk.len(), |left| left.min(chunk.len()));
                chunk.get(..end).unwrap_or_default()
            }
            Err(error) => {
                self.fault = Some(format!("the gzip stream is cut or broken: {error}"));
                &[]
            }
        }
    }

    /// Passes over bytes of the chunk.
    pub(crate) fn consume(&mut self, bytes: usize) {
        self.reader.consume(bytes);
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
        if self.fault.is_some() || (length == 0 && ending.is_none()) {
            return None;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if length > LONGEST_LINE { Some(Ending::TooLong) } else { ending.or(Some(Ending::Open)) }
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

    fn lines(bytes: &[u8], limit: u64) -> (Vec<String>, Option<String>) {
        let mut content = Content::new(bytes, limit);
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
        assert_eq!(fault.unwrap(), "the content is larger than 25 bytes: the rest is not read");
    }

    #[test]
    fn a_cut_stream_keeps_whole_lines() {
        let whole = gzip(b"first\nsecond\nthird");
        let (lines, fault) = lines(whole.get(..whole.len() - 9).unwrap(), 100);
        assert!(lines.iter().all(|line| line.ends_with("Terminated")), "{lines:?}");
        assert!(fault.unwrap().starts_with("the gzip stream is cut or broken"));
    }

    #[test]
    fn a_long_line_is_passed_over() {
        let text = [vec![b'x'; LONGEST_LINE + 1], b"\nnext\n".to_vec()].concat();
        let mut content = Content::new(&text, u64::MAX);
        let mut line = Vec::new();
        assert_eq!(content.line(&mut line), Some(Ending::TooLong));
        assert_eq!(line.len(), LONGEST_LINE);
        assert_eq!(content.line(&mut line), Some(Ending::Terminated));
        assert_eq!(line, b"next");
    }
}
