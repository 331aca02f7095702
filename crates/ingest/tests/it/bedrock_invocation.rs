//! Records of every shape that Bedrock documents, and what becomes of each.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use crate::support::{Rows, gzip, of, read, read_beside, read_within};
use insta::{assert_json_snapshot, assert_snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};
use sightline_ingest::{Decoded, Input, Keep, Limits, NoSidecars, Sidecar, Sidecars, Status, Text};

const KEY: &str =
    "p/AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/22/03/20261122T030405123Z_0a1b.json.gz";
const CANARY: &str = "the canary sings at dawn";

/// A record with what every record has, and more.
fn record(operation: &str, input: Value, output: Value) -> Value {
    json!({
        "timestamp": "2026-11-22T03:04:05Z", "accountId": "123456789012", "region": "us-east-1", "requestId": "r-1",
        "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/app/i-0abc"}, "operation": operation,
        "modelId": "us.anthropic.claude-sonnet-4-20250514-v1:0",
        "input": {"inputContentType": "application/json", "inputBodyJson": input},
        "output": {"outputContentType": "application/json", "outputBodyJson": output},
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0",
    })
}

fn with(mut record: Value, path: &str, value: Value) -> Value {
    let (parent, name) = path.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value);
    record
}

fn keeping(text: Text) -> Keep {
    Keep { text, ..Keep::default() }
}

fn rows_of(text: Text, bytes: &[u8]) -> (Decoded, Rows) {
    read_within(Limits::default(), keeping(text), KEY, bytes)
}

fn row_kept(text: Text, record: &Value) -> Value {
    let (decoded, rows) = rows_of(text, record.to_string().as_bytes());
    assert_eq!((decoded.source, decoded.stats.rejects), ("bedrock_invocation", 0), "{:?}", decoded.stats);
    of(&rows, "model_invocation")[0].clone()
}

fn row(record: &Value) -> Value {
    row_kept(Text::None, record)
}

/// The columns of these names, where they are told.
fn told(row: &Value, names: &[&str]) -> String {
    let named = names.iter().filter_map(|name| row.get(name).map(|value| format!("{name}={value}")));
    named.collect::<Vec<_>>().join(" ").replace('"', "")
}

const ANSWER: [&str; 8] = [
    "streaming",
    "stop_reason",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "tool_names",
    "latency_ms",
];

fn converse() -> Value {
    let input = json!({
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "What is the weather?"}, {"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Rome"}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"json": {"sky": "clear"}}]}}]},
        ],
        "guardrailConfig": {"guardrailIdentifier": "gr-1", "guardrailVersion": "DRAFT", "trace": "enabled"},
    });
    let output = json!({
        "output": {"message": {"role": "assistant", "content": [
            {"text": "It is clear."}, {"toolUse": {"toolUseId": "t2", "name": "umbrella", "input": {"need": false}}}]}},
        "stopReason": "tool_use", "metrics": {"latencyMs": 862},
        "usage": {"inputTokens": 6, "outputTokens": 12, "totalTokens": 18},
        "trace": {"guardrail": {"inputAssessment": {"gr-1": {"invocationMetrics": {"guardrailProcessingLatency": 300}}}}},
    });
    let record = with(record("Converse", input, output), "/input/inputTokenCount", json!(6));
    let record = with(record, "/input/cacheReadInputTokenCount", json!(225_913));
    let record = with(record, "/input/cacheWriteInputTokenCount", json!("10"));
    let record = with(record, "/output/outputTokenCount", json!(12));
    let record = with(record, "/inferenceRegion", json!("us-west-2"));
    with(record, "/requestMetadata", json!({"team": "search", "key": "AKIAIOSFODNN7EXAMPLE"}))
}

/// An object of this source.
pub(crate) fn sample() -> (&'static str, &'static str, Vec<u8>) {
    let other = record("InvokeModel", json!({"prompt": "p}{\n"}), json!([{"completion": "c"}, "[DONE]"]));
    ("bedrock_invocation", KEY, format!("{}\n{other}\n", converse()).into_bytes())
}

