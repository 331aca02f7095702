//! Whether an instance's user data holds keys. The text is looked at and dropped: neither it nor a key is kept or told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use regex_automata::meta::Regex;
use std::io::Read as _;

/// What is looked for, and what it is called.
const KINDS: [(&str, &str); 4] = [
    (r"(?:^|[^A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?:$|[^A-Z0-9])", "an AWS access key"),
    (r#"(?i:aws_secret_access_key|aws_session_token)["']?\s*[:=]\s*["']?[A-Za-z0-9/+=]{16,}"#, "an AWS secret"),
    (r"\b(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=]{20,}", "a Bedrock API key"),
    (r"\bsk-[A-Za-z0-9_-]{20,}", "a model provider's API key"),
];

/// Longest text that is looked at, unpacked; EC2 takes 16 KB.
const LONGEST: u64 = 4 << 20;

/// What user data holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserData {
    Clean,
    /// by what it is called
    Key(&'static str),
    /// not as EC2 answers it, or packed in another way than cloud-init's
    Unreadable,
}

/// Reads user data as EC2 answers it.
pub(crate) fn read(encoded: &str) -> UserData {
    let packed: String = encoded.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let Ok(bytes) = STANDARD.decode(packed) else { return UserData::Unreadable };
    let Some(bytes) = unpacked(bytes) else { return UserData::Unreadable };
    let text = String::from_utf8_lossy(&bytes);
    let patterns = KINDS.map(|(pattern, _)| pattern);
    let Ok(regex) = Regex::new_many(&patterns) else { return UserData::Unreadable };
    match regex.find(text.as_ref()).and_then(|found| KINDS.get(found.pattern().as_usize())) {
        Some((_, name)) => UserData::Key(name),
        None => UserData::Clean,
    }
}

/// cloud-init takes user data that gzip packed.
fn unpacked(bytes: Vec<u8>) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(bytes);
    }
    let mut plain = Vec::new();
    GzDecoder::new(bytes.as_slice()).take(LONGEST).read_to_end(&mut plain).ok()?;
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::GzEncoder;

    #[test]
    fn keys_are_found_and_other_text_is_not() {
        let told = |text: &str| read(&STANDARD.encode(text));
        assert_eq!(told("export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"), UserData::Key("an AWS access key"));
        let secret = "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        assert_eq!(told(secret), UserData::Key("an AWS secret"));
        assert_eq!(told("OPENAI_API_KEY=sk-proj-0123456789abcdefghij"), UserData::Key("a model provider's API key"));
        assert_eq!(told("AWS_BEARER_TOKEN_BEDROCK=ABSKQmVkcm9ja0FQSUtleS0xMjM0"), UserData::Key("a Bedrock API key"));
        assert_eq!(told("#!/bin/sh\nyum install -y TAKIAIOSFODNN7EXAMPLES\n"), UserData::Clean);
        assert_eq!(read(""), UserData::Clean);
        let mut packed = GzEncoder::new("AKIAIOSFODNN7EXAMPLE".as_bytes(), Compression::fast());
        let mut bytes = Vec::new();
        packed.read_to_end(&mut bytes).unwrap();
        assert_eq!(read(&STANDARD.encode(bytes)), UserData::Key("an AWS access key"));
        assert_eq!(read(&STANDARD.encode([0x1f, 0x8b, 8, 0])), UserData::Unreadable);
        assert_eq!(read("no base64!"), UserData::Unreadable);
    }
}
