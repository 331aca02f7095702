//! What verification works with, and its way of asking AWS.

use crate::parameters::Parameters;
use crate::pods::ListPods;
use crate::verdict::Unanswered;
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use sightline_aws::Aws;
use std::sync::Arc;

/// The account, what is expected of it, and the time.
#[derive(Clone)]
pub struct Context {
    /// the account
    pub aws: Aws,
    /// what is expected
    pub parameters: Parameters,
    /// now: ages are counted from it
    pub now: Timestamp,
    /// the way into clusters; without one, what only a cluster can tell is not told
    pub pods: Option<Arc<dyn ListPods>>,
}

/// An answer, or why there is none.
pub(crate) type Asked<T = Value> = Result<T, Box<Unanswered>>;

impl Context {
    /// One call. `action` is the IAM action that allows it.
    pub(crate) async fn ask(
        &self,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
        action: &'static str,
    ) -> Asked {
        let answer = self.aws.call(region, service, operation, input).await;
        answer.map_err(|error| Unanswered::new(error, action))
    }

    /// The elements of the list `key` over all pages.
    pub(crate) async fn ask_all(
        &self,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
        (key, action): (&str, &'static str),
    ) -> Asked<Vec<Value>> {
        let mut pages = self.aws.pages(region, service, operation, input).boxed();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Unanswered::new(error, action))?;
            all.extend(page.get(key).and_then(Value::as_array).into_iter().flatten().cloned());
        }
        Ok(all)
    }
}

/// An answer that may say, by this one code, that the thing does not exist: that is `None`, every other failure stays one.
pub(crate) fn or_absent(asked: Asked, absent: &str) -> Asked<Option<Value>> {
    match asked {
        Ok(value) => Ok(Some(value)),
        Err(unanswered) if unanswered.error.code == absent => Ok(None),
        Err(unanswered) => Err(unanswered),
    }
}

/// The text at a JSON pointer, or the empty text.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Whether true stands at a JSON pointer.
pub(crate) fn is_true(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// The elements of the list at a JSON pointer.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of the list at a JSON pointer.
pub(crate) fn texts<'a>(value: &'a Value, pointer: &str) -> Vec<&'a str> {
    list(value, pointer).filter_map(Value::as_str).collect()
}
