//! Access keys that AWS never gave out: of its documentation, and those that people give to emulators.

/// The keys of AWS's documentation end so.
const OF_DOCUMENTATION: &str = "EXAMPLE";

/// The shortest id that AWS gives out.
const SHORTEST: usize = 16;

/// Why a key's id is none of AWS's, if it is none.
pub(super) fn pretended(id: &str) -> Option<&'static str> {
    let is_form = (id.starts_with("AKIA") || id.starts_with("ASIA"))
        && id.len() >= SHORTEST
        && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if id.ends_with(OF_DOCUMENTATION) {
        Some("is one of AWS's documentation and opens nothing")
    } else if !is_form {
        Some("has not the form of AWS's (AKIA… or ASIA…) and is for an emulator")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::pretended;

    #[test]
    fn keys_of_emulators_and_of_documentation() {
        for id in
            ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "test", "testing", "dummy", "123456789012", "", "AKIA"]
        {
            assert!(pretended(id).is_some(), "{id}");
        }
        for id in ["AKIAQ3EGVT5LWMZ2XY4B", "ASIAQ3EGVT5LWMZ2XY4B"] {
            assert_eq!(pretended(id), None, "{id}");
        }
    }
}
