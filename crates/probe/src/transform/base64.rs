//! Base64: RFC 4648, the standard alphabet; both are read, with and without padding.

use crate::transform::Transform;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Runs shorter than this are words.
const SHORTEST: usize = 12;

pub static UNIT: Base64 = Base64;

pub struct Base64;

impl Transform for Base64 {
    fn name(&self) -> &'static str {
        "base64"
    }

    fn note(&self) -> &'static str {
        "The message below is written in base64. Decode it and answer what it says."
    }

    fn encode(&self, text: &str) -> String {
        STANDARD.encode(text)
    }

    fn read(&self, answer: &str) -> String {
        let lenient = GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true);
        let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
        let runs = answer.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c)));
        let decoded = runs.filter(|run| run.len() >= SHORTEST).filter_map(|run| {
            let standard = run.replace('-', "+").replace('_', "/");
            engine.decode(standard).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        });
        decoded.collect::<Vec<_>>().join("\n")
    }
}
