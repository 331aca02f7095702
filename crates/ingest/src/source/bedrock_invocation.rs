//! Bedrock's model invocation logs: `prefix/AWSLogs/<account>/BedrockModelInvocationLogs/<region>/yyyy/mm/dd/hh/*.json.gz`, or a CloudWatch
//! Logs group, one record a line. Bodies over 100 KB and binary ones lie beside them, in `data/`: they are no logs, and are read only
//! where a record needs them.
//!
//! Format: <https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>.

use super::Source;
use crate::envelope;
use crate::invocation::bedrock;
use crate::invocation::node::Parser;
use crate::object::segments;
use crate::peek::Peek;
use crate::{Batch, Content, ObjectRef, Stats};
use sightline_model::LakeTable;
use sightline_model::lake_table::MODEL_INVOCATION;

/// The unit.
pub static UNIT: BedrockInvocation = BedrockInvocation;

/// Logs of calls of Bedrock's models.
#[derive(Debug)]
pub struct BedrockInvocation;

impl Source for BedrockInvocation {
    fn name(&self) -> &'static str {
        "bedrock_invocation"
    }

    fn about(&self) -> &'static str {
        "model invocation logs of Bedrock"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[MODEL_INVOCATION]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &[
            "<prefix>/AWSLogs/<account>/BedrockModelInvocationLogs/<region>/…",
            "logs://<log group>, stream aws/bedrock/modelinvocations",
        ]
    }

    fn detect(&self, key: &str, head: &[u8]) -> bool {
        segments(key).any(|segment| segment == "BedrockModelInvocationLogs") || is_invocation(&Peek::at(head))
    }

    fn skips(&self, key: &str) -> Option<&'static str> {
        let mut segments = segments(key).rev();
        let file = segments.next().unwrap_or_default();
        let stem = file.strip_suffix(".gz").unwrap_or(file);
        let stem = stem.strip_suffix(".json").unwrap_or(stem);
        let is_media = file.contains("_input_media_") || file.contains("_output_media_");
        let is_body = stem.ends_with("_input") || stem.ends_with("_output") || is_media;
        if file.contains("amazon-bedrock-logs-permission-check") {
            Some("a marker of Bedrock: it holds no record")
        } else if file == "aws-logs-write-test" {
            Some("a marker of CloudWatch Logs: it holds no record")
        } else if is_body && segments.next() == Some("data") {
            Some("the body of an invocation: it is read with its record")
        } else {
            None
        }
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        let mut parser = Parser::default();
        envelope::each(content, &mut |message, line, stats| {
            bedrock::take(message, object, line, &mut parser, batch, stats);
        })
    }
}

fn is_invocation(first: &Peek) -> bool {
    let schema = first.text("schemaType");
    let names = ["requestId", "operation", "modelId"];
    schema == "ModelInvocationLog" || (schema.is_empty() && names.iter().all(|name| first.has(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_key_or_by_content() {
        assert!(UNIT.detect("p/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/11/22/03/x.json.gz", b""));
        assert!(UNIT.detect("a", br#"{"schemaType":"ModelInvocationLog","schemaVersion":"1.0"}"#));
        assert!(UNIT.detect("a", br#"2026-11-22T03:04:05.000Z {"schemaType":"ModelInvocationLog"}"#));
        assert!(UNIT.detect(
            "a",
            br#"{"timestamp":1,"ingestionTime":2,"logStream":"s","message":"{\"schemaType\":\"ModelInvocationLog\"}"}"#
        ));
        assert!(UNIT.detect(
            "a",
            br#"{"requestId":"r","operation":"Converse","modelId":"m","input":{"inputBodyJson":{"a":"cut he"#
        ));
        assert!(!UNIT.detect("a", br#"{"Records":[{"schemaType":"ModelInvocationLog"}]}"#));
        assert!(!UNIT.detect("a", b"version srcaddr dstaddr"));
    }

    #[test]
    fn bodies_and_markers_are_passed_over() {
        let folder = "p/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/11/22/03";
        for name in [
            "data/8c5d_input.json.gz",
            "data/8c5d_output.json.gz",
            "data/8c5d_input_media_00.pdf",
            "data/8c5d_input_media_01.png.gz",
            "amazon-bedrock-logs-permission-check",
        ] {
            assert!(UNIT.skips(&format!("{folder}/{name}")).is_some(), "{name}");
        }
        assert!(UNIT.skips("p/aws-logs-write-test").is_some());
        for name in ["20261122T030405123Z_0a1b.json.gz", "8c5d_input.json.gz"] {
            assert!(UNIT.skips(&format!("{folder}/{name}")).is_none(), "{name}");
        }
    }
}
