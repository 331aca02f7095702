//! `PutEvents` to an event bus of Amazon EventBridge: rules match `source` and `detail-type`.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>

use super::channel::{Post, Refused, connect, refused};
use crate::config::Access;
use serde_json::{Value, json};
use sightline_model::Arn;
use sightline_model::untrusted::shortened;

/// What rules know our events by.
const SOURCE: &str = "sightline";

pub(super) async fn send(bus: &Arn, access: &Access, post: &Post<'_>) -> Result<(), Refused> {
    let aws = connect(access).await?;
    let asked = aws.call(bus.region(), "events", "PutEvents", request(bus, post)).await;
    taken(&asked.map_err(|error| refused(&error))?)
}

fn request(bus: &Arn, post: &Post<'_>) -> Value {
    json!({ "Entries": [{
        "Source": SOURCE,
        "DetailType": post.notice.kind,
        // Text and numbers: there is nothing in it that could not be written.
        "Detail": serde_json::to_string(post.notice).unwrap_or_default(),
        "EventBusName": bus.to_string(),
        "Time": post.notice.at.to_string(),
    }]})
}

/// The call succeeds also where the event was not taken.
fn taken(answer: &Value) -> Result<(), Refused> {
    let Some(entry) = answer.pointer("/Entries/0") else {
        return Err(Refused::Later("the answer tells of no event".to_owned()));
    };
    match entry.get("ErrorCode").and_then(Value::as_str).filter(|code| !code.is_empty()) {
        None => Ok(()),
        Some(code) => {
            let message = entry.get("ErrorMessage").and_then(Value::as_str).unwrap_or_default();
            Err(Refused::Later(format!("{code}: {}", shortened(message, 200))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_succeeds_may_have_taken_nothing() {
        assert!(taken(&json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "e" }] })).is_ok());
        let failed = json!({ "FailedEntryCount": 1, "Entries": [{ "ErrorCode": "ThrottlingException", "ErrorMessage": "slow down" }] });
        let Err(Refused::Later(why)) = taken(&failed) else { panic!() };
        assert_eq!(why, "ThrottlingException: slow down");
        assert!(taken(&json!({})).is_err());
    }
}
