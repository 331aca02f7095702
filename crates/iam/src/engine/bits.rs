//! Sets of columns.

/// A set of columns, one bit each. Words at the end that are zero may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// The columns below `length`.
    pub(super) fn below(length: usize) -> Self {
        let mut words = vec![u64::MAX; length / 64];
        if !length.is_multiple_of(64) {
            words.push((1 << (length % 64)) - 1);
        }
        Self(words)
    }

    pub(super) fn insert(&mut self, column: u32) {
        let at = column as usize / 64;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if let Some(word) = self.0.get_mut(at) {
            *word |= 1 << (column % 64);
        }
    }

    pub(super) fn has(&self, column: u32) -> bool {
        self.word(column as usize / 64) & (1 << (column % 64)) != 0
    }

    pub(super) fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or_default()
    }

    /// The columns of these words alone.
    pub(super) fn words(&self, from: usize, to: usize) -> Self {
        let words = self.0.iter().take(to).enumerate();
        Self(words.map(|(at, word)| if at < from { 0 } else { *word }).collect())
    }

    pub(super) fn push_word(&mut self, word: u64) {
        self.0.push(word);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn add(&mut self, other: &Self) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own |= other);
    }

    pub(super) fn keep(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }

    pub(super) fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= !other);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().zip(0_u32..).flat_map(|(word, index)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

impl FromIterator<u32> for Bits {
    fn from_iter<I: IntoIterator<Item = u32>>(columns: I) -> Self {
        let mut bits = Self::default();
        columns.into_iter().for_each(|column| bits.insert(column));
        bits
    }
}

/// A set of columns that is kept: few of them as a list, so that thousands of sets of one column take little.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Span {
    Few(Box<[u32]>),
    Many(Bits),
}

impl From<Bits> for Span {
    fn from(bits: Bits) -> Self {
        if bits.count() <= bits.0.len() * 2 { Self::Few(bits.iter().collect()) } else { Self::Many(bits) }
    }
}

impl Span {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few(columns) => columns.is_empty(),
            Self::Many(bits) => bits.is_empty(),
        }
    }

    pub(super) fn add_to(&self, bits: &mut Bits) {
        match self {
            Self::Few(columns) => columns.iter().for_each(|column| bits.insert(*column)),
            Self::Many(own) => bits.add(own),
        }
    }

    /// Whether one of its columns is in `mask`.
    pub(super) fn meets(&self, mask: &Bits) -> bool {
        match self {
            Self::Few(columns) => columns.iter().any(|column| mask.has(*column)),
            Self::Many(bits) => bits.0.iter().zip(&mask.0).any(|(own, mask)| own & mask != 0),
        }
    }

    pub(super) fn within(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Many(own), Self::Many(other)) => {
                let mut both = own.clone();
                both.keep(other);
                both.into()
            }
            (Self::Few(columns), Self::Many(bits)) | (Self::Many(bits), Self::Few(columns)) => {
                Self::Few(columns.iter().copied().filter(|column| bits.has(*column)).collect())
            }
            (Self::Few(own), Self::Few(other)) => {
                Self::Few(own.iter().copied().filter(|column| other.binary_search(column).is_ok()).collect())
            }
        }
    }

    /// Its columns that are in `mask`, in order.
    pub(super) fn each_in(&self, mask: &Bits, mut see: impl FnMut(u32)) {
        match self {
            Self::Few(columns) => columns.iter().filter(|column| mask.has(**column)).for_each(|column| see(*column)),
            Self::Many(bits) => {
                for (index, word) in (0_u32..).zip(&bits.0) {
                    let mut left = word & mask.word(index as usize);
                    while left != 0 {
                        see(index * 64 + left.trailing_zeros());
                        left &= left - 1;
                    }
                }
            }
        }
    }
}
