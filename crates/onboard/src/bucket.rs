//! Where a bucket is.

use crate::context::{Asked, Context, or_absent, text};
use serde_json::json;

/// The region of a bucket; nothing if there is no such bucket.
pub(crate) async fn location(context: &Context, bucket: &str) -> Asked<Option<String>> {
    let input = json!({"Bucket": bucket});
    let asked = context.ask(&context.parameters.home, "s3", "GetBucketLocation", input, "s3:GetBucketLocation").await;
    // Buckets of the first two regions answer in words of their own.
    Ok(or_absent(asked, "NoSuchBucket")?.map(|answer| match text(&answer, "/LocationConstraint") {
        "" => "us-east-1".to_owned(),
        "EU" => "eu-west-1".to_owned(),
        region => region.to_owned(),
    }))
}