#[test]
fn every_column_of_a_converse_record() {
    assert_json_snapshot!(row(&converse()), @r#"
    {
      "request_id": "r-1",
      "event_time": "2026-11-22T03:04:05Z",
      "account_id": "123456789012",
      "region": "us-east-1",
      "inference_region": "us-west-2",
      "operation": "Converse",
      "model_id": "us.anthropic.claude-sonnet-4-20250514-v1:0",
      "identity_arn": "arn:aws:sts::123456789012:assumed-role/app/i-0abc",
      "streaming": false,
      "stop_reason": "tool_use",
      "input_tokens": 6,
      "output_tokens": 12,
      "cache_read_tokens": 225913,
      "cache_write_tokens": 10,
      "input_bytes": 465,
      "output_bytes": 372,
      "messages": 3,
      "tool_names": [
        "umbrella"
      ],
      "latency_ms": 862,
      "guardrail_id": "gr-1",
      "guardrail_version": "DRAFT",
      "guardrail_action": "none",
      "guardrail_policies": [],
      "request_metadata": {
        "team": "search",
        "key": "[aws-access-key-id]"
      },
      "input_body": "inline",
      "output_body": "inline",
      "object": "test",
      "line": 1
    }
    "#);
}

#[test]
fn text_is_kept_where_that_is_asked_for() {
    let mut record = converse();
    record["input"]["inputBodyJson"]["messages"][0]["content"][0]["text"] =
        "Mail jane@corp.example, key AKIAIOSFODNN7EXAMPLE".into();
    let redacted = row_kept(Text::Redacted, &record);
    assert_snapshot!(redacted["prompt"].as_str().unwrap(), @r#"
    system: Be brief.
    user: Mail [e-mail-address], key [aws-access-key-id]
    [image]
    assistant: tool weather: {"city":"Rome"}
    user: tool result: {"sky":"clear"}
    "#);
    assert_snapshot!(redacted["completion"].as_str().unwrap(), @r#"
    It is clear.
    tool umbrella: {"need":false}
    "#);
    let whole = row_kept(Text::Whole, &record);
    assert!(whole["prompt"].as_str().unwrap().contains("jane@corp.example, key AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(row_kept(Text::None, &record).get("prompt"), None);
    assert!(!whole.to_string().contains("iVBORw0KGgo"), "media are never kept");
}

#[test]
fn long_text_is_cut_and_no_secret_with_it() {
    let text = format!("{} AKIAIOSFODNN7EXAMPLE {}", "word ".repeat(13_100), "more ".repeat(20_000));
    let record = record("InvokeModel", json!({"prompt": text}), json!({"completion": "x".repeat(200_000)}));
    for keep in [Text::Redacted, Text::Whole] {
        let row = row_kept(keep, &record);
        for name in ["prompt", "completion"] {
            let kept = row[name].as_str().unwrap();
            assert!(kept.ends_with(" [cut]") && kept.len() <= (64 << 10) + 6, "{name}: {}", kept.len());
        }
        assert_eq!(row["prompt"].as_str().unwrap().contains("AKIA"), keep == Text::Whole);
    }
    assert_eq!(row(&record)["output_bytes"], 200_017);
}

/// Answers of the families, whole and as streams, with what is told of each.
#[test]
fn answers_of_every_family() {
    let metrics =
        json!({"inputTokenCount": 9, "outputTokenCount": 7, "invocationLatency": 800, "firstByteLatency": 90});
    let cases = [
        (
            "InvokeModel",
            json!({"type": "message", "content": [{"type": "text", "text": "hello"}, {"type": "tool_use", "name": "search", "input": {"q": "x"}}],
            "stop_reason": "tool_use", "usage": {"input_tokens": 5, "output_tokens": 6, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20}}),
        ),
        (
            "InvokeModelWithResponseStream",
            json!([
            {"type": "message_start", "message": {"role": "assistant", "content": [], "usage": {"input_tokens": 5, "output_tokens": 1}}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hel"}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "name": "search", "input": {}}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"q\":1}"}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 40}},
            {"type": "message_stop", "amazon-bedrock-invocationMetrics": metrics}]),
        ),
        (
            "ConverseStream",
            json!([
            {"messageStart": {"role": "assistant"}},
            {"contentBlockDelta": {"delta": {"text": "hel"}, "contentBlockIndex": 0}},
            {"contentBlockDelta": {"delta": {"text": "lo"}, "contentBlockIndex": 0}},
            {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "t", "name": "search"}}, "contentBlockIndex": 1}},
            {"contentBlockDelta": {"delta": {"toolUse": {"input": "{\"q\":1}"}}, "contentBlockIndex": 1}},
            {"messageStop": {"stopReason": "end_turn"}},
            {"metadata": {"usage": {"inputTokens": 5, "outputTokens": 6, "cacheReadInputTokens": 0}, "metrics": {"latencyMs": 700}}}]),
        ),
        (
            "InvokeModel",
            json!({"inputTextTokenCount": 5, "results": [{"tokenCount": 6, "outputText": "hello", "completionReason": "FINISH"}]}),
        ),
        (
            "InvokeModelWithResponseStream",
            json!([
            {"outputText": "hel", "index": 0, "totalOutputTextTokenCount": null, "completionReason": null, "inputTextTokenCount": 5},
            {"outputText": "lo", "index": 0, "totalOutputTextTokenCount": 6, "completionReason": "LENGTH", "inputTextTokenCount": null}]),
        ),
        (
            "InvokeModel",
            json!({"generation": "hello", "prompt_token_count": 5, "generation_token_count": 6, "stop_reason": "stop"}),
        ),
        ("InvokeModel", json!({"outputs": [{"text": "hello", "stop_reason": "length"}]})),
        (
            "InvokeModel",
            json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "hello", "tool_calls": [{"id": "1", "function": {"name": "search", "arguments": "{\"q\":1}"}}]}, "stop_reason": "tool_calls"}]}),
        ),
        (
            "InvokeModel",
            json!({"generations": [{"id": "1", "text": "hello", "finish_reason": "COMPLETE"}], "prompt": "p"}),
        ),
        (
            "InvokeModel",
            json!({"text": "hello", "finish_reason": "COMPLETE", "tool_calls": [{"name": "search", "parameters": {"q": 1}}], "meta": {"billed_units": {"input_tokens": 5, "output_tokens": 6}}}),
        ),
        (
            "InvokeModelWithResponseStream",
            json!([
            {"is_finished": false, "event_type": "text-generation", "text": "hello"},
            {"is_finished": true, "event_type": "stream-end", "finish_reason": "COMPLETE", "response": {"text": "hello"}, "amazon-bedrock-invocationMetrics": metrics}]),
        ),
        ("InvokeModel", json!({"completions": [{"data": {"text": "hello"}, "finishReason": {"reason": "endoftext"}}]})),
        (
            "ChatCompletions",
            json!({"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 105, "completion_tokens": 6, "prompt_tokens_details": {"cached_tokens": 100}}}),
        ),
        (
            "ChatCompletions",
            json!([
            {"choices": [{"delta": {"role": "assistant", "content": "hel"}}]},
            {"choices": [{"delta": {"content": "lo"}}]},
            {"choices": [{"delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 6}, "amazon-bedrock-invocationMetrics": metrics}, "[DONE]"]),
        ),
        (
            "Responses",
            json!({"status": "completed", "output": [{"type": "message", "content": [{"type": "output_text", "text": "hello"}]},
            {"type": "function_call", "name": "search", "arguments": "{}"}], "usage": {"input_tokens": 5, "output_tokens": 6}}),
        ),
        ("InvokeModel", json!({"completion": "hello", "stop_reason": "stop_sequence"})),
        ("InvokeModel", json!({"embedding": [0.1, 0.2], "inputTextTokenCount": 5})),
        ("InvokeModel", json!("hello")),
        ("InvokeModel", Value::Null),
    ];
    let mut lines = String::new();
    for (operation, output) in cases {
        let row = row_kept(Text::Whole, &record(operation, json!({"prompt": "p"}), output));
        let text = row.get("completion").and_then(Value::as_str).unwrap_or("-").replace('\n', "|");
        lines += &format!("{operation} {text:?}: {}\n", told(&row, &ANSWER));
    }
    assert_snapshot!(lines, @r#"
    InvokeModel "hello|tool search: {\"q\":\"x\"}": streaming=false stop_reason=tool_use input_tokens=5 output_tokens=6 cache_read_tokens=100 cache_write_tokens=20 tool_names=[search]
    InvokeModelWithResponseStream "hello|tool search: {\"q\":1}": streaming=true stop_reason=end_turn input_tokens=5 output_tokens=40 tool_names=[search] latency_ms=800
    ConverseStream "hello|tool search: {\"q\":1}": streaming=true stop_reason=end_turn input_tokens=5 output_tokens=6 cache_read_tokens=0 tool_names=[search] latency_ms=700
    InvokeModel "hello": streaming=false stop_reason=FINISH input_tokens=5 output_tokens=6 tool_names=[]
    InvokeModelWithResponseStream "hello": streaming=true stop_reason=LENGTH input_tokens=5 output_tokens=6 tool_names=[]
    InvokeModel "hello": streaming=false stop_reason=stop input_tokens=5 output_tokens=6 tool_names=[]
    InvokeModel "hello": streaming=false stop_reason=length tool_names=[]
    InvokeModel "hello|tool search: {\"q\":1}": streaming=false stop_reason=tool_calls tool_names=[search]
    InvokeModel "hello": streaming=false stop_reason=COMPLETE tool_names=[]
    InvokeModel "hello|tool search: {\"q\":1}": streaming=false stop_reason=COMPLETE input_tokens=5 output_tokens=6 tool_names=[search]
    InvokeModelWithResponseStream "hello": streaming=true stop_reason=COMPLETE input_tokens=9 output_tokens=7 tool_names=[] latency_ms=800
    InvokeModel "hello": streaming=false stop_reason=endoftext tool_names=[]
    ChatCompletions "hello": streaming=false stop_reason=stop input_tokens=5 output_tokens=6 cache_read_tokens=100 tool_names=[]
    ChatCompletions "hello": streaming=true stop_reason=stop input_tokens=5 output_tokens=6 tool_names=[] latency_ms=800
    Responses "hello|tool search: {}": streaming=false input_tokens=5 output_tokens=6 tool_names=[search]
    InvokeModel "hello": streaming=false stop_reason=stop_sequence tool_names=[]
    InvokeModel "-": streaming=false input_tokens=5 tool_names=[]
    InvokeModel "hello": streaming=false tool_names=[]
    InvokeModel "-": streaming=false
    "#);
}

#[test]
fn prompts_of_every_family() {
    let cases = [
        json!({"anthropic_version": "x", "system": "s", "messages": [{"role": "user", "content": "u"}, {"role": "user", "content": [
            {"type": "text", "text": "t"}, {"type": "image", "source": {"type": "base64", "data": "AAAA"}},
            {"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "r"}]}]}]}),
        json!({"inputText": "u", "textGenerationConfig": {"maxTokenCount": 1}}),
        json!({"prompt": "u", "max_gen_len": 1}),
        json!({"message": "u", "chat_history": [{"role": "USER", "message": "a"}, {"role": "CHATBOT", "message": "b"}], "preamble": "s"}),
        json!({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "u"}, {"type": "image_url", "image_url": {"url": "data:AAAA"}}]},
            {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "content": "r"}]}),
        json!({"instructions": "s", "input": [{"role": "user", "content": [{"type": "input_text", "text": "u"}]}, {"type": "function_call_output", "output": "r"}]}),
        json!({"input": "u"}),
        json!({"texts": ["a", "b"], "input_type": "search_document"}),
        json!({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "u"}}),
        json!({"messages": [{"role": "user", "content": [{"guardContent": {"text": {"text": "u"}}}, {"document": {"name": "d", "source": {"bytes": "AAAA"}}}, {"cachePoint": {"type": "default"}}]}]}),
        json!({"some": {"new": ["shape"]}, "n": 1}),
        json!("plain"),
    ];
    let mut lines = String::new();
    for input in cases {
        let row = row_kept(Text::Whole, &record("InvokeModel", input, json!({})));
        let text = row.get("prompt").and_then(Value::as_str).unwrap_or("-").replace('\n', "|");
        lines += &format!("{text:?} {}\n", told(&row, &["messages"]));
    }
    assert_snapshot!(lines, @r#"
    "system: s|user: u|user: t|[image]|r" messages=2
    "u" 
    "u" 
    "u|USER: a|CHATBOT: b|system: s" messages=3
    "system: s|user: u|[image_url]|assistant: tool f: {}|tool: r" messages=4
    "system: s|user: u|r" messages=2
    "u" 
    "a|b" 
    "u" 
    "user: u|[document]" messages=1
    "shape" 
    "plain"
    "#);
}

#[test]
fn what_a_guardrail_did_in_every_shape() {
    let blocked = json!({"topicPolicy": {"topics": [{"name": "Finance advice", "type": "DENY", "action": "BLOCKED"}]}});
    let masked = json!({"sensitiveInformationPolicy": {
        "piiEntities": [{"type": "EMAIL", "match": CANARY, "action": "ANONYMIZED"}], "regexes": [{"name": "ticket", "match": CANARY, "regex": "x", "action": "NONE"}]}});
    let seen = json!({"contentPolicy": {"filters": [
        {"type": "HATE", "confidence": "LOW", "filterStrength": "HIGH", "action": "NONE", "detected": true},
        {"type": "INSULTS", "confidence": "NONE", "action": "NONE", "detected": false}]},
        "wordPolicy": {"customWords": [{"match": CANARY, "action": "NONE"}], "managedWordLists": []},
        "contextualGroundingPolicy": {"filters": [{"type": "GROUNDING", "threshold": 0.7, "score": 0.9, "action": "NONE"}]},
        "automatedReasoningPolicy": {"findings": [{"invalid": {"translation": {"premises": CANARY}}}]}});
    let clean = json!({"invocationMetrics": {"guardrailProcessingLatency": 1},
        "appliedGuardrailDetails": {"guardrailId": "gr-9", "guardrailVersion": "3"}});
    let cases = [
        json!({"stopReason": "guardrail_intervened", "trace": {"guardrail": {"inputAssessment": {"gr-1": blocked}}}}),
        json!({"stopReason": "end_turn", "trace": {"guardrail": {"inputAssessment": {"gr-1": seen}, "outputAssessments": {"gr-1": [clean]}}}}),
        json!({"stopReason": "guardrail_intervened", "trace": {"guardrail": {"outputAssessments": {"gr-1": [masked]}}}}),
        json!({"stopReason": "guardrail_intervened", "trace": {"guardrail": {"actionReason": "Guardrail masked.", "outputAssessments": {}}}}),
        json!({"amazon-bedrock-guardrailAction": "INTERVENED", "amazon-bedrock-trace": {"guardrail": {"input": {"gr-1": blocked}, "outputs": [{"gr-1": masked}]}}}),
        json!({"amazon-bedrock-guardrailAction": "NONE", "amazon-bedrock-trace": {"guardrail": {"input": {"gr-9": clean}}}}),
        json!([{"messageStop": {"stopReason": "end_turn"}}, {"metadata": {"trace": {"guardrail": {"outputAssessments": {"gr-1": [blocked]}}}}}]),
        json!([{"type": "content_block_delta", "amazon-bedrock-guardrailAction": "NONE"}, {"type": "content_block_delta", "amazon-bedrock-guardrailAction": "INTERVENED"}]),
        json!([{"completion": "x", "amazon-bedrock-guardrailAction": "NONE"}]),
        json!({"stop_reason": "guardrail_intervened"}),
        json!({"stop_reason": "end_turn"}),
        json!({"trace": "text", "amazon-bedrock-trace": [1], "amazon-bedrock-guardrailAction": {}}),
    ];
    let mut lines = String::new();
    for output in cases {
        let row = row(&record("Converse", json!({}), output));
        assert!(!row.to_string().contains(CANARY));
        let action = row.get("guardrail_action").and_then(Value::as_str).unwrap_or("-");
        lines += &format!("{action}: {}\n", told(&row, &["guardrail_id", "guardrail_version", "guardrail_policies"]));
    }
    assert_snapshot!(lines, @r#"
    blocked: guardrail_id=gr-1 guardrail_policies=[{side:input,policy:topicPolicy,type:DENY,name:Finance advice,action:BLOCKED}]
    detected: guardrail_id=gr-1 guardrail_version=3 guardrail_policies=[{side:input,policy:contentPolicy,type:HATE,action:NONE,confidence:LOW},{side:input,policy:wordPolicy,type:CUSTOM,action:NONE},{side:input,policy:automatedReasoning,type:invalid,action:NONE}]
    anonymized: guardrail_id=gr-1 guardrail_policies=[{side:output,policy:sensitiveInformationPolicy,type:EMAIL,action:ANONYMIZED},{side:output,policy:sensitiveInformationPolicy,type:REGEX,name:ticket,action:NONE}]
    anonymized: guardrail_policies=[]
    blocked: guardrail_id=gr-1 guardrail_policies=[{side:input,policy:topicPolicy,type:DENY,name:Finance advice,action:BLOCKED},{side:output,policy:sensitiveInformationPolicy,type:EMAIL,action:ANONYMIZED},{side:output,policy:sensitiveInformationPolicy,type:REGEX,name:ticket,action:NONE}]
    none: guardrail_id=gr-9 guardrail_version=3 guardrail_policies=[]
    blocked: guardrail_id=gr-1 guardrail_policies=[{side:output,policy:topicPolicy,type:DENY,name:Finance advice,action:BLOCKED}]
    blocked: 
    none: 
    blocked: 
    -: 
    -:
    "#);
    let output = json!({"trace": {"guardrail": {"outputAssessments": {"gr-1": [masked]}}}});
    assert_eq!(row_kept(Text::Whole, &record("Converse", json!({}), output))["guardrail_policies"][0]["match"], CANARY);
}

#[test]
fn records_come_over_every_way() {
    let record = converse().to_string();
    let quoted = Value::from(record.as_str()).to_string();
    let logged = format!(
        r#"{{"timestamp":1763780645000,"ingestionTime":1,"logStream":"aws/bedrock/modelinvocations","message":{quoted}}}"#
    );
    let subscribed = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{{"id":"1","timestamp":1,"message":{quoted}}},{{"id":"2","timestamp":1,"message":{quoted}}}]}}"#
    );
    let pretty = serde_json::to_string_pretty(&converse()).unwrap();
    let ways = [
        format!("{record}\n{record}\n"),
        format!("{record}{record}"),
        format!("[{record},\n{record}]"),
        format!("{pretty}\n{pretty}\n"),
        format!("{logged}\n{logged}\n"),
        format!("2026-11-22T03:04:05.000Z {record}\n2026-11-22T03:04:05.000Z {record}\n"),
        subscribed.clone(),
        format!(
            r#"{{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[]}}{subscribed}"#
        ),
    ];
    let expected = row(&converse());
    for way in ways {
        for (key, bytes) in [(KEY, way.clone().into_bytes()), ("copied/elsewhere", gzip(way.as_bytes()))] {
            let (decoded, rows) = read(key, &bytes);
            assert_eq!(
                (decoded.source, decoded.stats.records, decoded.stats.rejects),
                ("bedrock_invocation", 2, 0),
                "{way}"
            );
            for row in of(&rows, "model_invocation") {
                let mut row = row.clone();
                row["line"] = 1.into();
                assert_eq!(row, expected);
            }
        }
    }
    let notice = r#"{"timestamp":1,"ingestionTime":1,"logStream":"s","message":"Permissions are correctly set for Amazon Bedrock logs."}"#;
    let (decoded, _) = read(KEY, notice.as_bytes());
    assert_eq!((decoded.stats.passed_over, decoded.stats.rejects), (1, 0));
}

#[test]
fn what_is_missing_comes_from_the_way() {
    let bare =
        json!({"requestId": "r", "operation": "Converse", "modelId": "m", "input": {}, "output": {}}).to_string();
    let quoted = Value::from(bare.as_str()).to_string();
    let envelope = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"999","logGroup":"g","logStream":"s","logEvents":[{{"id":"1","timestamp":1763780645000,"message":{quoted}}}]}}"#
    );
    let (decoded, rows) = read("x", envelope.as_bytes());
    assert_json_snapshot!(of(&rows, "model_invocation")[0], @r#"
    {
      "request_id": "r",
      "event_time": "2025-11-22T03:04:05Z",
      "account_id": "999",
      "operation": "Converse",
      "model_id": "m",
      "streaming": false,
      "input_body": "absent",
      "output_body": "absent",
      "object": "test",
      "line": 1
    }
    "#);
    let stats = decoded.stats;
    assert_eq!((stats.account_id.as_str(), stats.first_seen), ("999", Some(1_763_780_645_000_000)));
    let timed = json!({"timestamp": 1_763_780_645_i64, "modelId": "m"});
    assert_snapshot!(told(&row(&timed), &["event_time", "account_id", "region"]), @"event_time=2025-11-22T03:04:05Z account_id=123456789012 region=us-east-1");
}

#[test]
fn what_is_no_record_costs_itself() {
    let good = converse().to_string();
    let mut lines = vec![good.clone()];
    lines.extend([
        format!("{{\"a\":\"{CANARY}\",}}"),
        good[..good.len() / 2].to_owned(),
        json!({"schemaType": "Other", "modelId": CANARY}).to_string(),
        json!({"timestamp": CANARY, "modelId": "m"}).to_string(),
        json!({"timestamp": "2026-11-22T03:04:05Z", "note": CANARY}).to_string(),
        CANARY.to_owned(),
        format!("{}{}", "[".repeat(5000), "]".repeat(5000)),
        format!("[{{\"a\":\"{CANARY}\"}}]"),
        "\u{fffd}".to_owned(),
    ]);
    lines.push(good);
    let (decoded, rows) = read(KEY, lines.join("\n").as_bytes());
    let stats = &decoded.stats;
    assert_eq!((decoded.status(), stats.records, stats.rejects), (Status::Partial, 2, lines.len() as u64 - 2));
    let reasons: Vec<_> =
        stats.reject_samples.iter().map(|reject| format!("{}: {}", reject.line, reject.reason)).collect();
    assert_snapshot!(reasons.join("\n"), @r#"
    2: the record is no JSON
    3: the record is no JSON
    4: the record is of another schema than `ModelInvocationLog`
    5: the record has no time
    6: the record has neither `modelId` nor `operation`
    7: the record is no JSON
    8: the record is no JSON
    9: the record has no time
    10: the record is no JSON
    "#);
    assert!(!format!("{stats:?}{rows:?}").contains("canary"));
}

/// Bodies that lie beside.
struct Beside(Vec<(&'static str, Sidecar)>);

impl Sidecars for Beside {
    fn fetch(&self, uri: &str) -> Sidecar {
        self.0.iter().find(|(name, _)| uri.ends_with(name)).map_or(Sidecar::Missing, |(_, body)| body.clone())
    }
}

#[test]
fn bodies_that_lie_beside_are_read_where_they_are_needed() {
    let mut record = record("ConverseStream", Value::Null, Value::Null);
    record["input"] = json!({"inputBodyS3Path": "s3://b/p/data/r-1_input.json.gz", "inputTokenCount": 40_000});
    record["output"] = json!({"outputBodyS3Path": "s3://b/p/data/r-1_output.json.gz"});
    let input = json!({"messages": [{"role": "user", "content": [{"text": "hello there"}]}]}).to_string();
    let output =
        json!([{"contentBlockDelta": {"delta": {"text": "general"}}}, {"messageStop": {"stopReason": "end_turn"}}])
            .to_string();
    let (packed, plain) = (Sidecar::Found(gzip(input.as_bytes())), Sidecar::Found(output.clone().into_bytes()));
    let cut = Sidecar::Found(gzip(output.as_bytes())[..40].to_vec());
    let cases = [
        (Text::None, packed.clone(), plain.clone()),
        (Text::Redacted, packed.clone(), plain),
        (Text::Redacted, Sidecar::Missing, Sidecar::Denied),
        (Text::Redacted, Sidecar::TooLarge, Sidecar::Unread("timeout".into())),
        (Text::Redacted, Sidecar::NotAsked, cut),
        (Text::Redacted, Sidecar::Found(b"no JSON".to_vec()), Sidecar::Found(vec![])),
    ];
    let names = [
        "input_body",
        "output_body",
        "input_bytes",
        "output_bytes",
        "messages",
        "stop_reason",
        "tool_names",
        "prompt",
        "completion",
    ];
    let mut lines = String::new();
    for (keep, input, output) in cases {
        let beside = Beside(vec![("r-1_input.json.gz", input), ("r-1_output.json.gz", output)]);
        let bytes = record.to_string().into_bytes();
        let (_, rows) = read_beside(&beside, Limits::default(), keeping(keep), KEY, Input::Whole(&bytes));
        let row = &of(&rows, "model_invocation")[0];
        assert_eq!(row["input_path"], "s3://b/p/data/r-1_input.json.gz");
        lines += &format!("{keep:?}: {}\n", told(row, &names));
    }
    assert_snapshot!(lines, @r#"
    None: input_body=not_read output_body=sidecar output_bytes=94 stop_reason=end_turn tool_names=[]
    Redacted: input_body=sidecar output_body=sidecar input_bytes=65 output_bytes=94 messages=1 stop_reason=end_turn tool_names=[] prompt=user: hello there completion=general
    Redacted: input_body=sidecar_missing output_body=sidecar_denied
    Redacted: input_body=sidecar_too_large output_body=sidecar_unreadable
    Redacted: input_body=not_read output_body=sidecar_unreadable
    Redacted: input_body=sidecar_unreadable output_body=sidecar_unreadable
    "#);
}

#[test]
fn a_caller_cannot_fill_the_lake() {
    let long: serde_json::Map<String, Value> =
        (0..200).map(|n| (format!("key-{n}"), Value::from("v".repeat(256)))).collect();
    let record = with(converse(), "/requestMetadata", Value::from(long));
    let metadata = row(&record)["request_metadata"].to_string();
    assert!((3000..=4096).contains(&metadata.len()), "{}", metadata.len());
    let tools: Vec<Value> = (0..500).map(|n| json!({"type": "tool_use", "name": format!("tool-{n}")})).collect();
    let odd = json!({"content": tools, "stop_reason": "x".repeat(10_000), "trace": {"guardrail": {"inputAssessment": {"g": {"topicPolicy": {"topics":
        (0..500).map(|_| json!({"name": "n".repeat(1000), "action": "BLOCKED"})).collect::<Vec<_>>()}}}}}});
    let row = row(&record_of(odd));
    assert_eq!(
        (row["tool_names"].as_array().unwrap().len(), row["guardrail_policies"].as_array().unwrap().len()),
        (50, 50)
    );
    assert!(row.to_string().len() < 20_000);
}

fn record_of(output: Value) -> Value {
    record("InvokeModel", json!({}), output)
}

#[test]
fn a_large_record_is_read() {
    let record = record("InvokeModel", json!({"prompt": "x".repeat(8 << 20)}), json!({"completion": "y"}));
    let (decoded, rows) = read(KEY, &gzip(format!("{record}\n{record}\n").as_bytes()));
    assert_eq!((decoded.stats.records, decoded.stats.rejects), (2, 0));
    assert_eq!(of(&rows, "model_invocation")[1]["input_bytes"], (8 << 20) + 13);
}

/// JSON of any shape, made of names that bodies have.
fn any_body() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "messages",
        "content",
        "text",
        "toolUse",
        "tool_use",
        "type",
        "role",
        "input",
        "output",
        "message",
        "delta",
        "usage",
        "trace",
        "guardrail",
        "inputAssessment",
        "outputAssessments",
        "topicPolicy",
        "topics",
        "name",
        "action",
        "stopReason",
        "stop_reason",
        "choices",
        "results",
        "metadata",
        "prompt",
        "system",
        "tool_calls",
        "function",
        "arguments",
        "json",
        "source",
        "inputTokens",
        "latencyMs",
        "guardrailIdentifier",
        "match",
        "a",
        "g",
        "amazon-bedrock-trace",
        "amazon-bedrock-guardrailAction",
        "inputs",
        "outputs",
        "findings",
        "automatedReasoningPolicy",
        "type",
        "generations",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::from(CANARY)),
        Just(Value::from("{\"text\":\"the canary sings at dawn\"}")),
        Just(Value::from("tool_use")),
        Just(Value::from("BLOCKED")),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// Names whose value is kept: configuration of the guardrail and the tools, not content.
fn without_names(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                *member = if name == "name" { Value::from("n") } else { without_names(member.take()) };
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| *element = without_names(element.take())),
        _ => {}
    }
    value
}

proptest! {
    #[test]
    fn any_value_in_any_place_does_not_panic(place in 0usize..12, value in any_body(), keep in prop::sample::select(vec![Text::None, Text::Redacted, Text::Whole])) {
        let places = ["/timestamp", "/accountId", "/identity", "/requestId", "/operation", "/modelId", "/input", "/output",
            "/requestMetadata", "/input/inputTokenCount", "/input/inputBodyJson", "/output/outputBodyJson"];
        let record = with(converse(), places[place], value);
        let (decoded, rows) = rows_of(keep, record.to_string().as_bytes());
        prop_assert_eq!(decoded.stats.records + decoded.stats.rejects, 1);
        prop_assert_eq!(of(&rows, "model_invocation").len() as u64, decoded.stats.records);
    }

    /// Where no text is kept, none is anywhere: not in rows, not in samples of rejects, not in reasons.
    #[test]
    fn no_text_is_left_where_none_is_kept(input in any_body(), output in any_body(), cut in 0usize..3000, beside in any::<bool>()) {
        let (input, output) = (without_names(input), without_names(output));
        let mut record = record("Converse", input, output.clone());
        if beside {
            record["output"] = json!({"outputBodyS3Path": "s3://b/o"});
        }
        let whole = record.to_string();
        let end = (0..=cut.min(whole.len())).rev().find(|end| whole.is_char_boundary(*end)).unwrap();
        let bytes = format!("{whole}\n{}\n[{whole},{}", &whole[..end], &whole[end..]).into_bytes();
        let sidecars = Beside(vec![("o", Sidecar::Found(output.to_string().into_bytes()))]);
        let (decoded, rows) = read_beside(&sidecars, Limits::default(), Keep::default(), KEY, Input::Whole(&bytes));
        let all = format!("{decoded:?}{rows:?}");
        prop_assert!(!all.contains("canary"), "{}", all);
    }

    #[test]
    fn text_of_every_shape_is_masked(body in any_body()) {
        let secret = "AKIAIOSFODNN7EXAMPLE";
        let body = Value::to_string(&body).replace(CANARY, secret);
        let body: Value = serde_json::from_str(&body).unwrap();
        let (_, rows) = read_beside(&NoSidecars, Limits::default(), keeping(Text::Redacted), KEY, Input::Whole(record("Converse", body.clone(), body).to_string().as_bytes()));
        for row in of(&rows, "model_invocation") {
            for name in ["prompt", "completion"] {
                prop_assert!(!row.get(name).is_some_and(|text| text.to_string().contains(secret)), "{}", row);
            }
        }
    }
}
