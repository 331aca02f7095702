//! The embedded models, each assembled when it is first asked for.

use crate::assemble::assemble;
use crate::error::AwsError;
use crate::shape::Service;
use std::sync::OnceLock;

#[expect(unreachable_pub, reason = "the registry's build script writes public items")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}

/// File of `models/` that is no service: see [`crate::endpoint`].
pub(crate) const ENDPOINTS: &str = "endpoints.json";

type Slot = OnceLock<Result<Service, String>>;

static SLOTS: [Slot; embedded::ALL.len()] = [const { OnceLock::new() }; embedded::ALL.len()];

/// The model of a service.
///
/// # Errors
/// When no model of this name is embedded.
pub fn model(service: &str) -> Result<&'static Service, AwsError> {
    let unknown = || AwsError::UnknownService(sightline_model::untrusted::shortened(service, 100));
    let named = |(path, _): &(&str, &str)| path.strip_suffix(".json") == Some(service) && *path != ENDPOINTS;
    let index = embedded::ALL.iter().position(named).ok_or_else(unknown)?;
    let ((path, text), slot) = embedded::ALL.get(index).zip(SLOTS.get(index)).ok_or_else(unknown)?;
    let key = path.strip_suffix(".json").unwrap_or(path);
    slot.get_or_init(|| assemble(key, text))
        .as_ref()
        .map_err(|reason| AwsError::BadModel { service: key.to_owned(), reason: reason.clone() })
}

/// The keys of all embedded models, sorted.
pub fn services() -> impl Iterator<Item = &'static str> {
    embedded::ALL.iter().filter(|(path, _)| *path != ENDPOINTS).filter_map(|(path, _)| path.strip_suffix(".json"))
}

/// The text of an embedded file, empty when there is none of this name.
pub(crate) fn text(path: &str) -> &'static str {
    embedded::ALL.iter().find(|(name, _)| *name == path).map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_embedded_model_can_be_assembled() {
        let mut seen = 0;
        for key in super::services() {
            assert_eq!(super::model(key).unwrap().key(), key);
            seen += 1;
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn what_is_not_embedded_is_an_error() {
        assert_eq!(super::model("endpoints").unwrap_err().to_string(), "no API model of a service `endpoints`");
    }
}
