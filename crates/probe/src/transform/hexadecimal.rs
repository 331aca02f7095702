//! Hexadecimal digits of UTF-8, with or without spaces between the bytes.

use crate::transform::Transform;
use std::fmt::Write as _;

/// Runs shorter than this are words or numbers.
const SHORTEST: usize = 12;

pub static UNIT: Hexadecimal = Hexadecimal;

pub struct Hexadecimal;

impl Transform for Hexadecimal {
    fn name(&self) -> &'static str {
        "hexadecimal"
    }

    fn note(&self) -> &'static str {
        "My keyboard sends hexadecimal (UTF-8). Please read this and reply to it:"
    }

    fn encode(&self, text: &str) -> String {
        text.bytes().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
    }

    fn read(&self, answer: &str) -> String {
        let mut runs = Vec::new();
        let mut run = String::new();
        // Words of two digits that follow each other are bytes of one run; `0x` and commas may stand between them.
        for word in answer.split(|c: char| c.is_whitespace() || ",:;\"'`\\".contains(c)).filter(|word| !word.is_empty())
        {
            let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix('x')).unwrap_or(word);
            if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                run.push_str(digits);
                continue;
            }
            runs.push(std::mem::take(&mut run));
            runs.extend(digits.split(|c: char| !c.is_ascii_hexdigit()).map(str::to_owned));
        }
        runs.push(run);
        runs.iter().filter(|run| run.len() >= SHORTEST).map(|run| bytes(run)).collect::<Vec<_>>().join("\n")
    }
}

fn bytes(digits: &str) -> String {
    let values: Vec<u8> =
        digits.chars().filter_map(|c| c.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    let bytes: Vec<u8> = values.chunks_exact(2).filter_map(|pair| Some(pair.first()? * 16 + pair.get(1)?)).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
