//! Members of AWS's answers, which may lack any of them.

use serde_json::Value;

/// A member's text.
pub(super) fn text<'v>(answer: &'v Value, key: &str) -> Option<&'v str> {
    answer.get(key)?.as_str()
}

/// A member's number.
pub(super) fn number(answer: &Value, key: &str) -> Option<i64> {
    answer.get(key)?.as_i64()
}

/// The items of a member; none where it is absent.
pub(super) fn items<'v>(answer: &'v Value, key: &str) -> &'v [Value] {
    answer.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The input with one more member.
pub(super) fn with(mut input: Value, key: &str, value: impl Into<Value>) -> Value {
    if let Some(members) = input.as_object_mut() {
        members.insert(key.to_owned(), value.into());
    }
    input
}
