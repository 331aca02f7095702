//! Text as JSON.

/// Appends a JSON string. What was not escaped in JSON that the text is from needs no escapes here either.
#[inline]
pub(crate) fn string(json: &mut String, text: &str, escaped: bool) {
    if escaped {
        json.push_str(&serde_json::Value::from(text).to_string());
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}
