//! A record of Bedrock's model invocation logging.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>

use super::content::Collected;
use super::node::{Node, Parser};
use super::row::Invocation;
use super::usage::Usage;
use super::{body, completion, metadata, prompt};
use crate::envelope::Message;
use crate::{Batch, ObjectRef, Stats, Text};
use jiff::Timestamp;

/// Value of `schemaType`.
const SCHEMA: &str = "ModelInvocationLog";
/// What Bedrock writes into a log group, and into the marker object of a bucket, when logging is switched on.
const PERMISSION_CHECK: &[u8] = b"Permissions are correctly set";
/// The folder in the key before the region, behind the account.
const FOLDER: &str = "BedrockModelInvocationLogs";

/// Takes a record: it becomes a row, or a reject, whose text is withheld.
pub(crate) fn take(
    message: &Message<'_>,
    object: &ObjectRef<'_>,
    line: i64,
    parser: &mut Parser,
    batch: &mut Batch<'_>,
    stats: &mut Stats,
) {
    if message.text.trim_ascii().starts_with(PERMISSION_CHECK) {
        stats.passed_over += 1;
        return;
    }
    let read = parser.read(&message.text).map_err(|fault| format!("the record {fault}"));
    match read.and_then(|tape| row(Node::of(&tape), message, object, line, batch)) {
        Err(reason) => stats.reject(line, reason, ""),
        Ok(invocation) => {
            stats.records += 1;
            stats.saw(invocation.time, invocation.time);
            if stats.account_id.is_empty() {
                stats.account_id.clone_from(&invocation.account_id);
                stats.region.clone_from(&invocation.region);
            }
            invocation.write(batch);
        }
    }
}

fn row<'o>(
    record: Node<'_>,
    message: &Message<'_>,
    object: &ObjectRef<'o>,
    line: i64,
    batch: &Batch<'_>,
) -> Result<Invocation<'o>, String> {
    let schema = record.at("schemaType");
    if schema.is_told() && schema.str() != Some(SCHEMA) {
        return Err("the record is of another schema than `ModelInvocationLog`".to_owned());
    }
    let mut row = Invocation {
        request_id: record.at("requestId").text(),
        time: time(record.at("timestamp"), message)?,
        account_id: told(&record.at("accountId").text(), object.segment_before(FOLDER), &message.owner),
        region: told(&record.at("region").text(), object.segment_after(FOLDER), ""),
        inference_region: record.at("inferenceRegion").text(),
        operation: record.at("operation").text(),
        model_id: record.at("modelId").text(),
        identity_arn: record.at("identity").at("arn").text(),
        error_code: error(record),
        request_metadata: metadata::kept(record.at("requestMetadata").members()),
        input_path: record.at("input").at("inputBodyS3Path").text(),
        output_path: record.at("output").at("outputBodyS3Path").text(),
        object: object.uri,
        line,
        ..Invocation::default()
    };
    if row.model_id.is_empty() && row.operation.is_empty() {
        return Err("the record has neither `modelId` nor `operation`".to_owned());
    }
    row.usage = counted(record);
    row.answer.verdict.asked(record);
    let asks_for_stream = read_input(record, &mut row, batch);
    let is_stream = read_output(record, &mut row, batch);
    row.streaming = streaming(&row.operation, asks_for_stream.or(is_stream));
    Ok(row)
}

/// Reads the request; tells whether it asks for a stream.
fn read_input(record: Node<'_>, row: &mut Invocation<'_>, batch: &Batch<'_>) -> Option<bool> {
    let keep = batch.keep().text;
    let mut text = Collected::default();
    let mut asks_for_stream = None;
    let Invocation { messages, answer, input_path, .. } = row;
    // Nothing but the text is worth a request to S3.
    let found =
        body::visit(record.at("input").at("inputBodyJson"), input_path, keep != Text::None, batch, &mut |request| {
            *messages = prompt::messages(request);
            answer.verdict.asked(request);
            asks_for_stream = request.at("stream").flag();
            if keep != Text::None {
                prompt::collect(request, &mut text);
            }
        });
    row.input = found;
    row.prompt = row.input.bytes.and_then(|_| text.finish(keep));
    asks_for_stream
}

/// Reads the answer; tells whether it is a stream's, where it was read.
fn read_output(record: Node<'_>, row: &mut Invocation<'_>, batch: &Batch<'_>) -> Option<bool> {
    let keep = batch.keep().text;
    let mut text = Collected::default();
    let mut is_stream = None;
    let Invocation { answer, output_path, .. } = row;
    answer.verdict.keep_match = keep == Text::Whole;
    // Why it ended and what the guardrail did stand nowhere else.
    let found = body::visit(record.at("output").at("outputBodyJson"), output_path, true, batch, &mut |body| {
        answer.learn(body);
        is_stream = Some(body.is_array());
        if keep != Text::None {
            completion::collect(body, &mut text);
        }
    });
    row.output = found;
    row.completion = row.output.bytes.and_then(|_| text.finish(keep));
    is_stream
}

fn counted(record: Node<'_>) -> Usage {
    let mut usage = Usage::default();
    usage.learn(record.at("input"));
    usage.learn(record.at("output"));
    usage
}

/// The code, or the status where that is one of an error.
fn error(record: Node<'_>) -> String {
    let code = record.at("errorCode").text();
    let failed = record.at("status").count().filter(|status| *status >= 400);
    if code.is_empty() { failed.map(|status| status.to_string()).unwrap_or_default() } else { code }
}

/// By the operation where it tells; for the others by the request, or the answer.
fn streaming(operation: &str, asked: Option<bool>) -> Option<bool> {
    match operation {
        "ConverseStream" | "InvokeModelWithResponseStream" | "InvokeModelWithBidirectionalStream" => Some(true),
        "Converse" | "InvokeModel" => Some(false),
        _ => asked,
    }
}

/// The record's time, else the message's.
pub(crate) fn time(timestamp: Node<'_>, message: &Message<'_>) -> Result<i64, String> {
    let text = timestamp.str().and_then(|text| text.trim().parse::<Timestamp>().ok()).map(Timestamp::as_microsecond);
    // Numbers are seconds before they are milliseconds: 100,000,000,000 s is the year 5138.
    let number = timestamp
        .count()
        .and_then(|number| number.checked_mul(if number < 100_000_000_000 { 1_000_000 } else { 1000 }));
    let stamped = text.or(number).or(message.time);
    let in_range = stamped.filter(|time| Timestamp::from_microsecond(*time).is_ok());
    in_range.ok_or_else(|| "the record has no time".to_owned())
}

/// The first that tells something.
fn told(first: &str, second: Option<&str>, third: &str) -> String {
    let first = Some(first).filter(|text| !text.is_empty());
    first.or(second).unwrap_or(third).to_owned()
}
