//! What is kept of a request's parameters: neither prompts nor secrets, and never much.

use serde_json::{Map, Value};
use sightline_model::untrusted::shortened;

/// Bytes of JSON that are kept.
pub(crate) const MOST: usize = 4096;
/// What AWS writes in place of a value it keeps to itself. It is kept, because it tells that something was there.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
/// Characters of one text that are kept.
const LONGEST_TEXT: usize = 512;
/// Elements of one array that are kept.
const MOST_ELEMENTS: usize = 50;
/// Set to true at the outermost object where parameters had to be removed to keep to the bound.
const CUT: &str = "sightline:cut";

/// Names, in small letters and without separators, of what holds content: prompts, documents, code, variables.
const CONTENT: [&str; 27] = [
    "additionalmodelrequestfields",
    "body",
    "content",
    "contents",
    "contentblocks",
    "document",
    "documents",
    "environment",
    "input",
    "inputbody",
    "inputdocument",
    "inputs",
    "inputtext",
    "instruction",
    "instructions",
    "messages",
    "payload",
    "prompt",
    "prompts",
    "promptvariables",
    "query",
    "retrievalquery",
    "sessionattributes",
    "sessionstate",
    "system",
    "text",
    "userdata",
];
/// Parts of names of what holds secrets.
const SECRET: [&str; 12] = [
    "apikey",
    "assertion",
    "authorization",
    "connectionstring",
    "cookie",
    "credential",
    "passphrase",
    "password",
    "passwd",
    "privatekey",
    "secret",
    "token",
];
/// Endings of names that hold the identity of a secret, not the secret.
const IDENTIFIER: [&str; 3] = ["id", "arn", "name"];

/// The parameters without content and secrets, as JSON of at most 4,096 bytes.
pub(crate) fn kept(parameters: Option<&Value>) -> Value {
    let mut kept = parameters.map_or(Value::Null, clean);
    match &mut kept {
        Value::Object(members) => bound(members),
        other if other.to_string().len() > MOST => kept = Value::Null,
        _ => {}
    }
    kept
}

fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(shortened(if looks_secret(text) { "" } else { text }, LONGEST_TEXT)),
        Value::Array(elements) => elements.iter().take(MOST_ELEMENTS).map(clean).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, value)| is_hidden(value) || !is_withheld(name, value))
                .map(|(name, value)| (name.clone(), clean(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn is_hidden(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(HIDDEN) && text.len() <= 2 * HIDDEN.len())
}

fn is_withheld(name: &str, value: &Value) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if CONTENT.contains(&name.as_str()) {
        return true;
    }
    // Counts and flags, such as `maxTokens` and `callWithBearerToken`, give nothing away.
    let harmless = value.is_boolean() || (value.is_number() && name.contains("token"));
    SECRET.iter().any(|part| name.contains(part))
        && !harmless
        && !IDENTIFIER.iter().any(|ending| name.ends_with(ending))
}

/// Whether a text is a secret whatever its name says: a PEM block, a JSON web token, a Bedrock API key.
fn looks_secret(text: &str) -> bool {
    text.contains("-----BEGIN") || (text.starts_with("eyJ") && text.split('.').count() == 3) || text.contains("ABSK")
}

/// Removes the largest members until the rest keeps to the bound. Each is measured once: a request may have many thousands.
fn bound(members: &mut Map<String, Value>) {
    let size =
        |name: &String, value: &Value| Value::String(name.clone()).to_string().len() + value.to_string().len() + 2;
    let mut sizes: Vec<(usize, String)> =
        members.iter().map(|(name, value)| (size(name, value), name.clone())).collect();
    let mut total: usize = sizes.iter().map(|(size, _)| size + 1).sum();
    if total <= MOST {
        return;
    }
    total += CUT.len() + 10;
    sizes.sort();
    while total > MOST {
        let Some((size, largest)) = sizes.pop() else { break };
        members.shift_remove(&largest);
        total -= size + 1;
    }
    members.insert(CUT.to_owned(), Value::Bool(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn content_and_secrets_go() {
        let request = json!({
            "modelId": "m", "messages": [{"role": "user"}], "inputText": "hello", "maxTokens": 5,
            "inferenceConfig": {"maxTokens": 5, "system": "x"}, "masterUserPassword": "hunter2", "password": 1234,
            "secretId": "prod/db", "SecretString": "s", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "token": HIDDEN, "prompt": HIDDEN,
            "callWithBearerToken": true, "x-api-key": "k", "note": "-----BEGIN PRIVATE KEY-----", "policyDocument": "{}"
        });
        assert_eq!(
            kept(Some(&request)),
            json!({
                "modelId": "m", "maxTokens": 5, "inferenceConfig": {"maxTokens": 5}, "secretId": "prod/db",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "token": HIDDEN, "prompt": HIDDEN, "callWithBearerToken": true, "note": "",
                "policyDocument": "{}"
            })
        );
        assert_eq!(kept(None), Value::Null);
        assert_eq!(kept(Some(&json!(HIDDEN))), json!(HIDDEN));
    }

    #[test]
    fn the_largest_goes_first() {
        let many: Vec<String> = (0..50).map(|n| format!("{n:0200}")).collect();
        assert_eq!(kept(Some(&json!({"small": 1, "large": many}))), json!({"small": 1, "sightline:cut": true}));
    }

    proptest! {
        #[test]
        fn never_more_than_the_bound(names in prop::collection::vec("\\PC{0,40}", 0..60), text in "\\PC{0,600}") {
            let request: Map<String, Value> = names.into_iter().map(|name| (name, json!([text, text]))).collect();
            prop_assert!(kept(Some(&Value::Object(request))).to_string().len() <= MOST);
        }
    }
}
