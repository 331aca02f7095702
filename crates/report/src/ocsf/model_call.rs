//! A call of a model, as the logs tell of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_model::missing;

/// One call of a model: what CloudTrail tells of it, and what the model's own log does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCall {
    /// when it was
    pub event_time: Timestamp,
    /// twelve digits: whose log it is
    pub account_id: String,
    /// the region that was called
    pub region: String,
    /// where it was answered, where that is another region
    #[serde(deserialize_with = "missing::or_default")]
    pub inference_region: String,
    /// CloudTrail's id of the event; empty where no trail tells of the call
    #[serde(deserialize_with = "missing::or_default")]
    pub event_id: String,
    /// the service's id of the request
    #[serde(deserialize_with = "missing::or_default")]
    pub request_id: String,
    /// such as `bedrock.amazonaws.com`
    #[serde(deserialize_with = "missing::or_default")]
    pub event_source: String,
    /// such as `Converse`
    #[serde(deserialize_with = "missing::or_default")]
    pub operation: String,
    /// as the call named it
    #[serde(deserialize_with = "missing::or_default")]
    pub model_id: String,
    /// who called
    #[serde(flatten)]
    pub caller: Caller,
    /// empty where it was answered
    #[serde(deserialize_with = "missing::or_default")]
    pub error_code: String,
    /// what the service said
    #[serde(deserialize_with = "missing::or_default")]
    pub error_message: String,
    /// the guardrail that the call named
    #[serde(deserialize_with = "missing::or_default")]
    pub guardrail_id: String,
    /// what the guardrail did
    #[serde(deserialize_with = "missing::or_default")]
    pub guardrail_action: String,
    /// how the model came to its end
    #[serde(deserialize_with = "missing::or_default")]
    pub stop_reason: String,
    /// tokens of the question; none where no log tells
    pub input_tokens: Option<i64>,
    /// tokens of the answer
    pub output_tokens: Option<i64>,
    /// how long it took
    pub latency_ms: Option<i64>,
    /// by the trail
    #[serde(flatten)]
    pub seen: Observed,
}

/// Who called, as CloudTrail tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caller {
    /// the ARN of the user, role or session
    #[serde(deserialize_with = "missing::or_default")]
    pub identity_arn: String,
    /// the account that it is of
    #[serde(deserialize_with = "missing::or_default")]
    pub identity_account_id: String,
    /// a user's name
    #[serde(deserialize_with = "missing::or_default")]
    pub user_name: String,
    /// the role that issued the session
    #[serde(deserialize_with = "missing::or_default")]
    pub issuer_arn: String,
    /// the session's name
    #[serde(deserialize_with = "missing::or_default")]
    pub session_name: String,
    /// the key that signed
    #[serde(deserialize_with = "missing::or_default")]
    pub access_key_id: String,
    /// the service that called for somebody
    #[serde(deserialize_with = "missing::or_default")]
    pub invoked_by: String,
    /// an address, or a service's name
    #[serde(deserialize_with = "missing::or_default")]
    pub source_ip: String,
    /// what the caller called itself
    #[serde(deserialize_with = "missing::or_default")]
    pub user_agent: String,
    /// the VPC endpoint that the call came by
    #[serde(deserialize_with = "missing::or_default")]
    pub vpc_endpoint_id: String,
    /// the host that was called
    #[serde(deserialize_with = "missing::or_default")]
    pub host: String,
}

/// Where the logs tell of the call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observed {
    /// the trail's log object
    #[serde(deserialize_with = "missing::or_default")]
    pub trail_object: String,
    /// the record's place in it
    pub trail_line: Option<i64>,
    /// the object of the model's own log
    #[serde(deserialize_with = "missing::or_default")]
    pub invocation_object: String,
    /// the record's place in it
    pub invocation_line: Option<i64>,
}
