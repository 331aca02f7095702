//! What stands where in 64 bytes of JSON: masks whose bit n is byte n.

use wide::u8x16;

/// Bytes of a block.
pub(crate) const WIDTH: usize = 64;
/// Bytes that are compared at once.
const LANE: usize = 16;

/// Where the bytes stand that matter, inside of strings or not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `"`
    pub(crate) quotes: u64,
    /// `\`
    pub(crate) backslashes: u64,
    /// `{` and `[`
    pub(crate) opening: u64,
    /// `}` and `]`
    pub(crate) closing: u64,
    /// bytes below the blank
    pub(crate) control: u64,
}

impl Masks {
    #[inline]
    pub(crate) fn of(block: &[u8; WIDTH]) -> Self {
        let lanes = block.as_chunks::<LANE>().0;
        let mut masks = Self::default();
        let mut odd = u8x16::ZERO;
        for (place, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            // `[` and `{` differ in one bit, and so do `]` and `}`: with it set, two comparisons find all four.
            let set = bytes | u8x16::splat(0x20);
            masks.quotes |= bits(equal(bytes, b'"'), place);
            masks.opening |= bits(equal(set, b'{'), place);
            masks.closing |= bits(equal(set, b'}'), place);
            odd |= equal(bytes, b'\\') | control(bytes);
        }
        // Most blocks have none of them.
        if odd.to_bitmask() != 0 {
            for (place, lane) in lanes.iter().enumerate() {
                let bytes = u8x16::new(*lane);
                masks.backslashes |= bits(equal(bytes, b'\\'), place);
                masks.control |= bits(control(bytes), place);
            }
        }
        masks
    }
}

#[inline]
fn equal(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

#[inline]
fn control(bytes: u8x16) -> u8x16 {
    bytes.min(u8x16::splat(0x1f)).simd_eq(bytes)
}

/// The lane's bits, at its place in the block.
#[inline]
fn bits(found: u8x16, place: usize) -> u64 {
    u64::from(found.to_bitmask()) << (place * LANE)
}

/// Bit n is set where an odd number of bits up to n is set: from each opening quote to the byte before the closing one.
#[inline]
pub(crate) fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn masks_are_those_of_each_byte(block in prop::collection::vec(any::<u8>(), WIDTH)) {
            let block: [u8; WIDTH] = block.try_into().unwrap();
            let bits = |wanted: &dyn Fn(u8) -> bool| {
                block.iter().enumerate().filter(|(_, byte)| wanted(**byte)).fold(0_u64, |bits, (place, _)| bits | 1 << place)
            };
            let expected = Masks {
                quotes: bits(&|byte| byte == b'"'),
                backslashes: bits(&|byte| byte == b'\\'),
                opening: bits(&|byte| byte == b'{' || byte == b'['),
                closing: bits(&|byte| byte == b'}' || byte == b']'),
                control: bits(&|byte| byte < 0x20),
            };
            prop_assert_eq!(Masks::of(&block), expected);
        }

        #[test]
        fn a_prefix_is_odd_or_even(bits in any::<u64>(), place in 0u32..64) {
            let below = bits & (u64::MAX >> (63 - place));
            prop_assert_eq!(prefix_xor(bits) >> place & 1, u64::from(below.count_ones() % 2));
        }
    }
}
