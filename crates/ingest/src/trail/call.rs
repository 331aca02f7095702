//! One event as a row of `api_call`.

use super::cursor::{Cursor, Step};
use super::event::Event;
use super::identity::session_name;
use super::json;
use super::node::Node;
use super::parameters::Parameters;
use super::text::Text;
use super::{session, target, time};
use crate::Batch;
use serde_json::Value;
use sightline_model::lake_table::API_CALL;
use sightline_model::untrusted::shortened;
use std::borrow::Cow;

/// Characters of an error message and of a user agent that are kept.
const LONGEST_MESSAGE: usize = 500;
/// Resources of one event that are kept.
const MOST_RESOURCES: usize = 50;

/// Writes events as rows. One for many events.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    parameters: Parameters,
    /// JSON of the resources
    resources: String,
}

/// What must be there: it is found out before a row is begun.
#[derive(Debug)]
pub(crate) struct Required<'r> {
    /// microseconds since 1970
    pub(crate) time: i64,
    source: Cow<'r, str>,
    name: Cow<'r, str>,
}

impl<'r> Required<'r> {
    /// It fails for records that tell neither when nor what; everything else may be missing or odd.
    pub(crate) fn of(event: &Event<'r>) -> Result<Self, String> {
        let text = event.required("eventTime", event.time)?;
        let time = time::microseconds(&text).ok_or_else(|| format!("`{}` is no `eventTime`", shortened(&text, 40)))?;
        let source = event.required("eventSource", event.source)?;
        let name = event.required("eventName", event.name)?;
        Ok(Self { time, source, name })
    }
}

impl Writer {
    /// Writes the row of the event that is the object's `line`-th record.
    pub(crate) fn write(
        &mut self,
        event: &Event<'_>,
        required: &Required<'_>,
        object: &str,
        line: i64,
        batch: &mut Batch<'_>,
    ) {
        let Required { time, source, name } = required;
        let (request, identity) = (event.request, &event.identity);
        let (arn, principal_id, kind) =
            (event.kept(identity.arn), event.kept(identity.principal_id), event.kept(identity.kind));
        let first = self.read_resources(event.resources);
        let asked = Asked::of(request);
        let issued = session::of_call(source, name, request, event.response);
        let tags = if issued.tags.is_empty() {
            Cow::Borrowed("{}")
        } else {
            Cow::Owned(Value::Object(issued.tags).to_string())
        };
        // The classic plane tells it beside the request, `bedrock-mantle` in it.
        let bearer_token = event.text(event.more.bearer_token).flag().or(asked.bearer_token);

        let mut row = batch.row(API_CALL);
        row.text("event_id", &event.kept(event.id)).time("event_time", *time);
        row.text("account_id", &event.kept(event.account_id)).text("region", &event.kept(event.region));
        row.text("event_source", source).text("event_name", name);
        row.text("event_category", &event.kept(event.category))
            .maybe_bool("read_only", event.text(event.read_only).flag());
        row.text("identity_type", &kind).text("identity_arn", &arn);
        row.text("identity_account_id", &event.kept(identity.account_id)).text("principal_id", &principal_id);
        row.text("user_name", &identity.user_name(event.record)).text("issuer_arn", &event.kept(identity.issuer_arn()));
        row.text("session_name", session_name(&arn, &principal_id, &kind));
        row.text("access_key_id", &event.kept(identity.access_key_id));
        row.text("ec2_role_delivery", &event.kept(identity.session.role_delivery));
        row.text("invoked_by", &event.kept(identity.invoked_by));
        row.text("credentials_issued_to", &event.kept(identity.issued_to));
        row.text("source_ip", &event.kept(event.source_ip));
        row.text("user_agent", &event.text(event.user_agent).kept_of(LONGEST_MESSAGE));
        row.text("vpc_endpoint_id", &event.kept(event.vpc_endpoint_id)).text("host", &event.kept(event.host));
        row.text("model_id", &target::of_call(source, request, first)).text("guardrail_id", &asked.guardrail_id);
        row.text("inference_region", &event.kept(event.more.inference_region)).maybe_bool("bearer_token", bearer_token);
        row.text("error_code", &event.kept(event.error_code));
        row.text("error_message", &event.text(event.error_message).kept_of(LONGEST_MESSAGE));
        row.text("request_id", &event.kept(event.request_id));
        row.text("assumed_role_arn", &issued.role_arn).text("issued_access_key_id", &issued.access_key_id);
        row.json("session_tags", &tags).json("resources", &self.resources);
        row.json("request_parameters", self.parameters.kept(request));
        row.text("object", object).int("line", line);
    }

    /// Writes the resources' ARNs into the buffer, and gives the first of them.
    fn read_resources<'r>(&mut self, resources: Node<'r>) -> Option<Cow<'r, str>> {
        let mut first = None;
        let mut left = MOST_RESOURCES;
        self.resources.clear();
        self.resources.push('[');
        let mut add = |arn: Text<'r>| {
            let text = arn.kept();
            if !text.is_empty() && left > 0 {
                left -= 1;
                if first.is_some() {
                    self.resources.push(',');
                }
                json::string(&mut self.resources, &text, arn.escaped);
                first.get_or_insert(text);
            }
        };
        resources.walk(|cursor| cursor.array(|cursor| arn(cursor).map(&mut add)));
        self.resources.push(']');
        first
    }
}

/// What any service's request may tell.
#[derive(Debug, Default)]
struct Asked<'r> {
    guardrail_id: Cow<'r, str>,
    bearer_token: Option<bool>,
}

impl<'r> Asked<'r> {
    fn of(request: Node<'r>) -> Self {
        let (mut given, mut configured, mut bearer_token) = (Text::default(), Text::default(), None);
        request.walk(|cursor| {
            cursor.object(|cursor, name| {
                match &*name.of(cursor.record()).whole() {
                    "guardrailIdentifier" => given = cursor.text()?.of(cursor.record()),
                    "guardrailConfig" => configured = cursor.only("guardrailIdentifier")?.of(cursor.record()),
                    "callWithBearerToken" => bearer_token = cursor.text()?.of(cursor.record()).flag(),
                    _ => cursor.skip()?,
                }
                Some(())
            })
        });
        let given = Some(given.kept()).filter(|id| !id.is_empty());
        Self { guardrail_id: given.unwrap_or_else(|| configured.kept()), bearer_token }
    }
}

/// The resource's ARN: `ARN` is what CloudTrail writes; some services write `arn`.
fn arn<'r>(cursor: &mut Cursor<'r>) -> Step<Text<'r>> {
    let (mut large, mut small) = (Text::default(), Text::default());
    cursor.object(|cursor, name| {
        match &*name.of(cursor.record()).whole() {
            "ARN" => large = cursor.text()?.of(cursor.record()),
            "arn" => small = cursor.text()?.of(cursor.record()),
            _ => cursor.skip()?,
        }
        Some(())
    })?;
    Some(if large.raw.is_empty() { small } else { large })
}
