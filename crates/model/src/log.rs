//! Rows made of logs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One CloudTrail event, without what may hold secrets or content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiCall {
    /// `eventID`
    pub event_id: String,
    /// `eventTime`
    pub event_time: Timestamp,
    /// `recipientAccountId`: the account whose trail has it
    pub account_id: String,
    /// `awsRegion`
    pub region: String,
    /// `eventSource`, such as `bedrock.amazonaws.com`
    pub event_source: String,
    /// `eventName`
    pub event_name: String,
    /// `Management`, `Data`, `Insight`, `NetworkActivity`; empty where the record does not tell
    pub event_category: String,
    /// `readOnly`
    pub read_only: Option<bool>,
    /// `userIdentity.type`
    pub identity_type: String,
    /// `userIdentity.arn`
    pub identity_arn: String,
    /// `userIdentity.accountId`
    pub identity_account_id: String,
    /// `userIdentity.principalId`
    pub principal_id: String,
    /// `userIdentity.userName`, or `sessionIssuer.userName`; for web identities the subject
    pub user_name: String,
    /// `sessionContext.sessionIssuer.arn`: the role behind a session
    pub issuer_arn: String,
    /// the session's name: the last segment of an assumed role's ARN
    pub session_name: String,
    /// `userIdentity.accessKeyId`
    pub access_key_id: String,
    /// `sessionContext.ec2RoleDelivery`: 1.0 is IMDSv1, 2.0 is IMDSv2
    pub ec2_role_delivery: String,
    /// `userIdentity.invokedBy`
    pub invoked_by: String,
    /// `userIdentity.inScopeOf.credentialsIssuedTo`: the ARN of what AWS handed the session to, such as a Lambda function
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub credentials_issued_to: String,
    /// `sourceIPAddress`: an address, or a service's name
    pub source_ip: String,
    /// `userAgent`, shortened
    pub user_agent: String,
    /// `vpcEndpointId`
    pub vpc_endpoint_id: String,
    /// `tlsDetails.clientProvidedHostHeader`
    pub host: String,
    /// the model, agent, endpoint … that was called, as the request named it
    pub model_id: String,
    /// `requestParameters.guardrailIdentifier`, or that of `guardrailConfig`
    pub guardrail_id: String,
    /// `additionalEventData.inferenceRegion`, where the call was routed on
    pub inference_region: String,
    /// whether a Bedrock API key (bearer token) made the call
    pub bearer_token: Option<bool>,
    /// `errorCode`
    pub error_code: String,
    /// `errorMessage`, shortened
    pub error_message: String,
    /// `requestID`
    pub request_id: String,
    /// sts and eks-auth only: the role that was assumed
    pub assumed_role_arn: String,
    /// sts and eks-auth only: access key id that was issued (an id, not the secret)
    pub issued_access_key_id: String,
    /// session tags of the request (sts) or the pod's identity (eks-auth), `{key: value}`
    pub session_tags: serde_json::Map<String, serde_json::Value>,
    /// `resources[].ARN`
    pub resources: Vec<String>,
    /// `requestParameters` without content and secrets, as JSON of at most 4,096 bytes
    pub request_parameters: serde_json::Value,
    /// the object's URI
    pub object: String,
    /// the record's place in its object, from 1
    pub line: i64,
}

/// Something a log should hold and does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogGap {
    /// the log source, such as `vpc_flow`
    pub source: String,
    /// twelve digits; empty where unknown
    pub account_id: String,
    /// the region's name
    pub region: String,
    /// what the gap is about, such as an interface's id
    pub subject: String,
    /// `SKIPDATA`, …
    pub reason: String,
    /// when it begins
    pub first_seen: Timestamp,
    /// when it ends
    pub last_seen: Timestamp,
    /// the object that told
    pub object: String,
    /// the line that told, from 1
    pub line: i64,
}

/// A line or record that could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reject {
    /// line, or the record's place in the object, from 1; 0 when the object as a whole is at fault
    pub line: i64,
    /// why
    pub reason: String,
    /// the first 200 characters of it
    pub sample: String,
}

/// One object of a log, read once. `(shard, seq)` is the batch that claimed it, see the lake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogObject {
    /// `s3://bucket/key`, `file:///path`, …
    pub uri: String,
    /// what pins the content: the object's ETag, or size and time of a file
    pub version: String,
    /// SHA-256 of the bytes as stored, in hex: the same object under two keys has the same; empty where it was not read
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub content: String,
    /// bytes as stored
    pub size: i64,
    /// bytes after decompression
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub content_bytes: i64,
    /// the log source that recognised it; empty when none did
    pub source: String,
    /// account that it is of, by its key or its records; empty where neither tells
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub account_id: String,
    /// likewise the region
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub region: String,
    /// when the object was last modified
    pub last_modified: Timestamp,
    /// `read` (whole), `partial` (some of it rejected), `unreadable` (nothing of it), `ignored` (no log of ours), `duplicate` (read
    /// before under another name)
    pub status: String,
    /// records found
    pub records: i64,
    /// rows made of them; those of rollups are not counted
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub rows: i64,
    /// records of no interest
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub passed_over: i64,
    /// records that say that there was nothing to record
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub no_data: i64,
    /// records that say that something is missing
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub gaps: i64,
    /// records rejected
    pub rejects: i64,
    /// how many for which reason
    #[serde(deserialize_with = "crate::missing::or_default")]
    pub reject_reasons: BTreeMap<String, u64>,
    /// the first twenty of them
    pub reject_samples: Vec<Reject>,
    /// time of its earliest record
    pub first_seen: Option<Timestamp>,
    /// time of its latest record
    pub last_seen: Option<Timestamp>,
    /// what stopped the reading, if anything did
    pub error: String,
    /// the writer
    pub shard: String,
    /// the writer's batch; 0 for an object that could not be fetched, and is tried again
    pub seq: i64,
    /// when it was claimed
    pub ingested_at: Timestamp,
}
