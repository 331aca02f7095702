//! What texts meant when they came before.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hasher};

/// Texts of a memo; with more it begins anew.
const MOST: usize = 1 << 16;
/// Bytes of all of them; likewise.
const MOST_BYTES: usize = 4 << 20;
/// Pairs of texts that are found without a search.
const RECENT: usize = 1 << 13;
/// Odd numbers without a pattern.
const MIX: [u64; 4] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];

/// A text that came, after those that came before it in the line.
pub(crate) type Node = u32;

/// Where each line begins.
pub(crate) const ROOT: Node = 0;

/// What the texts of a line mean: numbers of contexts and classes, for a source that is the client and for one that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) contexts: [u32; 2],
    pub(crate) classes: [u32; 2],
}

/// The texts of lines as a tree: a line is a path, and what its texts mean stands at the path's end. Texts are compared byte by byte, so that
/// whoever is found here means the same.
///
/// A text is some words that lie side by side, each with the space or line feed behind it. All texts at one place have as many words, so
/// that none is the beginning of another.
///
/// INVARIANT: only what the exact reading accepted is kept.
#[derive(Debug)]
pub(crate) struct Memo {
    known: Vec<Known>,
    hashes: Vec<u64>,
    bytes: Vec<u8>,
    places: HashTable<Node>,
    hasher: DefaultHashBuilder,
    /// texts by some of their bytes: the two that were found last
    recent: Box<[[Node; 2]]>,
}

/// A text, and what came behind it.
#[derive(Debug, Clone, Copy)]
struct Known {
    parent: Node,
    start: u32,
    length: u32,
    /// the last texts that came behind it for the first time; with more than two, they are looked up
    children: [Node; 2],
    is_wide: bool,
    /// the length of the shortest text that came behind it
    shortest: u32,
    meaning: Option<Meaning>,
}

impl Memo {
    /// An empty memo.
    pub(crate) fn new() -> Self {
        let mut memo = Self {
            known: Vec::new(),
            hashes: Vec::new(),
            bytes: Vec::new(),
            places: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            recent: vec![[ROOT; 2]; RECENT].into_boxed_slice(),
        };
        memo.clear();
        memo
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
        self.known.clear();
        self.hashes.clear();
        self.known.push(Known::new(ROOT, 0, 0));
        self.hashes.push(0);
    }

    /// Finds the text of so many words that begins at this place behind what came before, and where it ends.
    #[inline]
    pub(crate) fn find(&mut self, parent: Node, text: &[u8], at: usize, words: usize) -> Option<(Node, usize)> {
        let before = self.known.get(parent as usize)?;
        let [first, second] = before.children;
        // What most lines differ in stands first, and lines that agree in it lie together.
        if !before.is_wide || parent == ROOT {
            if let Some(end) = self.end(first, parent, text, at) {
                return Some((first, end));
            }
            if !before.is_wide {
                let second = self.end(second, parent, text, at).map(|end| (second, end));
                return second.or_else(|| self.search(parent, text, at, words));
            }
        }
        let slot = slot(before, parent, text, at)?;
        let [first, second] = *self.recent.get(slot)?;
        let (node, end) = match self.end(first, parent, text, at) {
            Some(end) => (first, end),
            None => self.look(parent, text, at, words, slot, [first, second])?,
        };
        if parent == ROOT
            && let Some(root) = self.known.first_mut()
        {
            root.children = [node; 2];
        }
        Some((node, end))
    }

    /// Looks at the other text that was found at this place, and then everywhere.
    #[inline(never)]
    fn look(
        &mut self,
        parent: Node,
        text: &[u8],
        at: usize,
        words: usize,
        slot: usize,
        [first, second]: [Node; 2],
    ) -> Option<(Node, usize)> {
        let found = self.end(second, parent, text, at).map(|end| (second, end));
        let (node, end) = found.or_else(|| self.search(parent, text, at, words))?;
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = [node, first];
        }
        Some((node, end))
    }

    /// What the texts up to here mean.
    #[inline]
    pub(crate) fn meaning(&self, node: Node) -> Option<Meaning> {
        self.known.get(node as usize)?.meaning
    }

    /// Keeps what a line's texts mean.
    pub(crate) fn keep<'t>(&mut self, texts: impl Iterator<Item = &'t [u8]>, meaning: Meaning) {
        if self.known.len() >= MOST || self.bytes.len() >= MOST_BYTES {
            self.clear();
        }
        let end =
            texts.fold(ROOT, |parent, text| self.place(parent, text).unwrap_or_else(|| self.insert(parent, text)));
        if let Some(known) = self.known.get_mut(end as usize) {
            known.meaning = Some(meaning);
        }
    }

    /// Where the text ends, if it is this one.
    #[inline(always)]
    fn end(&self, node: Node, parent: Node, text: &[u8], at: usize) -> Option<usize> {
        let known = self.known.get(node as usize)?;
        let end = at + known.length as usize;
        let start = known.start as usize;
        let bytes = self.bytes.get(start..start + known.length as usize)?;
        (known.parent == parent && node != ROOT && same(bytes, text.get(at..end)?)).then_some(end)
    }

    #[cold]
    fn search(&self, parent: Node, text: &[u8], at: usize, words: usize) -> Option<(Node, usize)> {
        let mut ends = memchr::memchr2_iter(b' ', b'\n', text.get(at..)?);
        let end = at + ends.nth(words.checked_sub(1)?)? + 1;
        self.place(parent, text.get(at..end)?).map(|node| (node, end))
    }

    fn place(&self, parent: Node, text: &[u8]) -> Option<Node> {
        let is = |node: &Node| self.end(*node, parent, text, 0) == Some(text.len());
        self.places.find(self.hash(parent, text), is).copied()
    }

    fn insert(&mut self, parent: Node, text: &[u8]) -> Node {
        let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (node, length, hash) = (place(self.known.len()), place(text.len()), self.hash(parent, text));
        self.known.push(Known::new(parent, place(self.bytes.len()), length));
        self.hashes.push(hash);
        self.bytes.extend_from_slice(text);
        let hashes = &self.hashes;
        self.places.insert_unique(hash, node, |node| hashes.get(*node as usize).copied().unwrap_or_default());
        if let Some(before) = self.known.get_mut(parent as usize) {
            before.shortest = before.shortest.min(length);
            let [first, second] = before.children;
            before.is_wide |= second != ROOT;
            before.children = [node, first];
        }
        node
    }

    fn hash(&self, parent: Node, text: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u32(parent);
        hasher.write(text);
        hasher.finish()
    }
}

