//! Numbers of digits alone: no sign, no fraction.

/// The number; `None` where something else than digits is there, nothing at all, or too much of it.
pub(crate) fn digits(text: &str) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0_i64, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(i64::from(digit))
    })
}

/// The number of one to sixteen digits between these places, eight digits at once. `None` is no verdict: [`digits`] knows.
#[inline]
pub(crate) fn number(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let length = end.wrapping_sub(start);
    let low = word(text, end)?;
    if length.wrapping_sub(1) < 8 {
        return eight(low, length);
    }
    if length.wrapping_sub(9) < 8 {
        let high = eight(word(text, end.wrapping_sub(8))?, length.wrapping_sub(8))?;
        return Some(high.wrapping_mul(100_000_000).wrapping_add(eight(low, 8)?));
    }
    None
}

/// The eight bytes before `end`.
#[inline]
fn word(text: &[u8], end: usize) -> Option<u64> {
    let bytes = text.get(end.wrapping_sub(8)..end)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*bytes))
}

/// The number of the last `length` bytes of the word, 1 to 8.
#[inline]
fn eight(word: u64, length: usize) -> Option<u64> {
    let (number, odd) = packed(word, length);
    (odd & ODD == 0).then_some(number)
}

/// Bits that [`packed`] sets for a byte that is no digit; the others say nothing.
pub(crate) const ODD: u64 = 0x8080_8080_8080_8080;

/// The number of the last `length` bytes of the word, 1 to 8, and what tells whether all of them are digits.
#[inline]
pub(crate) fn packed(word: u64, length: usize) -> (u64, u64) {
    let digits = (word ^ 0x3030_3030_3030_3030) & u64::MAX.wrapping_shl(64_u32.wrapping_sub(8 * length as u32));
    let odd = digits.wrapping_add(0x7676_7676_7676_7676) | digits;
    // Neighbours are put together, then pairs, then fours; the first digit is in the lowest byte.
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000 << 32 | 1) >> 32, odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_digits() {
        assert_eq!(digits("0123"), Some(123));
        assert_eq!(digits("9223372036854775807"), Some(i64::MAX));
        for none in ["", "-", "-1", "+1", "1.5", "9223372036854775808", "1 ", "٣"] {
            assert_eq!(digits(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn at_once_is_like_one_by_one(before in "[ -~]{8}", text in "[0-9]{1,16}|[0-9]{10}|[0-9]{8}[ -~]{2}|[ -~]{1,16}", behind in "[ -~]{0,9}") {
            let all = format!("{before}{text}{behind}");
            let read = number(all.as_bytes(), before.len(), before.len() + text.len());
            prop_assert_eq!(read, digits(&text).map(i64::unsigned_abs));
        }
    }
}
