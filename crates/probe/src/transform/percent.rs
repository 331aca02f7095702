//! Percent signs and hexadecimal digits, as in addresses.

use crate::transform::Transform;
use std::fmt::Write as _;

pub static UNIT: Percent = Percent;

pub struct Percent;

impl Transform for Percent {
    fn name(&self) -> &'static str {
        "percent"
    }

    fn note(&self) -> &'static str {
        "Copied from an address bar, so it is URL-encoded. Decode it and answer:"
    }

    fn encode(&self, text: &str) -> String {
        text.bytes().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "%{byte:02X}");
            out
        })
    }

    fn read(&self, answer: &str) -> String {
        if answer.contains('%') { percent_decoded(answer) } else { String::new() }
    }
}

/// What is not encoded stays.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.filter(|code| !code.starts_with('+')).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