impl Known {
    fn new(parent: Node, start: u32, length: u32) -> Self {
        Self { parent, start, length, children: [ROOT; 2], is_wide: false, shortest: u32::MAX, meaning: None }
    }
}

/// Where the text is likely to be found: by its first bytes, and by the last ones that the shortest text at this place has as well. Ids and
/// directions end with what tells them apart. `None` near the end of all text.
#[inline]
fn slot(before: &Known, parent: Node, text: &[u8], at: usize) -> Option<usize> {
    let word = |at: usize| text.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let shortest = before.shortest as usize;
    let first = word(at)?;
    let [first, middle, last] = match shortest {
        0..8 => [first & ((1 << (8 * shortest)) - 1), 0, 0],
        8..16 => [first, 0, word(at + shortest - 8)?],
        _ => {
            [first, word(at.wrapping_add(shortest).wrapping_sub(16))?, word(at.wrapping_add(shortest).wrapping_sub(8))?]
        }
    };
    let [a, b, c, d] = MIX;
    let mixed =
        first.wrapping_mul(a) ^ middle.wrapping_mul(b) ^ last.wrapping_mul(c) ^ u64::from(parent).wrapping_mul(d);
    Some(((mixed ^ mixed >> 29).wrapping_mul(a) >> (64 - RECENT.trailing_zeros())) as usize)
}

/// Whether two texts of one length agree: sixteen bytes at once, up to the end whatever differs. Almost always they agree, and a call of
/// the usual comparison costs as much as this.
#[inline(always)]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    let (Some(last), Some(other_last)) = (one.last_chunk(), other.last_chunk()) else {
        return short(one) == short(other);
    };
    let (ones, others) = (one.as_chunks().0, other.as_chunks().0);
    let differ = |one: &[u8; 16], other: &[u8; 16]| u128::from_le_bytes(*one) ^ u128::from_le_bytes(*other);
    ones.iter().zip(others).fold(differ(last, other_last), |found, (one, other)| found | differ(one, other)) == 0
}

/// Fewer than sixteen bytes of a known number as two words.
#[inline]
fn short(bytes: &[u8]) -> (u64, u64) {
    let eight = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return (eight(first), eight(last));
    }
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return (four(first), four(last));
    }
    (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn same_is_equal(text in prop::collection::vec(any::<u8>(), 0..70), place in any::<prop::sample::Index>(), byte: u8) {
            let mut other = text.clone();
            prop_assert!(same(&text, &other));
            if !text.is_empty() {
                other[place.index(text.len())] = byte;
            }
            prop_assert_eq!(same(&text, &other), text == other);
        }

        /// Whoever is found is the text, whatever came before; and who was kept is found.
        #[test]
        fn paths_are_found(lines in prop::collection::vec(("[ab]{0,20} ", "[ab]{0,3} [ab]{0,30}\n"), 1..40)) {
            let mut memo = Memo::new();
            let meaning = |at: usize| Meaning { contexts: [at as u32; 2], classes: [0; 2] };
            let last = |line: &(String, String)| lines.iter().rposition(|other| other == line).unwrap();
            for (at, (one, two)) in lines.iter().enumerate() {
                memo.keep([one.as_bytes(), two.as_bytes()].into_iter(), meaning(at));
            }
            for line in &lines {
                let text = format!("{}{}{}", line.0, line.1, "z".repeat(99));
                let (node, end) = memo.find(ROOT, text.as_bytes(), 0, 1).unwrap();
                prop_assert_eq!(end, line.0.len());
                let (node, end) = memo.find(node, text.as_bytes(), end, 2).unwrap();
                prop_assert_eq!(end, line.0.len() + line.1.len());
                prop_assert_eq!(memo.meaning(node), Some(meaning(last(line))));
                prop_assert_eq!(memo.find(node, text.as_bytes(), end, 1), None);
            }
        }
    }
}
