//! Whether calls of models are really logged: the newest record, and what Bedrock counts itself.

use crate::context::{Asked, Context, list};
use crate::newest;
use crate::parameters::Parameters;
use crate::verdict::{Judge, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The time that is looked back on.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// Records come within minutes, best effort: calls of the last hour need not be there yet.
const DELAY: SignedDuration = SignedDuration::from_hours(1);
/// Of records and their bodies; what Bedrock writes to try the bucket ends otherwise.
const RECORD: &str = ".json.gz";
const ACTION: &str = "cloudwatch:GetMetricStatistics";

/// Delivery, as far as it can be told. Old records are no fault where no model was called.
pub(crate) async fn delivered(context: &Context, region: &str, at: &Parameters, judge: &Judge) -> Verdict {
    let base = format!("{}AWSLogs/{}/BedrockModelInvocationLogs/{region}/", at.prefix, at.account_id);
    let place = format!("s3://{}/{base}", at.bucket);
    let (newest, calls, failures) = futures::join!(
        newest::delivered(context, &at.bucket, base, RECORD),
        counted(context, region, "Invocations"),
        counted(context, region, "ModelInvocationLogsS3DeliveryFailure"),
    );
    let counts = calls.and_then(|calls| Ok((calls, failures?)));
    let (newest, (calls, failures)) = match newest.and_then(|newest| Ok((newest, counts?))) {
        Err(unanswered) => return judge.unanswered(&unanswered),
        Ok(all) => all,
    };
    let call = format!("{ACTION} in {region}");
    let newest = newest.map(|then| newest::age(then, context.now));
    if let Some(failure) = failures.last {
        let since = newest::age(failure, context.now).1;
        let reason = format!(
            "Bedrock counts {} records of the last 24 hours that it could not deliver, the last {since} ago, though policy and key let it: \
             look at service control policies, the bucket's denials and its object lock",
            failures.sum
        );
        return judge.wrong(&call, reason, "");
    }
    let is_newer = |age: SignedDuration| calls.last.is_none_or(|last| context.now.duration_since(last) + DELAY >= age);
    match newest {
        Some((age, shown)) if is_newer(age) => {
            judge.ok("s3:ListObjectsV2", format!("the newest record is {shown} old"))
        }
        Some((_, shown)) => judge.wrong(
            &call,
            format!(
                "{} calls were made in the last 24 hours, and the newest record of {place} is {shown} old",
                calls.sum
            ),
            "",
        ),
        None => match calls.last {
            None => {
                judge.ok(&call, format!("no model was called in the last 24 hours: nothing had to come to {place}"))
            }
            Some(last) if context.now.duration_since(last) < DELAY => judge.cannot_tell(
                &call,
                format!("models were called, and nothing has come to {place} yet: look again in an hour"),
            ),
            Some(_) => {
                let reason =
                    format!("{} calls were made in the last 24 hours, and nothing has come to {place}", calls.sum);
                judge.wrong(&call, reason, "")
            }
        },
    }
}

/// What a metric says of the time that is looked back on.
struct Counted {
    sum: u64,
    /// the last quarter of an hour in which something was counted
    last: Option<Timestamp>,
}

async fn counted(context: &Context, region: &str, metric: &str) -> Asked<Counted> {
    let input = json!({
        "Namespace": "AWS/Bedrock",
        "MetricName": metric,
        "StartTime": (context.now - WINDOW).to_string(),
        "EndTime": context.now.to_string(),
        "Period": 900,
        "Statistics": ["Sum"],
    });
    let answer = context.ask(region, "cloudwatch", "GetMetricStatistics", input, ACTION).await?;
    let sum = |point: &Value| point.get("Sum").and_then(Value::as_f64).unwrap_or_default();
    let points = || list(&answer, "/Datapoints").filter(|point| sum(point) > 0.0);
    let times = points().filter_map(|point| point.get("Timestamp").and_then(Value::as_str)?.parse().ok());
    Ok(Counted { sum: rounded(points().map(sum).sum()), last: times.max() })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; it saturates")]
fn rounded(sum: f64) -> u64 {
    sum.round() as u64
}
