//! Event streams against a server that sends each wrong stream there is to send.

use crate::aws::Aws;
use crate::connect::Emulated;
use crate::error::CallError;
use crate::kind::CallErrorKind;
use crate::listening::Listening;
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn event(name: &str, content: &'static [u8]) -> Vec<u8> {
    let header = |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let message = Message::new(Bytes::from_static(content))
        .add_header(header(":message-type", "event"))
        .add_header(header(":event-type", name));
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}

/// A server that sends these bytes as one stream.
struct Stream {
    server: MockServer,
    aws: Aws,
}

impl Stream {
    async fn of(bytes: Vec<u8>) -> Self {
        let server = MockServer::start().await;
        let body = ResponseTemplate::new(200).set_body_raw(bytes, "application/vnd.amazon.eventstream");
        Mock::given(any()).respond_with(body).mount(&server).await;
        let emulated = Emulated {
            endpoint: server.uri(),
            access_key_id: "123456789012".into(),
            region: "us-east-1".into(),
            ..Emulated::default()
        };
        let listening = Listening {
            product: "a test\r\n".into(),
            silence: Duration::from_secs(10),
            longest: Duration::from_secs(20),
            largest: 4_000,
        };
        Self { aws: Aws::emulated(emulated).listening(&listening), server }
    }

    async fn read(&self, service: &str, operation: &str, input: Value) -> Result<Vec<(String, Value)>, CallError> {
        let mut events = self.aws.stream("us-east-1", service, operation, input).await?;
        let mut all = Vec::new();
        while let Some(event) = events.next().await? {
            all.push(event);
        }
        Ok(all)
    }

    async fn converse(&self) -> Result<Vec<(String, Value)>, CallError> {
        self.read("bedrock-runtime", "ConverseStream", json!({"modelId": "m"})).await
    }
}

#[tokio::test]
async fn events_come_in_their_order_and_calls_bear_the_name() {
    let stream =
        Stream::of([event("messageStart", br#"{"role":"assistant"}"#), event("messageStop", b"")].concat()).await;
    let events = stream.converse().await.unwrap();
    assert_eq!(events, [("messageStart".into(), json!({"role": "assistant"})), ("messageStop".into(), json!({}))]);
    let asked = stream.server.received_requests().await.unwrap();
    let agent = asked[0].headers["user-agent"].to_str().unwrap();
    assert_eq!(agent, concat!("sightline/", env!("CARGO_PKG_VERSION"), " atest"), "no line of its own");
}

#[tokio::test]
async fn bytes_of_an_event_are_base64_text() {
    let stream = Stream::of(event("PayloadPart", b"\xffany")).await;
    let input = json!({"EndpointName": "e", "Body": ""});
    let events = stream.read("sagemaker-runtime", "InvokeEndpointWithResponseStream", input).await.unwrap();
    assert_eq!(events, [("PayloadPart".into(), json!({"Bytes": "/2FueQ=="}))]);
}

/// Wherever a stream is cut inside a frame, and whichever byte of it is flipped, nobody takes it for whole.
#[tokio::test]
async fn every_cut_and_every_flipped_byte_is_noticed() {
    let first = event("messageStart", b"{}");
    let whole = [first.clone(), event("messageStop", br#"{"stopReason":"end_turn"}"#)].concat();
    for cut in 1..whole.len() {
        let read = Stream::of(whole[..cut].to_vec()).await.converse().await;
        match cut == first.len() {
            true => assert_eq!(read.unwrap().len(), 1),
            false => assert_eq!(read.unwrap_err().kind, CallErrorKind::Unreachable, "{cut}"),
        }
    }
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        let error = Stream::of(bytes).await.converse().await.unwrap_err();
        let expected = [CallErrorKind::Unreadable, CallErrorKind::Unreachable];
        assert!(expected.contains(&error.kind), "{place}: {error}");
        assert_eq!(error.status, Some(200));
    }
}

#[tokio::test]
async fn what_is_larger_than_allowed_is_given_up() {
    let events = event("messageStart", b"{}").repeat(100);
    let error = Stream::of(events).await.converse().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unreadable);
    assert!(error.message.contains("4000 bytes"), "{error}");
    let announced = [5_000u32.to_be_bytes(), [0; 4], [0; 4]].concat();
    let error = Stream::of(announced).await.converse().await.unwrap_err();
    assert!(error.message.contains("5000 bytes is announced"), "{error}");
}
