//! The sizes that a Parquet file gives for its pages, before anybody allocates them.
//!
//! Each page begins with a header in Thrift's compact form, of which three numbers matter: kind, size unpacked, size as stored. Format:
//! <https://parquet.apache.org/docs/file-format/data-pages/>.

use flate2::read::MultiGzDecoder;
use std::io::{Read, copy, sink};

/// Bytes of a page, unpacked; writers aim at 1 MiB.
const LARGEST: u64 = 32 << 20;
/// Structures within structures; a page's header has three levels.
const DEEPEST: u32 = 8;

/// How pages are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Snappy,
    Gzip,
}

/// What a page's header says.
#[derive(Debug, Default)]
struct Page {
    unpacked: Option<u64>,
    stored: Option<usize>,
    /// bytes before what is packed
    levels: usize,
    /// values of a dictionary
    values: u64,
}

/// Whether all pages of a column are small enough to be unpacked.
pub(crate) fn are_bounded(mut column: &[u8], packing: Packing) -> bool {
    while !column.is_empty() {
        let Some(Page { unpacked: Some(unpacked), stored: Some(stored), levels, values }) = header(&mut column) else {
            return false;
        };
        let Some((page, rest)) = column.split_at_checked(stored) else {
            return false;
        };
        let is_bounded = match packing {
            Packing::None | Packing::Snappy => true,
            Packing::Gzip => page.get(levels..).is_some_and(unpacks_within),
        };
        if !is_bounded || unpacked > LARGEST || values > unpacked {
            return false;
        }
        column = rest;
    }
    true
}

/// Whether a page ends before the bound: gzip's own size is believed by nobody. What is no gzip is a page without values, or one that
/// the reader will find fault with.
fn unpacks_within(page: &[u8]) -> bool {
    let mut unpacked = MultiGzDecoder::new(page).take(LARGEST + 1);
    let _ = copy(&mut unpacked, &mut sink());
    unpacked.limit() > 0
}

fn header(bytes: &mut &[u8]) -> Option<Page> {
    let mut page = Page::default();
    let mut id = 0;
    while let Some(kind) = field(bytes, &mut id)? {
        match (id, kind) {
            (2, I32) => page.unpacked = u64::try_from(integer(bytes)?).ok(),
            (3, I32) => page.stored = usize::try_from(integer(bytes)?).ok(),
            // A dictionary begins with its number of values, a page of the second version has the lengths of its levels in 5 and 6.
            (7 | 8, STRUCT) => details(bytes, id, &mut page)?,
            _ => skip(bytes, kind, DEEPEST)?,
        }
    }
    Some(page)
}

fn details(bytes: &mut &[u8], of: i64, page: &mut Page) -> Option<()> {
    let mut id = 0;
    while let Some(kind) = field(bytes, &mut id)? {
        match (of, id, kind) {
            (7, 1, I32) => page.values = u64::try_from(integer(bytes)?).ok()?,
            (8, 5 | 6, I32) => page.levels = page.levels.checked_add(usize::try_from(integer(bytes)?).ok()?)?,
            _ => skip(bytes, kind, DEEPEST)?,
        }
    }
    Some(())
}

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

/// The kind of the next field, whose number is put into `id`; nothing at the structure's end.
fn field(bytes: &mut &[u8], id: &mut i64) -> Option<Option<u8>> {
    let head = byte(bytes)?;
    if head == 0 {
        return Some(None);
    }
    *id = match head >> 4 {
        0 => integer(bytes)?,
        step => id.checked_add(step.into())?,
    };
    Some(Some(head & 15))
}

fn skip(bytes: &mut &[u8], kind: u8, depth: u32) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match kind {
        TRUE | FALSE => Some(()),
        BYTE => byte(bytes).map(|_| ()),
        I16 | I32 | I64 => integer(bytes).map(|_| ()),
        DOUBLE => pass(bytes, 8),
        BINARY => {
            let length = unsigned(bytes)?;
            pass(bytes, usize::try_from(length).ok()?)
        }
        LIST | SET => {
            let head = byte(bytes)?;
            let count = if head >> 4 == 15 { unsigned(bytes)? } else { u64::from(head >> 4) };
            // Elements have a byte at least, but for truth values, which are one here as well.
            (0..count).try_for_each(|_| match head & 15 {
                TRUE | FALSE => byte(bytes).map(|_| ()),
                kind => skip(bytes, kind, depth),
            })
        }
        STRUCT => {
            let mut id = 0;
            while let Some(kind) = field(bytes, &mut id)? {
                skip(bytes, kind, depth)?;
            }
            Some(())
        }
        _ => None,
    }
}

fn byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

fn pass(bytes: &mut &[u8], count: usize) -> Option<()> {
    *bytes = bytes.get(count..)?;
    Some(())
}

fn unsigned(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(bytes)?;
        number |= u64::from(next & 0x7f) << shift;
        if next < 0x80 {
            return Some(number);
        }
    }
    None
}

fn integer(bytes: &mut &[u8]) -> Option<i64> {
    unsigned(bytes).map(|number| (number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// Kind 0, sizes, and a structure with a number, as a data page has it.
    fn page(unpacked: u8, bytes: &[u8]) -> Vec<u8> {
        let head = [0x15, 0, 0x15, unpacked, 0x15, bytes.len() as u8 * 2, 0x2c, 0x15, 2, 0, 0];
        [&head, bytes].concat()
    }

    #[test]
    fn pages_are_walked() {
        let pages = [page(6, b"abc"), page(2, b"d")].concat();
        assert!(are_bounded(&pages, Packing::None));
        assert!(are_bounded(&[], Packing::Snappy));
        for cut in 1..pages.len() {
            let whole = page(6, b"abc").len();
            assert_eq!(are_bounded(&pages[..cut], Packing::None), cut == whole, "{cut}");
        }
    }

    #[test]
    fn large_pages_are_noticed() {
        // 2³⁰ bytes, it says.
        let liar = [0x15, 0, 0x15, 0x80, 0x80, 0x80, 0x80, 0x08, 0x15, 2, 0, b'a'];
        assert!(!are_bounded(&liar, Packing::Snappy));
        let dictionary = |values| [0x15, 4, 0x15, 2, 0x15, 2, 0x4c, 0x15, values, 0, 0, b'a'];
        assert!(are_bounded(&dictionary(2), Packing::None) && !are_bounded(&dictionary(4), Packing::None));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; LARGEST as usize + 1]).unwrap();
        let bomb = encoder.finish().unwrap();
        assert!(!unpacks_within(&bomb));
        assert!(unpacks_within(&bomb[..bomb.len() / 2]) && unpacks_within(b"no gzip"));
        // Two bytes of levels before it.
        let size = |bytes: usize| [(bytes as u8 & 0x7f) | 0x80, (bytes >> 7) as u8 & 0x7f | 0x80, (bytes >> 14) as u8];
        let head = [&[0x15, 6, 0x15, 2, 0x15][..], &size(2 * (bomb.len() + 2)), &[0x5c, 0x55, 4, 0, 0, 0, 0]].concat();
        assert!(!are_bounded(&[head, bomb].concat(), Packing::Gzip));
    }
}
