//! An event: what stands at the outermost level of a record, and the parts that a few services have more to read from.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>; insights:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html>; aggregated events:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aggregated-events.html>.

use super::cursor::{Cursor, Fault, Step};
use super::identity::Identity;
use super::node::Node;
use super::text::{Span, Text};
use std::borrow::Cow;

/// The category of records that sum up many events: they tell neither who nor when.
const AGGREGATED: &str = "Aggregated";

/// What is kept of an event, borrowed from its record. Of members of equal names the last counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Event<'r> {
    /// the record that the spans are of
    pub(crate) record: &'r str,
    pub(crate) id: Span,
    pub(crate) time: Span,
    pub(crate) account_id: Span,
    pub(crate) region: Span,
    pub(crate) source: Span,
    pub(crate) name: Span,
    pub(crate) category: Span,
    pub(crate) read_only: Span,
    pub(crate) source_ip: Span,
    pub(crate) user_agent: Span,
    pub(crate) vpc_endpoint_id: Span,
    pub(crate) host: Span,
    pub(crate) error_code: Span,
    pub(crate) error_message: Span,
    pub(crate) request_id: Span,
    pub(crate) more: More,
    pub(crate) identity: Identity,
    /// `requestParameters`; for insights their details
    pub(crate) request: Node<'r>,
    /// `responseElements`
    pub(crate) response: Node<'r>,
    /// `resources`
    pub(crate) resources: Node<'r>,
    insight: Node<'r>,
    detail: Node<'r>,
}

/// What is kept of `additionalEventData`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct More {
    pub(crate) inference_region: Span,
    pub(crate) bearer_token: Span,
}

impl<'r> Event<'r> {
    /// Reads the event that the cursor stands before, bare or as EventBridge wraps it.
    pub(crate) fn read(&mut self, mut cursor: Cursor<'r>) -> Result<(), Fault> {
        *self = Self { record: cursor.record(), ..Self::default() };
        self.pass(&mut cursor).ok_or_else(|| cursor.fault())?;
        if let Some(mut detail) = self.detail.cursor()
            && self.kept(self.name).is_empty()
        {
            *self = Self { record: cursor.record(), ..Self::default() };
            self.pass(&mut detail).ok_or_else(|| detail.fault())?;
        }
        self.take_insight();
        Ok(())
    }

    /// The text that stands there.
    #[inline]
    pub(crate) fn text(&self, span: Span) -> Text<'r> {
        span.of(self.record)
    }

    /// Likewise, without outer blanks, of at most 2,048 characters.
    #[inline]
    pub(crate) fn kept(&self, span: Span) -> Cow<'r, str> {
        span.of(self.record).kept()
    }

    /// Whether it sums up many events.
    pub(crate) fn is_aggregated(&self) -> bool {
        self.kept(self.category) == AGGREGATED
    }

    /// Text that must be there; `name` is the member's.
    pub(crate) fn required(&self, name: &str, span: Span) -> Result<Cow<'r, str>, String> {
        Some(self.kept(span)).filter(|text| !text.is_empty()).ok_or_else(|| format!("the event has no `{name}`"))
    }

    fn pass(&mut self, cursor: &mut Cursor<'r>) -> Step {
        cursor.object(|cursor, name| self.member(cursor, &name.of(cursor.record()).whole()))
    }

    #[inline]
    fn member(&mut self, cursor: &mut Cursor<'r>, name: &str) -> Step {
        match name {
            "eventID" => self.id = cursor.text()?,
            "eventTime" => self.time = cursor.text()?,
            "recipientAccountId" => self.account_id = cursor.text()?,
            "awsRegion" => self.region = cursor.text()?,
            "eventSource" => self.source = cursor.text()?,
            "eventName" => self.name = cursor.text()?,
            "eventCategory" => self.category = cursor.text()?,
            "readOnly" => self.read_only = cursor.text()?,
            "sourceIPAddress" => self.source_ip = cursor.text()?,
            "userAgent" => self.user_agent = cursor.text()?,
            "vpcEndpointId" => self.vpc_endpoint_id = cursor.text()?,
            "errorCode" => self.error_code = cursor.text()?,
            "errorMessage" => self.error_message = cursor.text()?,
            "requestID" => self.request_id = cursor.text()?,
            "tlsDetails" => self.host = cursor.only("clientProvidedHostHeader")?,
            "additionalEventData" => self.more = More::passed(cursor)?,
            "userIdentity" => self.identity = Identity::passed(cursor)?,
            "requestParameters" => self.request = Node::passed(cursor)?,
            "responseElements" => self.response = Node::passed(cursor)?,
            "resources" => self.resources = Node::passed(cursor)?,
            "insightDetails" => self.insight = Node::passed(cursor)?,
            "detail" => self.detail = Node::passed(cursor)?,
            _ => cursor.skip()?,
        }
        Some(())
    }

    /// An insight names the call that it is about in its details.
    fn take_insight(&mut self) {
        if self.insight.cursor().is_some() && self.kept(self.name).is_empty() {
            self.name = self.insight.at("eventName").span();
            self.source = self.insight.at("eventSource").span();
            self.request = self.insight;
        }
    }
}

impl More {
    fn passed(cursor: &mut Cursor<'_>) -> Step<Self> {
        let mut more = Self::default();
        cursor.object(|cursor, name| {
            match &*name.of(cursor.record()).whole() {
                "inferenceRegion" => more.inference_region = cursor.text()?,
                "callWithBearerToken" => more.bearer_token = cursor.text()?,
                _ => cursor.skip()?,
            }
            Some(())
        })?;
        Some(more)
    }
}
