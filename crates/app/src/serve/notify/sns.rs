//! `Publish` to a topic of Amazon SNS: the notice as JSON, with its type as an attribute that subscriptions can filter by.
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use super::channel::{Post, Refused, connect, refused};
use crate::config::Access;
use serde_json::{Value, json};
use sightline_model::Arn;

/// Characters of a subject, which has ASCII alone.
const LONGEST_SUBJECT: usize = 100;

pub(super) async fn send(topic: &Arn, access: &Access, post: &Post<'_>) -> Result<(), Refused> {
    let aws = connect(access).await?;
    let asked = aws.call(topic.region(), "sns", "Publish", request(topic, post)).await;
    asked.map(drop).map_err(|error| refused(&error))
}

fn request(topic: &Arn, post: &Post<'_>) -> Value {
    let printable = |letter: &char| letter.is_ascii_graphic() || *letter == ' ';
    let subject: String =
        format!("Sightline: {}", post.notice.title).chars().filter(printable).take(LONGEST_SUBJECT).collect();
    let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
    json!({
        "TopicArn": topic.to_string(),
        "Subject": subject,
        // Text and numbers: there is nothing in it that could not be written.
        "Message": serde_json::to_string(post.notice).unwrap_or_default(),
        "MessageAttributes": { "type": text(&post.notice.kind), "id": text(post.id) },
    })
}
