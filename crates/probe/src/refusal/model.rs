//! The embedded weights: `SLR1`, the step and the bias as little-endian 32-bit floats, then one signed byte a bucket.

use super::features;

static FILE: &[u8] = include_bytes!("../../data/refusal/model.bin");

const HEADER: usize = 12;

/// The score on the scale of logits.
pub(super) fn logit(request: &str, answer: &str) -> f64 {
    let float = |at: usize| {
        let bytes = FILE.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
        f64::from(f32::from_le_bytes(bytes))
    };
    let (step, bias) = (float(4), float(8));
    let weights = FILE.get(HEADER..).unwrap_or_default();
    let weight = |bucket: &usize| weights.get(*bucket).map_or(0, |byte| i64::from(i8::from_ne_bytes([*byte])));
    let sum: f64 = features::spaces(request, answer)
        .iter()
        .map(|space| space.value * space.buckets.iter().map(weight).sum::<i64>() as f64)
        .sum();
    step * sum + bias
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        assert_eq!((FILE.get(..4), FILE.len()), (Some(&b"SLR1"[..]), HEADER + features::BUCKETS));
    }
}
