//! An S3 endpoint with one object, which answers ranges, and also lies and fails.

use super::{all_of, bounds, connect, listed, read};
use sightline_collect::logs::{Listed, LogStore, Opened, Why};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const PIECE: usize = 8 << 20;

/// What the endpoint does with the n-th request for the object, from 0.
type Twist = fn(u64, ResponseTemplate) -> ResponseTemplate;

struct Object {
    content: Arc<Vec<u8>>,
    served: Arc<AtomicU64>,
    twist: Twist,
}

impl Respond for Object {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap());
        let turn = self.served.fetch_add(1, Ordering::Relaxed);
        if header("if-match") != Some("\"e1\"") {
            return refusal(412, "PreconditionFailed");
        }
        let answer = match header("range") {
            None => ResponseTemplate::new(200).set_body_bytes(self.content.to_vec()),
            Some(range) => {
                let (from, to) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
                let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                let named = format!("bytes {from}-{to}/{}", self.content.len());
                ResponseTemplate::new(206)
                    .insert_header("content-range", named)
                    .set_body_bytes(self.content[from..=to].to_vec())
            }
        };
        (self.twist)(turn, answer.insert_header("etag", "\"e1\""))
    }
}

fn refusal(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
}

struct Endpoint {
    _server: MockServer,
    store: LogStore,
    object: Listed,
    content: Arc<Vec<u8>>,
    served: Arc<AtomicU64>,
}

/// An endpoint that says that its object has so many bytes.
async fn endpoint(content: usize, announced: usize, twist: Twist) -> Endpoint {
    let server = MockServer::start().await;
    let content: Arc<Vec<u8>> = Arc::new((0..content).map(|n| (n % 251) as u8).collect());
    let served = Arc::<AtomicU64>::default();
    let location = ResponseTemplate::new(200).set_body_string("<LocationConstraint/>");
    Mock::given(query_param("location", "")).respond_with(location).mount(&server).await;
    let page = format!(
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a/k</Key><LastModified>2026-11-22T03:00:00.000Z</LastModified>\
         <ETag>&quot;e1&quot;</ETag><Size>{announced}</Size></Contents></ListBucketResult>"
    );
    Mock::given(query_param("list-type", "2"))
        .respond_with(ResponseTemplate::new(200).set_body_string(page))
        .mount(&server)
        .await;
    let object = Object { content: content.clone(), served: served.clone(), twist };
    Mock::given(method("GET")).and(path("/logs/a/k")).respond_with(object).mount(&server).await;
    let store = LogStore::s3(&connect(&server.uri()), "logs", vec![]);
    let object = listed(&store, None).await.remove(0).unwrap();
    Endpoint { _server: server, store, object, content, served }
}

impl Endpoint {
    fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_large_object_comes_in_pieces_of_one_version() {
    let size = 2 * PIECE + 5;
    let place = endpoint(size, size, |_, answer| answer).await;
    let opened = place.store.open(&place.object, bounds(1 << 20)).await.unwrap();
    assert!(matches!(opened, Opened::Stream(_)));
    assert!(all_of(opened).await.unwrap() == *place.content);
    let requests = place.store.requests();
    assert_eq!((requests.lists, requests.gets, place.served()), (1, 3, 3));

    assert!(read(&place.store, &place.object, size as u64).await.unwrap() == *place.content);
    assert_eq!(place.served(), 4);
}

#[tokio::test]
async fn an_object_that_is_written_over_while_it_is_read() {
    let twist: Twist = |turn, answer| if turn == 0 { answer } else { refusal(412, "PreconditionFailed") };
    let place = endpoint(2 * PIECE, 2 * PIECE, twist).await;
    let unread = read(&place.store, &place.object, 1).await.unwrap_err();
    assert_eq!(unread.why, Why::Gone);
    assert!(unread.error.contains("PreconditionFailed"), "{}", unread.error);
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let cases: [(Twist, Why); 5] = [
        (|_, _| refusal(403, "AccessDenied"), Why::Denied),
        (|_, _| refusal(404, "NoSuchKey"), Why::Gone),
        (|_, _| refusal(400, "ExpiredToken"), Why::Credentials),
        (|_, _| refusal(503, "SlowDown"), Why::Throttled),
        (|_, _| refusal(501, "NotImplemented"), Why::Failed),
    ];
    for (twist, expected) in cases {
        let place = endpoint(10, 10, twist).await;
        assert_eq!(place.store.open(&place.object, bounds(10)).await.unwrap_err().why, expected);
    }
}

#[tokio::test]
async fn refusals_in_the_middle_do_so_too() {
    let cases: [(Twist, Why); 2] = [
        (|turn, answer| if turn == 0 { answer } else { refusal(403, "AccessDenied") }, Why::Denied),
        (|turn, answer| if turn == 0 { answer } else { refusal(400, "ExpiredToken") }, Why::Credentials),
    ];
    for (twist, expected) in cases {
        let place = endpoint(PIECE + 1, PIECE + 1, twist).await;
        assert_eq!(read(&place.store, &place.object, 1).await.unwrap_err().why, expected);
    }
}

#[tokio::test]
async fn lies_are_noticed() {
    let cases: [(usize, usize, u64, Twist); 6] = [
        // Fewer and more bytes than were listed.
        (9, 10, 100, |_, answer| answer),
        (11, 10, 100, |_, answer| answer),
        // Another version than was asked for.
        (10, 10, 100, |_, answer| answer.insert_header("etag", "\"e2\"")),
        // The whole where a part was asked for.
        (10, 10, 1, |_, _| ResponseTemplate::new(200).insert_header("etag", "\"e1\"").set_body_bytes(vec![0; 10])),
        // Less of the part, and another part.
        (10, 10, 1, |_, _| ResponseTemplate::new(206).insert_header("etag", "\"e1\"").set_body_bytes(vec![0; 9])),
        (10, 10, 1, |_, answer| answer.insert_header("content-range", "bytes 1-10/20")),
    ];
    for (case, (content, announced, whole, twist)) in cases.into_iter().enumerate() {
        let place = endpoint(content, announced, twist).await;
        let unread = read(&place.store, &place.object, whole).await.unwrap_err();
        assert_eq!(unread.why, Why::Inconsistent, "case {case}: {}", unread.error);
    }
}

#[tokio::test]
async fn a_reader_that_is_dropped_ends_the_reading() {
    let size = 12 * PIECE;
    let place = endpoint(size, size, |_, answer| answer).await;
    let Opened::Stream(reader) = place.store.open(&place.object, bounds(1)).await.unwrap() else {
        panic!("the object is larger than the bound")
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    // One that is read, one that waits, one that is under way.
    let ahead = place.served();
    assert!((1..=3).contains(&ahead), "{ahead}");
    drop(reader);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(place.served() <= ahead + 1, "{}", place.served());
}
