//! Answers that are event streams: frames with two checksums each, read by the official decoder as they come.
//! <https://smithy.io/2.0/aws/amazon-eventstream.html>

#![expect(clippy::result_large_err, reason = "as for calls: an error comes once an answer, and is read whole")]

use crate::aws::Aws;
use crate::error::{About, CallError};
use crate::kind::CallErrorKind;
use crate::models;
use crate::operation::{Answer, Shape};
use crate::shape::{Location, Service, ShapeRef};
use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::event_stream::Message;
use aws_smithy_types::str_bytes::StrBytes;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use serde_json::{Value, json};
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The code of a stream that ended before it was to its end.
const CUT: &str = "ConnectionLost";
/// No frame is shorter: two lengths and two checksums.
const SHORTEST: usize = 16;

/// An answer that should be a stream of events and says that it is something else.
#[derive(Debug, thiserror::Error)]
#[error("the answer is no event stream")]
pub(crate) struct NoStream;

/// Whether the answer says that it is a stream of events, or says nothing.
pub(crate) fn is_stream(response: &HttpResponse) -> bool {
    let said = response.headers().get("content-type");
    said.is_none_or(|said| said.trim_start().to_ascii_lowercase().starts_with("application/vnd.amazon.eventstream"))
}

/// The events of one answer, in their order.
#[derive(Debug)]
pub struct Events {
    service: &'static Service,
    operation: &'static str,
    region: String,
    /// the union of events
    union: Option<ShapeRef>,
    body: SdkBody,
    decoder: MessageFrameDecoder,
    buffer: BytesMut,
    /// whether the decoder has taken the beginning of a frame
    begun: bool,
    read: u64,
    largest: u64,
    silence: Duration,
    longest: Duration,
    began: Instant,
}

impl Aws {
    /// Calls an operation whose answer is a stream of events. What fails before the first event is tried again as any call; what fails behind
    /// it is not.
    ///
    /// # Errors
    /// Those of [`Aws::call`].
    pub async fn stream(
        &self,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Events, CallError> {
        let about = About { service, operation, region };
        let body = match self.answer(about, input, Shape::Events).await? {
            Answer::Events(body) => body,
            Answer::Value(_) | Answer::Object(_) => SdkBody::empty(),
        };
        let known = models::model(service).ok().and_then(|model| Some((model, model.operation(operation)?)));
        let (service, operation) = known
            .ok_or_else(|| about.error(CallErrorKind::Invalid, "UnknownOperation", "the API models do not hold it"))?;
        let patience = self.patience();
        Ok(Events {
            union: union(service, operation.output),
            service,
            operation: operation.name,
            region: region.to_owned(),
            body,
            decoder: MessageFrameDecoder::new(),
            buffer: BytesMut::new(),
            begun: false,
            read: 0,
            largest: patience.largest,
            silence: patience.stalled,
            longest: patience.timeouts.operation_timeout().unwrap_or(patience.stalled),
            began: Instant::now(),
        })
    }
}

/// The member of an output that is the stream.
fn union(service: &Service, output: ShapeRef) -> Option<ShapeRef> {
    let stream = service.members(output).iter().find(|member| member.location == Location::Payload);
    stream.map(|member| member.shape)
}

impl Events {
    /// The next event's name and content; nothing at the stream's end. An event whose content is bytes has them as base64 text under its member's
    /// name.
    ///
    /// # Errors
    /// An exception among the events is an error with its own code. A stream that ends within an event is
    /// [`CallErrorKind::Unreachable`], a wrong checksum or an answer that is too large [`CallErrorKind::Unreadable`], silence
    /// [`CallErrorKind::TimedOut`]. Nothing is to be read behind an error.
    pub async fn next(&mut self) -> Result<Option<(String, Value)>, CallError> {
        loop {
            while let Some(message) = self.decoded()? {
                if let Some(event) = self.event(&message)? {
                    return Ok(Some(event));
                }
            }
            match self.more().await? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None if self.begun || !self.buffer.is_empty() => {
                    return Err(self.cut("the answer ended inside an event"));
                }
                None => return Ok(None),
            }
        }
    }

    /// The error of a stream that ended between two events, and before the one that should be its last.
    pub fn unfinished(&self) -> CallError {
        self.cut("the answer ended before its last event")
    }

    /// The error of an event that is not what the API's model says.
    pub fn unreadable(&self, reason: &str) -> CallError {
        self.error(CallErrorKind::Unreadable, "UnreadableAnswer", reason)
    }

