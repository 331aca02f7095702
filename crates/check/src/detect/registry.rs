//! All detections: those embedded from `detections/`.

use sightline_model::pattern::matches;

use crate::CheckError;
use crate::detect::detection::Detection;
use crate::detect::read;
use crate::shared::Shared;

#[expect(unreachable_pub, reason = "generated")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/detections.rs"));
}

#[expect(unreachable_pub, reason = "generated")]
mod embedded_shared {
    include!(concat!(env!("OUT_DIR"), "/detections_shared.rs"));
}

/// The queries that detections share: `detections/shared/<name>.sql`.
pub(crate) fn shared() -> Shared {
    Shared::of_files(embedded_shared::ALL)
}

/// Every detection that ships, by id.
///
/// # Errors
/// A detection's file is broken; a test of this crate keeps that from being shipped.
pub fn detections() -> Result<Vec<Detection>, CheckError> {
    let shared = shared();
    let mut detections =
        embedded::ALL.iter().map(|(file, text)| read::parse(file, text, &shared)).collect::<Result<Vec<_>, _>>()?;
    detections.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(detections)
}

/// The detections that any of the patterns means, all where there is none. A pattern matches an id, a severity, a stage or a tactic.
///
/// # Errors
/// A pattern that matches none: a misspelt name must not look like a clean result.
pub fn selected(detections: Vec<Detection>, patterns: &[String]) -> Result<Vec<Detection>, CheckError> {
    let means = |pattern: &String, detection: &Detection| detection.names().iter().any(|name| matches(pattern, name));
    for pattern in patterns {
        if !detections.iter().any(|detection| means(pattern, detection)) {
            let pattern = sightline_model::untrusted::shortened(pattern, 80);
            return Err(CheckError::DetectionSelection { pattern });
        }
    }
    let chosen =
        |detection: &Detection| patterns.is_empty() || patterns.iter().any(|pattern| means(pattern, detection));
    Ok(detections.into_iter().filter(chosen).collect())
}
