//! Many callers of an action that the service throttles: all get their answers, at about the rate that the service allows, and no other
//! action waits for them.

use crate::aws::Aws;
use crate::connect::Emulated;
use crate::kind::CallErrorKind;
use crate::room::Room;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wiremock::matchers::{any, header};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Lets so many requests a second through and refuses the rest, as AWS's token buckets do.
struct Bucket {
    rate: f64,
    state: Mutex<State>,
}

struct State {
    tokens: f64,
    last: Instant,
    answered: usize,
    refused: usize,
}

impl Bucket {
    fn of(rate: f64) -> Arc<Self> {
        let state = State { tokens: rate, last: Instant::now(), answered: 0, refused: 0 };
        Arc::new(Self { rate, state: Mutex::new(state) })
    }
}

#[derive(Clone)]
struct Throttling(Arc<Bucket>);

impl Respond for Throttling {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let mut state = self.0.state.lock().unwrap();
        let now = Instant::now();
        let more = now.duration_since(state.last).as_secs_f64() * self.0.rate;
        (state.tokens, state.last) = ((state.tokens + more).min(self.0.rate), now);
        if state.tokens < 1.0 {
            state.refused += 1;
            return throttled();
        }
        state.tokens -= 1.0;
        state.answered += 1;
        ResponseTemplate::new(200).set_body_json(json!({"trailList": []}))
    }
}

fn throttled() -> ResponseTemplate {
    ResponseTemplate::new(400)
        .insert_header("x-amzn-errortype", "ThrottlingException")
        .set_body_json(json!({"message": "Rate exceeded"}))
}

fn connected(server: &MockServer) -> Aws {
    Aws::emulated(Emulated {
        endpoint: server.uri(),
        access_key_id: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        ..Emulated::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_of_a_throttled_action_lose_nothing_and_hold_nobody_up() {
    const CALLS: usize = 120;
    let server = MockServer::start().await;
    let bucket = Bucket::of(20.0);
    let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
    let describe = header("x-amz-target", format!("{target}.DescribeTrails").as_str());
    Mock::given(describe).respond_with(Throttling(bucket.clone())).with_priority(1).mount(&server).await;
    let fine = ResponseTemplate::new(200).set_body_json(json!({"logGroups": []}));
    Mock::given(any()).respond_with(fine).with_priority(9).mount(&server).await;
    let aws = connected(&server).within(&Room::new(8));

    let slow =
        futures::future::join_all((0..CALLS).map(|_| aws.call("us-east-1", "cloudtrail", "DescribeTrails", json!({}))));
    let other = async {
        // By then the action is throttled, and its callers wait.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let started = Instant::now();
        for _ in 0..20 {
            aws.call("us-east-1", "logs", "DescribeLogGroups", json!({})).await.unwrap();
        }
        started.elapsed()
    };
    let (answers, others) = tokio::join!(slow, other);
    let lost: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
    assert!(lost.is_empty(), "{} of {CALLS} lost: {}", lost.len(), lost[0]);
    assert!(others < Duration::from_secs(3), "another action took {others:?}");
    let state = bucket.state.lock().unwrap();
    assert_eq!(state.answered, CALLS);
    assert!(state.refused > 0, "the service did throttle");
    assert!(state.refused < 2 * CALLS, "{} refusals for {CALLS} answers: the rate was not learned", state.refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_is_closed_is_given_up_soon() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(throttled()).mount(&server).await;
    let aws = connected(&server);
    let all = (0..200).map(|_| aws.call("us-east-1", "cloudtrail", "DescribeTrails", json!({})));
    let answers = tokio::time::timeout(Duration::from_secs(300), futures::future::join_all(all)).await.unwrap();
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap_err().kind == CallErrorKind::Throttled));
}

#[tokio::test]
async fn how_long_to_wait_is_heard() {
    let server = MockServer::start().await;
    let busy = throttled().insert_header("retry-after", "2");
    Mock::given(any()).respond_with(busy).up_to_n_times(1).with_priority(1).mount(&server).await;
    let fine = ResponseTemplate::new(200).set_body_json(json!({"trailList": []}));
    Mock::given(any()).respond_with(fine).with_priority(9).mount(&server).await;
    let started = Instant::now();
    connected(&server).call("us-east-1", "cloudtrail", "DescribeTrails", json!({})).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(2), "{:?}", started.elapsed());
}

/// One in twenty answers is an error of the server's; the retry quota lasts, for what goes through earns it back.
#[tokio::test(flavor = "multi_thread")]
async fn errors_now_and_then_use_up_no_quota() {
    struct Flaky(Mutex<usize>);
    impl Respond for Flaky {
        fn respond(&self, _: &Request) -> ResponseTemplate {
            let mut count = self.0.lock().unwrap();
            *count += 1;
            if count.is_multiple_of(20) {
                ResponseTemplate::new(500)
            } else {
                ResponseTemplate::new(200).set_body_json(json!({}))
            }
        }
    }
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Flaky(Mutex::new(0))).mount(&server).await;
    let aws = connected(&server).within(&Room::new(16));
    let all = (0..1_500).map(|_| aws.call("us-east-1", "cloudtrail", "DescribeTrails", json!({})));
    let lost = futures::future::join_all(all).await.into_iter().filter(Result::is_err).count();
    assert_eq!(lost, 0);
    assert!(aws.usage().retries > 50, "{:?}", aws.usage());
}