    fn cut(&self, reason: &str) -> CallError {
        self.error(CallErrorKind::Unreachable, CUT, reason)
    }

    /// An error behind an answer's beginning: whoever pays by the token may have to pay for it.
    fn error(&self, kind: CallErrorKind, code: &str, reason: &str) -> CallError {
        CallError { status: Some(200), ..self.about().error(kind, code, reason) }
    }

    fn about(&self) -> About<'_> {
        About { service: self.service.key, operation: self.operation, region: &self.region }
    }

    /// A whole frame, if there is one in the buffer. Its checksums are right.
    fn decoded(&mut self) -> Result<Option<Message>, CallError> {
        if !self.begun {
            let Some(length) = self.buffer.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize) else {
                return Ok(None);
            };
            // The decoder would wait for as many bytes as a stranger says.
            if length < SHORTEST || length as u64 > self.largest {
                return Err(self.unreadable(&format!("an event of {length} bytes is announced")));
            }
        }
        let before = self.buffer.len();
        let frame = self.decoder.decode_frame(&mut self.buffer).map_err(|error| self.unreadable(&error.to_string()))?;
        match frame {
            DecodedFrame::Complete(message) => {
                self.begun = false;
                Ok(Some(message))
            }
            DecodedFrame::Incomplete => {
                self.begun |= self.buffer.len() < before;
                Ok(None)
            }
        }
    }

    /// More of the body.
    async fn more(&mut self) -> Result<Option<Bytes>, CallError> {
        let left = self.longest.saturating_sub(self.began.elapsed());
        let body = &mut self.body;
        let frame = match timeout(self.silence.min(left), poll_fn(|context| Pin::new(&mut *body).poll_frame(context)))
            .await
        {
            Ok(None) => return Ok(None),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return Err(self.cut(&error.to_string())),
            Err(_) => {
                return Err(self.error(CallErrorKind::TimedOut, "Stalled", "the answer began and then stopped coming"));
            }
        };
        let bytes = frame.into_data().unwrap_or_default();
        self.read += bytes.len() as u64;
        match self.read > self.largest {
            true => Err(self.unreadable(&format!("the answer has more than {} bytes", self.largest))),
            false => Ok(Some(bytes)),
        }
    }

    /// The content of a frame; nothing for one that says nothing of the operation.
    fn event(&self, message: &Message) -> Result<Option<(String, Value)>, CallError> {
        match header(message, ":message-type") {
            Some("event") => {
                let name = header(message, ":event-type").unwrap_or_default();
                // Protocols that have no other place for it send the rest of the output first.
                if name == "initial-response" {
                    return Ok(None);
                }
                Ok(Some((name.to_owned(), self.content(name, message.payload())?)))
            }
            Some("exception") => Err(self.exception(message)),
            Some("error") => {
                let code = header(message, ":error-code").unwrap_or("Unknown");
                Err(self.refusal(code, header(message, ":error-message").unwrap_or_default()))
            }
            _ => Err(self.unreadable("a frame says not whether it is an event")),
        }
    }

    fn content(&self, name: &str, payload: &Bytes) -> Result<Value, CallError> {
        let event = self.union.and_then(|union| self.service.members(union).iter().find(|member| member.name == name));
        let members = event.map(|event| self.service.members(event.shape)).unwrap_or_default();
        if let Some(bytes) = members.iter().find(|member| member.location == Location::Payload) {
            return Ok(json!({bytes.name: base64::encode(payload)}));
        }
        if payload.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(payload).map_err(|error| self.unreadable(&format!("an event is no JSON: {error}")))
    }

    fn exception(&self, message: &Message) -> CallError {
        let name = header(message, ":exception-type").unwrap_or("Unknown");
        let content: Value = serde_json::from_slice(message.payload()).unwrap_or_default();
        let said = content.get("message").or_else(|| content.get("Message")).and_then(Value::as_str);
        self.refusal(name, said.unwrap_or_default())
    }

    /// Exceptions of streams go by their member's name, which begins with a small letter.
    fn refusal(&self, name: &str, said: &str) -> CallError {
        let mut letters = name.chars();
        let code: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        self.error(CallErrorKind::of(&code, said, 500), &code, said)
    }
}

fn header<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    let found = message.headers().iter().find(|header| header.name().as_str() == name)?;
    found.value().as_string().ok().map(StrBytes::as_str)
}
