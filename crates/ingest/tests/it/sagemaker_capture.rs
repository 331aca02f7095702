use crate::support::{Rows, of, read, read_within};
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};
use sightline_ingest::{Decoded, Keep, Limits, Text};

const KEY: &str = "capture/fraud-endpoint/AllTraffic/2026/11/22/03/04-05-123-0a1b.jsonl";

fn record(input: Value, output: Value) -> Value {
    json!({
        "captureData": {"endpointInput": input, "endpointOutput": output},
        "eventMetadata": {"eventId": "e-1", "inferenceTime": "2026-11-22T03:04:05Z", "customAttributes": ["team=search"], "inferenceId": "i-1"},
        "eventVersion": "0",
    })
}

fn side(mode: &str, encoding: &str, data: &str) -> Value {
    json!({"observedContentType": "application/json", "mode": mode, "data": data, "encoding": encoding})
}

fn rows(text: Text, bytes: &[u8]) -> (Decoded, Rows) {
    read_within(Limits::default(), Keep { text, ..Keep::default() }, KEY, bytes)
}

fn chat() -> Value {
    let asked =
        json!({"messages": [{"role": "user", "content": "hello jane@corp.example"}], "stream": false}).to_string();
    let answered = json!({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}).to_string();
    record(side("INPUT", "JSON", &asked), side("OUTPUT", "JSON", &answered))
}

/// An object of this source.
pub(crate) fn sample() -> (&'static str, &'static str, Vec<u8>) {
    let other = record(side("INPUT", "CSV", "1,2"), side("OUTPUT", "BASE64", "AAEC"));
    ("sagemaker_capture", KEY, format!("{}\n{other}\n", chat()).into_bytes())
}

#[test]
fn every_column_of_a_captured_chat() {
    let (decoded, found) = rows(Text::Redacted, chat().to_string().as_bytes());
    assert_eq!((decoded.source, decoded.stats.records, decoded.stats.rejects), ("sagemaker_capture", 1, 0));
    assert_json_snapshot!(of(&found, "model_invocation")[0], @r#"
    {
      "request_id": "e-1",
      "event_time": "2026-11-22T03:04:05Z",
      "operation": "InvokeEndpoint",
      "model_id": "fraud-endpoint/AllTraffic",
      "streaming": false,
      "stop_reason": "stop",
      "input_tokens": 5,
      "output_tokens": 2,
      "input_bytes": 81,
      "output_bytes": 115,
      "messages": 1,
      "tool_names": [],
      "request_metadata": {
        "customAttributes": [
          "team=search"
        ],
        "inferenceId": "i-1"
      },
      "input_body": "inline",
      "output_body": "inline",
      "prompt": "user: hello [e-mail-address]",
      "completion": "hi",
      "object": "test",
      "line": 1
    }
    "#);
}

#[test]
fn data_of_every_encoding() {
    let cases = [
        record(side("INPUT", "CSV", "1,2,3"), side("OUTPUT", "CSV", "0.5")),
        record(side("INPUT", "BASE64", "eyJpbnB1dHMiOiJoZWxsbyJ9"), side("OUTPUT", "BASE64", "/////w==")),
        record(side("INPUT", "BASE64", "no base64!"), json!({"mode": "OUTPUT"})),
        record(json!({"data": {"inputs": "hello"}, "encoding": "JSON"}), json!([])),
        record(
            side("INPUT", "JSON", "{\"inputs\":\"hello\"}"),
            side("OUTPUT", "JSON", "[{\"generated_text\":\"hi\"}]"),
        ),
    ];
    let names = ["input_bytes", "output_bytes", "input_body", "output_body", "prompt", "completion"];
    let mut lines = String::new();
    for case in cases {
        let (decoded, found) = rows(Text::Whole, case.to_string().as_bytes());
        assert_eq!(decoded.stats.rejects, 0);
        let row = &of(&found, "model_invocation")[0];
        let told: Vec<_> =
            names.iter().filter_map(|name| row.get(name).map(|value| format!("{name}={value}"))).collect();
        lines += &format!("{}\n", told.join(" "));
    }
    assert_snapshot!(lines, @r#"
    input_bytes=5 output_bytes=3 input_body="inline" output_body="inline" prompt="1,2,3" completion="0.5"
    input_bytes=18 output_bytes=4 input_body="inline" output_body="inline" prompt="hello"
    input_bytes=10 input_body="inline" output_body="absent"
    input_bytes=18 input_body="inline" output_body="absent" prompt="hello"
    input_bytes=18 output_bytes=25 input_body="inline" output_body="inline" prompt="hello" completion="hi"
    "#);
}

#[test]
fn the_endpoint_is_in_the_key() {
    let bytes = chat().to_string();
    for (key, expected) in [
        (KEY, Some("fraud-endpoint/AllTraffic")),
        ("fraud-endpoint/v-1/2026/11/22/03/x.jsonl", Some("fraud-endpoint/v-1")),
        ("v-1/2026/11/22/03/x.jsonl", None),
        ("copied/x.jsonl", None),
    ] {
        let (decoded, found) = read(key, bytes.as_bytes());
        assert_eq!(decoded.source, "sagemaker_capture");
        assert_eq!(of(&found, "model_invocation")[0].get("model_id").and_then(Value::as_str), expected, "{key}");
    }
}

#[test]
fn what_is_no_record_costs_itself() {
    let good = chat().to_string();
    let text = format!(
        "{good}\n{}\n{{\"captureData\":7}}\nsecret words\n{}\n{good}",
        &good[..100],
        json!({"captureData": {}, "eventMetadata": {}})
    );
    let (decoded, _) = rows(Text::None, text.as_bytes());
    let reasons: Vec<_> = decoded
        .stats
        .reject_samples
        .iter()
        .map(|reject| format!("{}: {}{}", reject.line, reject.reason, reject.sample))
        .collect();
    assert_eq!(decoded.stats.records, 2);
    assert_snapshot!(reasons.join("\n"), @r#"
    2: the record is no JSON
    3: the record has no `captureData`
    4: the record is no JSON
    5: the record has no time
    "#);
}
