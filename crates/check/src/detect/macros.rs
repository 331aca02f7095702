//! Names that stand in the queries of detections for what all of them need: times, and expressions over `api_call`.

use jiff::Timestamp;

use crate::detect::detection::Detection;
use crate::detect::read::literal;
use crate::query::{Query, identifier, instant};
use crate::shared::SharedQuery;

/// What a detection looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetectionWindow {
    /// the first moment
    pub from: Timestamp,
    /// the moment behind the last
    pub until: Timestamp,
    /// how far baselines go back
    pub history: Timestamp,
}

/// The names.
pub(crate) const NAMES: &[&str] =
    &["error", "from", "history", "identity", "inference", "model", "net", "settled", "signal", "until", "window"];

/// Hours that the logs of an account must go back before anything is called new.
pub(crate) const SETTLED_HOURS: i64 = 8;

/// Who called: the person of IAM Identity Center, the role behind a session, the user.
const IDENTITY: &str = "(case when strpos(issuer_arn, '/AWSReservedSSO_') > 0 then identity_arn when issuer_arn <> '' then issuer_arn \
     when identity_arn <> '' then identity_arn else identity_account_id || ':' || principal_id end)";

/// How the call came: `vpc` (an endpoint, or a private address), `aws` (a service), `public`.
const NET: &str = "(case when vpc_endpoint_id <> '' then 'vpc' when not regexp_like(source_ip, '^[0-9a-fA-F.:]+$') then 'aws' \
     when regexp_like(source_ip, '^(10[.]|127[.]|169[.]254[.]|192[.]168[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]|f[cd][0-9a-f]{2}:|fe80:)') \
     then 'vpc' else 'public' end)";

/// How it ended, in one word. AWS spells refusals in several ways.
const ERROR: &str = "(case when error_code = '' then '' when strpos(error_code, 'AccessDenied') > 0 or strpos(error_code, 'Unauthorized') > 0 \
     or error_code in ('NotAuthorized', 'AuthorizationError', 'ForbiddenException') then 'denied' \
     when strpos(error_code, 'Validation') > 0 or strpos(error_code, 'InvalidParameter') > 0 then 'invalid' \
     when strpos(error_code, 'Throttl') > 0 or strpos(error_code, 'TooManyRequests') > 0 or strpos(error_code, 'LimitExceeded') > 0 \
     or strpos(error_code, 'QuotaExceeded') > 0 then 'throttled' else 'failed' end)";

/// Calls that models, agents, knowledge bases, flows and endpoints answer.
const INFERENCE: &str = "((event_source = 'bedrock.amazonaws.com' and event_name in ('InvokeModel', 'InvokeModelWithResponseStream', \
     'InvokeModelWithBidirectionalStream', 'Converse', 'ConverseStream', 'StartAsyncInvoke', 'ChatCompletions', 'InvokeAgent', 'InvokeInlineAgent', \
     'InvokeFlow', 'StartFlowExecution', 'Retrieve', 'RetrieveAndGenerate', 'RetrieveAndGenerateStream')) \
     or (event_source = 'bedrock-mantle.amazonaws.com' and event_name = 'CreateInference') \
     or (event_source = 'bedrock-agentcore.amazonaws.com' and event_name = 'InvokeAgentRuntime') \
     or (event_source = 'sagemaker.amazonaws.com' and event_name in ('InvokeEndpoint', 'InvokeEndpointAsync', 'InvokeEndpointWithResponseStream')))";

/// The model's id without what comes before it: ARN, region of an inference profile.
const MODEL: &str =
    "regexp_replace(regexp_replace(model_id, '^arn:.*/', ''), '^(us|eu|apac|jp|au|ca|global|us-gov)[.]', '')";

/// The columns of a signal that all queries make alike.
const SIGNAL: &str = "account_id, min(first_seen) as first_seen, max(last_seen) as last_seen, cast(sum(events) as bigint) as events, \
     cast(sum(case when error = '' then events else 0 end) as bigint) as succeeded, array_agg(distinct region) as regions, \
     array_agg(distinct model_id) filter (where model_id <> '') as models, array_agg(distinct source_ip) filter (where source_ip <> '') as source_ips, \
     array_agg(distinct access_key_id) filter (where access_key_id <> '') as access_key_ids, \
     array_slice(array_agg(named_struct('object', object, 'line', line, 'event_id', event_id) order by first_seen, event_id), 1, 5) as places";

/// The query of a detection with everything put in.
pub(crate) fn query(detection: &Detection, window: &DetectionWindow) -> Query {
    let shared =
        |query: &SharedQuery| SharedQuery { name: query.name.clone(), sql: expanded(&query.sql, window, &|_| None) };
    let declaration = &detection.declaration;
    let hours = format!("interval '{} hours'", declaration.window_hours);
    let own = expanded(&detection.sql, window, &|name| match name {
        "window" => Some(hours.clone()),
        _ => declaration.params.get(name).map(literal),
    });
    Query::of(own, detection.shared.iter().map(shared).collect())
}

/// The statement with the names put in that all know, and those that `own` knows.
pub(crate) fn expanded(sql: &str, window: &DetectionWindow, own: &dyn Fn(&str) -> Option<String>) -> String {
    let known = |name: &str| {
        Some(match name {
            "from" => instant(window.from),
            "until" => instant(window.until),
            "history" => instant(window.history),
            "settled" => format!("interval '{SETTLED_HOURS} hours'"),
            "identity" => IDENTITY.to_owned(),
            "net" => NET.to_owned(),
            "error" => ERROR.to_owned(),
            "inference" => INFERENCE.to_owned(),
            "model" => MODEL.to_owned(),
            "signal" => SIGNAL.to_owned(),
            _ => return own(name),
        })
    };
    let mut pieces = sql.split('$');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let name = identifier(piece);
        match known(name) {
            Some(value) => {
                out.push_str(&value);
                out.push_str(piece.get(name.len()..).unwrap_or_default());
            }
            None => {
                out.push('$');
                out.push_str(piece);
            }
        }
    }
    out
}
