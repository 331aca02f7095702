//! Texts of a bill of materials: safe to print, and bounded.

use super::document::Property;
use sha2::{Digest, Sha256};
use sightline_model::untrusted::{for_terminal, shortened};

/// Characters of a name, of any other text, and of a `bom-ref`.
const NAME: usize = 300;
const TEXT: usize = 1_000;
const REFERENCE: usize = 1_024;

/// A name; never empty.
pub(super) fn name(text: &str) -> String {
    let text = shortened(&for_terminal(text), NAME);
    if text.is_empty() { "unnamed".to_owned() } else { text }
}

pub(super) fn text(text: &str) -> String {
    shortened(&for_terminal(text), TEXT)
}

/// What something is called in the document. Names of CycloneDX's own links begin with `urn:cdx:`: a log must not forge one.
pub(super) fn reference(of: &str) -> String {
    let safe = for_terminal(of);
    if safe == of && !of.is_empty() && !of.starts_with("urn:cdx:") && of.len() <= REFERENCE {
        return safe;
    }
    // Two texts that look the same when they are cut are still two.
    let digest: String = Sha256::digest(of).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("ref:{}#{digest}", shortened(&safe, NAME))
}

pub(super) fn property(name: &str, value: impl AsRef<str>) -> Property {
    Property { name: format!("sightline:{name}"), value: text(value.as_ref()) }
}

/// The last part of an ARN, or the text.
pub(super) fn short(arn: &str) -> &str {
    if arn.starts_with("arn:") { arn.rsplit(['/', ':']).next().unwrap_or(arn) } else { arn }
}
