//! Whole gzip objects, unpacked at once: several times as fast as a stream.

use super::GZIP;
use libdeflater::{Crc, Decompressor};
use memchr::memmem;

/// Content beyond this is streamed.
const ROOM: usize = 64 << 20;
/// Bytes of CRC-32 and size at the end of a member.
const TRAILER: usize = 8;

/// Unpacks into memory that is used again for the next object. Pages that no content reached cost nothing.
#[derive(Default)]
pub(crate) struct Unpacker {
    decompressor: Decompressor,
    room: Vec<u8>,
}

impl Unpacker {
    /// Unpacks all members of the object; how many bytes they have. `None` where anything is odd: a member is damaged, something else
    /// lies behind the last one, the content has more than `most` bytes or than there is room for.
    pub(crate) fn unpack(&mut self, stored: &[u8], most: u64) -> Option<usize> {
        if self.room.is_empty() {
            self.room = vec![0; ROOM];
        }
        let most = usize::try_from(most).unwrap_or(ROOM).min(ROOM);
        let (mut length, mut rest) = (0, stored);
        while !rest.is_empty() {
            let room = self.room.get_mut(length..most)?;
            let (written, end) = member(&mut self.decompressor, rest, room)?;
            length += written;
            rest = rest.get(end..)?;
        }
        Some(length)
    }

    /// The first bytes of what was unpacked.
    pub(crate) fn bytes(&self, length: usize) -> &[u8] {
        self.room.get(..length).unwrap_or_default()
    }
}

/// Unpacks the first member: how many bytes it has, unpacked and as stored.
///
/// The library does not tell where the member ends. It ends with its checksum and size, which are known once it is unpacked. Where the size
/// stands nowhere but at the object's end, there is no doubt. Elsewhere the member ends where both stand for the first time, if it
/// unpacks without what follows: packed bytes may look like them, by chance or malice.
fn member(decompressor: &mut Decompressor, stored: &[u8], room: &mut [u8]) -> Option<(usize, usize)> {
    let written = stored.starts_with(&GZIP).then(|| decompressor.gzip_decompress(stored, room).ok())??;
    let size = (written as u32).to_le_bytes();
    if memmem::find(stored, &size)? + size.len() == stored.len() {
        return Some((written, stored.len()));
    }
    let mut crc = Crc::new();
    crc.update(room.get(..written)?);
    let end = memmem::find(stored, &[crc.sum().to_le_bytes(), size].concat())? + TRAILER;
    let is_end = end == stored.len() || decompressor.gzip_decompress(stored.get(..end)?, room) == Ok(written);
    is_end.then_some((written, end))
}
