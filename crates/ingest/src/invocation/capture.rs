//! A record of SageMaker's data capture: what went into an endpoint, and what came out.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html>

use super::body::{self, Found};
use super::content::Collected;
use super::node::{Node, Parser};
use super::row::Invocation;
use super::{bedrock, completion, metadata, prompt};
use crate::envelope::Message;
use crate::{Batch, ObjectRef, Stats, Text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

/// Folders for year, month, day and hour, before the file.
const DATE_FOLDERS: usize = 4;

/// Takes a record: it becomes a row, or a reject, whose text is withheld.
pub(crate) fn take(
    message: &Message<'_>,
    object: &ObjectRef<'_>,
    line: i64,
    parser: &mut Parser,
    batch: &mut Batch<'_>,
    stats: &mut Stats,
) {
    let read = parser.read(&message.text).map_err(|fault| format!("the record {fault}"));
    match read.and_then(|tape| row(Node::of(&tape), message, object, line, batch)) {
        Err(reason) => stats.reject(line, reason, ""),
        Ok(invocation) => {
            stats.records += 1;
            stats.saw(invocation.time, invocation.time);
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
    let (captured, event) = (record.at("captureData"), record.at("eventMetadata"));
    if !captured.is_object() {
        return Err("the record has no `captureData`".to_owned());
    }
    let keep = batch.keep().text;
    let mut row = Invocation {
        request_id: event.at("eventId").text(),
        time: bedrock::time(event.at("inferenceTime"), message)?,
        operation: "InvokeEndpoint".to_owned(),
        model_id: endpoint(object).unwrap_or_default(),
        request_metadata: metadata::kept(
            event.members().filter(|(name, _)| matches!(*name, "customAttributes" | "inferenceId")),
        ),
        object: object.uri,
        line,
        ..Invocation::default()
    };
    let mut said = Collected::default();
    let Invocation { messages, answer, streaming, .. } = &mut row;
    answer.verdict.keep_match = keep == Text::Whole;
    let input = data(side(captured, "Input"), &mut |request| {
        *messages = prompt::messages(request);
        *streaming = request.at("stream").flag();
        if keep != Text::None {
            prompt::collect(request, &mut said);
        }
    });
    let mut answered = Collected::default();
    let output = data(side(captured, "Output"), &mut |body| {
        answer.learn(body);
        if keep != Text::None {
            completion::collect(body, &mut answered);
        }
    });
    row.prompt = input.bytes.and_then(|_| said.finish(keep));
    row.completion = output.bytes.and_then(|_| answered.finish(keep));
    (row.input, row.output) = (input, output);
    Ok(row)
}

/// `endpointInput`, or that of another kind of inference.
fn side<'t>(captured: Node<'t>, end: &str) -> Node<'t> {
    captured.members().find(|(name, _)| name.ends_with(end)).map(|(_, side)| side).unwrap_or_default()
}

/// Shows what was captured. Bytes that are no text are counted alone.
fn data(side: Node<'_>, see: &mut dyn FnMut(Node<'_>)) -> Found {
    let data = side.at("data");
    let Some(text) = data.str() else {
        if !data.is_told() {
            return Found { state: "absent", bytes: None };
        }
        see(data);
        return Found { state: "inline", bytes: Some(data.json_length()) };
    };
    let is_packed = side.at("encoding").str().is_some_and(|encoding| encoding.eq_ignore_ascii_case("BASE64"));
    let bytes = match is_packed.then(|| STANDARD.decode(text.trim())) {
        None => Cow::Borrowed(text.as_bytes()),
        Some(Ok(bytes)) => Cow::Owned(bytes),
        Some(Err(_)) => return Found { state: "inline", bytes: i64::try_from(text.len()).ok() },
    };
    let otherwise = if is_packed { Node::default() } else { data };
    body::visit_text(&bytes, otherwise, see);
    Found { state: "inline", bytes: i64::try_from(bytes.len()).ok() }
}

/// `<endpoint>/<variant>` of the key `<prefix>/<endpoint>/<variant>/yyyy/mm/dd/hh/<file>`.
fn endpoint(object: &ObjectRef<'_>) -> Option<String> {
    let mut folders = object.segments().rev().skip(1);
    let is_date =
        folders.by_ref().take(DATE_FOLDERS).filter(|folder| folder.bytes().all(|byte| byte.is_ascii_digit())).count();
    let variant = folders.next().filter(|_| is_date == DATE_FOLDERS)?;
    folders.next().map(|endpoint| format!("{endpoint}/{variant}"))
}
