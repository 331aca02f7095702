//! Sums by key: a table that many records reach in a short time.

use super::group::{HOUR, Key};
use hashbrown::DefaultHashBuilder;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

/// Records that are added together: their rows are fetched from memory at the same time instead of one after the other.
pub(crate) const TOGETHER: usize = 64;
/// Slots of the smallest table.
const FEWEST: usize = 1024;

/// A record, or a row made of several, to be added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    pub(crate) records: u32,
    /// milliseconds since 1970, within the key's hour
    pub(crate) first: i64,
    /// milliseconds since 1970
    pub(crate) last: i64,
    /// the object's number, and the line in it
    pub(crate) object: u32,
    pub(crate) line: i64,
}

/// The sums of a key: one cache line, with the key itself.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Sums {
    key: Key,
    packets: u64,
    bytes: u64,
    last: i64,
    /// milliseconds behind the hour's beginning
    first: u32,
    records: u32,
}

/// The first record of a row: its evidence.
#[derive(Debug, Clone, Copy)]
struct Origin {
    object: u32,
    line: i64,
}

/// Rows in the order in which their first records came.
///
/// INVARIANT: the sums over all rows are those over all entries. A key whose sums would overflow gets one more row.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    rows: Vec<Sums>,
    origins: Vec<Origin>,
    /// open addressing: the upper half of the hash and the row's number plus one; 0 is free. At least half of them are free.
    slots: Vec<u64>,
    hasher: DefaultHashBuilder,
}

impl Groups {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Forgets all; keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.origins.clear();
        self.slots.fill(0);
    }

    /// These rows.
    pub(crate) fn entries(&self, rows: Range<usize>) -> impl Iterator<Item = Entry> + '_ {
        let origins = self.origins.get(rows.clone()).unwrap_or_default();
        self.rows.get(rows).unwrap_or_default().iter().zip(origins).map(|(row, origin)| Entry {
            key: row.key,
            packets: row.packets,
            bytes: row.bytes,
            records: row.records,
            first: row.key.hour() * HOUR + i64::from(row.first),
            last: row.last,
            object: origin.object,
            line: origin.line,
        })
    }

    /// Adds entries.
    pub(crate) fn add(&mut self, entries: &[Entry]) {
        for entries in entries.chunks(TOGETHER) {
            self.reserve(entries.len());
            self.add_together(entries);
        }
    }

    /// Three passes, in which the processor waits for memory of many entries at once: slots, rows, sums.
    fn add_together(&mut self, entries: &[Entry]) {
        let mut seen = [(0_u64, 0_u64); TOGETHER];
        for (entry, seen) in entries.iter().zip(&mut seen) {
            let hash = self.hash(&entry.key);
            *seen = (hash, self.likely(hash));
        }
        let mut places = [usize::MAX; TOGETHER];
        for ((entry, (hash, slot)), place) in entries.iter().zip(&seen).zip(&mut places) {
            if let Some(found) = self.row_of(*slot, *hash, &entry.key) {
                *place = found;
            }
        }
        for ((entry, (hash, _)), place) in entries.iter().zip(&seen).zip(places) {
            let Some(row) = self.rows.get_mut(place) else {
                self.find_or_insert(*hash, entry);
                continue;
            };
            if !row.add(entry) {
                self.renew(*hash, entry);
            }
        }
    }

    #[inline]
    fn hash(&self, key: &Key) -> u64 {
        let [a, b, c, d] = key.words();
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u128(u128::from(a) << 64 | u128::from(b));
        hasher.write_u128(u128::from(c) << 64 | u128::from(d));
        hasher.finish()
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    /// The first slot that is free or whose half of the hash is this one's.
    #[inline]
    fn likely(&self, hash: u64) -> u64 {
        let mut at = self.home(hash);
        loop {
            let slot = self.slots.get(at).copied().unwrap_or_default();
            if slot == 0 || slot >> 32 == hash >> 32 {
                return slot;
            }
            at = (at + 1) & self.slots.len().wrapping_sub(1);
        }
    }

    /// The row that the slot points at, if it is the key's.
    #[inline]
    fn row_of(&self, slot: u64, hash: u64, key: &Key) -> Option<usize> {
        if slot >> 32 != hash >> 32 {
            return None;
        }
        let place = (slot as u32).checked_sub(1)? as usize;
        self.rows.get(place).is_some_and(|row| row.key == *key).then_some(place)
    }

    #[cold]
    fn find_or_insert(&mut self, hash: u64, entry: &Entry) {
        let mut at = self.home(hash);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot != 0) {
            if let Some(row) = self.row_of(slot, hash, &entry.key).and_then(|place| self.rows.get_mut(place)) {
                if !row.add(entry) {
                    self.renew(hash, entry);
                }
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.push(at, hash, entry);
    }

    /// Begins another row of a key, because its sums are at their limit.
    #[cold]
    fn renew(&mut self, hash: u64, entry: &Entry) {
        let mut at = self.home(hash);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot != 0) {
            if self.row_of(slot, hash, &entry.key).is_some() {
                break;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.push(at, hash, entry);
    }

    fn push(&mut self, at: usize, hash: u64, entry: &Entry) {
        self.rows.push(Sums {
            key: entry.key,
            packets: entry.packets,
            bytes: entry.bytes,
            last: entry.last,
            first: entry.first_in_hour(),
            records: entry.records,
        });
        self.origins.push(Origin { object: entry.object, line: entry.line });
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = hash >> 32 << 32 | self.rows.len() as u64;
        }
    }

    /// Makes room for so many rows more.
    fn reserve(&mut self, more: usize) {
        let needed = (self.rows.len() + more) * 2;
        if needed <= self.slots.len() {
            return;
        }
        let size = needed.next_power_of_two().max(FEWEST);
        self.slots.clear();
        self.slots.resize(size, 0);
        for place in 0..self.rows.len() {
            self.replace(place);
        }
    }

    /// Finds a slot for a row that is there. Of several rows of a key the last one is the one to be found.
    fn replace(&mut self, place: usize) {
        let Some(key) = self.rows.get(place).map(|row| row.key) else {
            return;
        };
        let hash = self.hash(&key);
        let mut at = self.home(hash);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot != 0) {
            if self.row_of(slot, hash, &key).is_some() {
                break;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = hash >> 32 << 32 | (place as u64 + 1);
        }
    }
}

impl Sums {
    /// Adds the entry, unless a sum would overflow.
    #[inline]
    fn add(&mut self, entry: &Entry) -> bool {
        let (packets, packets_over) = self.packets.overflowing_add(entry.packets);
        let (bytes, bytes_over) = self.bytes.overflowing_add(entry.bytes);
        let (records, records_over) = self.records.overflowing_add(entry.records);
        // The lake's integers have a sign.
        let signed_over = (packets | bytes) >> 63 == 1;
        if packets_over | bytes_over | records_over | signed_over {
            return false;
        }
        self.packets = packets;
        self.bytes = bytes;
        self.records = records;
        self.first = self.first.min(entry.first_in_hour());
        self.last = self.last.max(entry.last);
        true
    }
}

impl Entry {
    #[inline]
    fn first_in_hour(&self) -> u32 {
        u32::try_from(self.first - self.key.hour() * HOUR).unwrap_or_default()
    }
}
