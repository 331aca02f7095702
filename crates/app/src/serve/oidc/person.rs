//! Who signed in, and the role that a claim of the ID token gives them.

use crate::config::Oidc;
use crate::serve::auth::Role;
use serde_json::{Map, Value};
use sightline_model::untrusted::shortened;

/// The longest name that is kept, in characters.
const LONGEST: usize = 100;

/// Who signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) issuer: String,
    /// The provider's own name for them, which never changes
    pub(crate) subject: String,
    /// For people
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// The highest role that the claims of a verified ID token give; nothing where none is mapped.
pub(crate) fn role(claims: &Map<String, Value>, settings: &Oidc) -> Option<Role> {
    // An address that nobody verified is whatever its owner wrote there.
    if settings.claim == "email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
        return None;
    }
    let found = claim(claims, &settings.claim)?;
    let values: Vec<&Value> = found.as_array().map_or_else(|| vec![found], |many| many.iter().collect());
    values.into_iter().filter_map(|value| settings.roles.get(value.as_str()?).copied()).max()
}

/// What people call them: never longer than a line.
pub(crate) fn name(claims: &Map<String, Value>, subject: &str) -> String {
    let is_verified = |key: &&&str| **key != "email" || claims.get("email_verified") == Some(&Value::Bool(true));
    let keys = ["email", "preferred_username", "name"];
    let said = keys.iter().filter(is_verified).find_map(|key| claims.get(*key)?.as_str());
    let name: String = said.unwrap_or(subject).chars().filter(|letter| !letter.is_control()).collect();
    shortened(name.trim(), LONGEST)
}

/// A claim by its name, which may have dots in it, or by the way that leads there.
fn claim<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    if let Some(found) = claims.get(path) {
        return Some(found);
    }
    let (first, rest) = path.split_once('.')?;
    claim(claims.get(first)?.as_object()?, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use serde_json::json;

    fn found(claim: &str, claims: Value) -> Option<Role> {
        let roles = [("read", Role::Viewer), ("boss", Role::Admin), ("a@b", Role::Operator)];
        let settings = Oidc {
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            secret: None,
            scopes: Vec::new(),
            redirect_url: String::new(),
            claim: claim.to_owned(),
            roles: roles.map(|(value, role)| (value.to_owned(), role)).into(),
            session: SignedDuration::from_hours(1),
        };
        role(claims.as_object().unwrap(), &settings)
    }

    #[test]
    fn the_highest_role_holds_and_nobody_has_one_by_default() {
        assert_eq!(found("groups", json!({ "groups": ["read", "other", "boss"] })), Some(Role::Admin));
        assert_eq!(found("groups", json!({ "groups": "read" })), Some(Role::Viewer));
        for nobody in [
            json!({}),
            json!({ "groups": [] }),
            json!({ "groups": ["Boss", " boss", 1, null, ["boss"]] }),
            json!({ "groups": { "boss": 1 } }),
        ] {
            assert_eq!(found("groups", nobody.clone()), None, "{nobody}");
        }
        assert_eq!(found("realm_access.roles", json!({ "realm_access": { "roles": ["boss"] } })), Some(Role::Admin));
        assert_eq!(
            found("https://x.example/roles", json!({ "https://x.example/roles": ["read"] })),
            Some(Role::Viewer)
        );
    }

    #[test]
    fn an_address_counts_where_it_was_verified() {
        assert_eq!(found("email", json!({ "email": "a@b", "email_verified": true })), Some(Role::Operator));
        for unverified in [
            json!({ "email": "a@b" }),
            json!({ "email": "a@b", "email_verified": "true" }),
            json!({ "email": "a@b", "email_verified": false }),
        ] {
            assert_eq!(found("email", unverified), None);
        }
    }

    #[test]
    fn names_fit_in_a_line() {
        let claims = json!({ "email": "a@b", "name": "x\n\u{1b}[31m" });
        assert_eq!(name(claims.as_object().unwrap(), "s"), "x[31m", "nobody verified the address");
        assert_eq!(name(&Map::new(), "s"), "s");
    }
}
