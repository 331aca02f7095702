//! Calls against servers that misbehave.

use crate::aws::Aws;
use crate::connect::Emulated;
use crate::endpoint::Endpoint;
use crate::error::CallError;
use crate::kind::CallErrorKind;
use crate::models;
use crate::object::{INCONSISTENT, Wanted};
use crate::patience::Patience;
use aws_credential_types::provider::{SharedCredentialsProvider, error::CredentialsError, future::ProvideCredentials};
use aws_smithy_types::retry::{RetryConfig, RetrySpec};
use aws_smithy_types::timeout::TimeoutConfig;
use futures::TryStreamExt;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::{any, body_string_contains, header, header_regex, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn>\
    <UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

fn connected(url: &str, attempts: u32) -> Aws {
    let emulated = Emulated {
        endpoint: url.to_owned(),
        access_key_id: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        ..Emulated::default()
    };
    let builder = TimeoutConfig::builder().connect_timeout(Duration::from_secs(2));
    let patience = Patience {
        retries: RetryConfig::adaptive()
            .with_max_attempts(attempts)
            .with_initial_backoff(Duration::from_millis(5))
            .with_retry_spec(RetrySpec::v2_1()),
        timeouts: builder
            .operation_attempt_timeout(Duration::from_millis(400))
            .operation_timeout(Duration::from_secs(20))
            .build(),
        stalled: Duration::from_millis(300),
        ..Patience::default()
    };
    Aws::with(emulated.config(), patience)
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

async fn error_of(server: &MockServer, service: &str, operation: &str) -> CallError {
    connected(&server.uri(), 3).call("us-east-1", service, operation, json!({})).await.unwrap_err()
}

#[tokio::test]
async fn two_failures_are_ridden_out() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(500)).up_to_n_times(2).mount(&server).await;
    Mock::given(header("user-agent", concat!("sightline/", env!("CARGO_PKG_VERSION"))))
        .and(body_string_contains("Action=GetCallerIdentity"))
        .respond_with(ResponseTemplate::new(200).set_body_string(IDENTITY))
        .mount(&server)
        .await;
    let aws = connected(&server.uri(), 4);
    let caller = aws.caller().await.unwrap();
    assert_eq!((caller.account_id.as_str(), caller.partition.as_str()), ("123456789012", "aws"));
    assert_eq!((aws.usage().calls, aws.usage().retries), (1, 2));
}

#[tokio::test]
async fn ec2_has_names_of_its_own() {
    let server = answering(ResponseTemplate::new(200).set_body_string("<DescribeInstancesResponse/>")).await;
    let filter = json!({"Name": "vpc-id", "Values": ["vpc-1", "vpc 2"]});
    let input = json!({"Filters": [filter], "InstanceIds": ["i-1"], "MaxResults": 5});
    let answer = connected(&server.uri(), 1).call("us-east-1", "ec2", "DescribeInstances", input).await.unwrap();
    assert_eq!(answer, json!({}));
    let request = server.received_requests().await.unwrap().remove(0);
    insta::assert_snapshot!(String::from_utf8_lossy(&request.body).replace('&', "\n"), @r"
    Action=DescribeInstances
    Version=2016-11-15
    InstanceId.1=i-1
    Filter.1.Name=vpc-id
    Filter.1.Value.1=vpc-1
    Filter.1.Value.2=vpc%202
    MaxResults=5
    ");
}

#[tokio::test]
async fn a_throttle_without_a_code_is_ridden_out() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(429)).up_to_n_times(1).mount(&server).await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"trailList": []})))
        .mount(&server)
        .await;
    let aws = connected(&server.uri(), 2);
    assert_eq!(
        aws.call("us-east-1", "cloudtrail", "DescribeTrails", json!({})).await.unwrap(),
        json!({"trailList": []})
    );
    assert_eq!(aws.usage().retries, 1);
}

#[tokio::test]
async fn a_throttle_that_lasts_is_reported_as_one() {
    let throttle = json!({"__type": "ThrottlingException", "message": "Rate exceeded"});
    let server = answering(ResponseTemplate::new(400).set_body_json(throttle)).await;
    let aws = connected(&server.uri(), 2);
    let error = aws.call("us-east-1", "cloudtrail", "DescribeTrails", json!({})).await.unwrap_err();
    assert_eq!((error.kind, requests(&server).await), (CallErrorKind::Throttled, 2));
    insta::assert_snapshot!(error, @"cloudtrail:DescribeTrails in us-east-1: ThrottlingException: Rate exceeded");
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    let body = json!({"__type": "AccessDeniedException", "Message": "no"});
    let server = answering(ResponseTemplate::new(400).set_body_json(body)).await;
    let error = error_of(&server, "cloudtrail", "DescribeTrails").await;
    assert_eq!((error.kind, error.status, requests(&server).await), (CallErrorKind::Denied, Some(400), 1));
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_reported() {
    let server = answering(ResponseTemplate::new(500).set_body_string("<!doctype html><h1>Internal</h1>")).await;
    let error = error_of(&server, "bedrock", "ListGuardrails").await;
    assert_eq!((error.kind, error.code.as_str(), requests(&server).await), (CallErrorKind::Server, "Http500", 3));
}

#[tokio::test]
async fn truncated_answers_are_unreadable() {
    for (service, operation, body) in [
        ("cloudtrail", "DescribeTrails", r#"{"trailList":[{"Name":"a""#),
        ("cloudtrail", "DescribeTrails", r#"{"trailList":[{"Name":"a"}]"#),
        ("cloudtrail", "DescribeTrails", r#"{"trailList":[{"Name":"a"},"#),
        ("cloudtrail", "DescribeTrails", ""),
        ("bedrock", "ListGuardrails", r#"{"guardrails":["#),
        ("bedrock", "ListGuardrails", r#"{"guardrails":[],"#),
        ("sts", "GetCallerIdentity", "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn"),
        ("ec2", "DescribeRegions", "<DescribeRegionsResponse><regionInfo><item><regionName>us"),
        ("s3", "ListBuckets", "<html><body>sign in</body></html>"),
        ("eks", "ListClusters", r#"{"error":"sign in"}"#),
        ("s3", "ListBuckets", "<ListAllMyBucketsResult><Buckets><Bucket><Name>a"),
        ("eks", "ListClusters", "<html>not json</html>"),
        ("sts", "GetCallerIdentity", "not xml"),
        ("sts", "GetCallerIdentity", ""),
        ("sts", "GetCallerIdentity", "<html><body>sign in</body></html>"),
    ] {
        let server = answering(ResponseTemplate::new(200).set_body_string(body)).await;
        let answer = connected(&server.uri(), 1).call("us-east-1", service, operation, json!({})).await;
        let said = answer.map_err(|error| (error.kind, error.status));
        assert_eq!(said, Err((CallErrorKind::Unreadable, Some(200))), "{service}: {body}");
    }
}

#[tokio::test]
async fn a_slow_server_times_out() {
    let server = answering(ResponseTemplate::new(200).set_delay(Duration::from_secs(20))).await;
    assert_eq!(error_of(&server, "eks", "ListClusters").await.kind, CallErrorKind::TimedOut);
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let aws = connected("http://127.0.0.1:9", 2);
    let error = aws.call("us-east-1", "eks", "ListClusters", json!({})).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unreachable, "{error}");
}

#[tokio::test]
async fn a_host_that_nobody_knows() {
    let overridden = connected("http://emulator.invalid", 1);
    let mut public = Emulated { region: "us-east-1".to_owned(), ..Emulated::default() }.config().into_builder();
    public.set_endpoint_url(None);
    let public = Aws::with(public.build(), Patience::default());
    for (aws, region, expected) in [
        (&overridden, "us-east-1", CallErrorKind::Unreachable),
        (&overridden, "us-iso-west-1", CallErrorKind::Unreachable),
        (&public, "us-iso-west-1", CallErrorKind::Unsupported),
        (&public, "us-iso-moon-9", CallErrorKind::Unreachable),
    ] {
        let error = aws.call(region, "bedrock", "ListGuardrails", json!({})).await.unwrap_err();
        assert_eq!(error.kind, expected, "{error}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_unreachable_by_https() {
    let server = answering(ResponseTemplate::new(200)).await;
    let aws = connected(&server.uri().replace("http://", "https://"), 1);
    let error = aws.call("us-east-1", "eks", "ListClusters", json!({})).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unreachable, "{error}");
}

#[derive(Debug)]
struct NoCredentials(fn() -> CredentialsError);

impl aws_credential_types::provider::ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> ProvideCredentials<'a>
    where
        Self: 'a,
    {
        ProvideCredentials::ready(Err(self.0()))
    }
}

#[tokio::test]
async fn credentials_that_are_not_there() {
    for (error, expected) in [
        ((|| CredentialsError::not_loaded("no providers in chain")) as fn() -> _, CallErrorKind::NoCredentials),
        (|| CredentialsError::provider_error("the SSO session has expired"), CallErrorKind::ExpiredCredentials),
        (|| CredentialsError::provider_error("AccessDenied: sts:AssumeRole"), CallErrorKind::Denied),
    ] {
        let server = answering(ResponseTemplate::new(200).set_body_string(IDENTITY)).await;
        let emulated = Emulated { endpoint: server.uri(), region: "us-east-1".to_owned(), ..Emulated::default() };
        let provider = SharedCredentialsProvider::new(NoCredentials(error));
        let aws =
            Aws::with(emulated.config().into_builder().credentials_provider(provider).build(), Patience::default());
        let error = aws.caller().await.unwrap_err();
        assert_eq!((error.kind, requests(&server).await), (expected, 0), "{error}");
    }
}

#[tokio::test]
async fn a_bad_input_is_refused_unsent() {
    let server = answering(ResponseTemplate::new(200)).await;
    let aws = connected(&server.uri(), 1);
    for (service, operation, input, said) in [
        ("eks", "DescribeCluster", json!({}), "missing input `name`"),
        ("eks", "DescribeCluster", json!({"name": "a", "x": 1}), "unknown input `x`"),
        ("eks", "DescribeCluster", json!({"name": 7}), "must be text"),
        ("eks", "Describe", json!({}), "do not hold this operation"),
        ("nowhere", "Describe", json!({}), "no API model of a service `nowhere`"),
    ] {
        let error = aws.call("us-east-1", service, operation, input).await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Invalid, "{error}");
        assert!(error.message.contains(said), "{error}");
    }
    assert_eq!(requests(&server).await, 0);
}

#[tokio::test]
async fn unknown_credentials_elsewhere_may_mean_a_region_that_is_not_enabled() {
    let body = json!({"__type": "UnrecognizedClientException", "message": "The security token is invalid"});
    let server = answering(ResponseTemplate::new(400).set_body_json(body)).await;
    let aws = connected(&server.uri(), 1);
    let home = aws.call("us-east-1", "kms", "ListKeys", json!({})).await.unwrap_err();
    let away = aws.call("af-south-1", "kms", "ListKeys", json!({})).await.unwrap_err();
    assert_eq!((home.kind, away.kind), (CallErrorKind::NoCredentials, CallErrorKind::NoCredentials));
    assert!(!home.message.contains("not enabled") && away.message.contains("not enabled"), "{away}");
}

#[tokio::test]
async fn a_bucket_elsewhere_is_followed_once() {
    let server = MockServer::start().await;
    let redirect = ResponseTemplate::new(301).insert_header("x-amz-bucket-region", "eu-west-1");
    Mock::given(header_regex("authorization", "/us-east-1/s3/")).respond_with(redirect.clone()).mount(&server).await;
    Mock::given(header_regex("authorization", "/eu-west-1/s3/"))
        .and(path("/logs/a%20b/c"))
        .and(header("if-match", "\"e\""))
        .respond_with(ResponseTemplate::new(200).set_body_string("content"))
        .mount(&server)
        .await;
    let aws = connected(&server.uri(), 1);
    let bytes = aws.get_object("us-east-1", "logs", "a b/c", Some("\"e\""), 100).await.unwrap();
    assert_eq!((&bytes[..], requests(&server).await), (&b"content"[..], 2));

    let lost = answering(ResponseTemplate::new(301).insert_header("x-amz-bucket-region", "eu-north-1")).await;
    let error = connected(&lost.uri(), 1).get_object("us-east-1", "logs", "k", None, 100).await.unwrap_err();
    assert_eq!((error.region.as_str(), error.status, requests(&lost).await), ("eu-north-1", Some(301), 2));
}

#[tokio::test]
async fn objects_are_bounded() {
    let server = answering(ResponseTemplate::new(200).set_body_bytes(vec![7; 1000])).await;
    let aws = connected(&server.uri(), 3);
    assert_eq!(aws.get_object("us-east-1", "logs", "k", None, 1000).await.unwrap().len(), 1000);
    let error = aws.get_object("us-east-1", "logs", "k", None, 999).await.unwrap_err();
    assert_eq!((error.kind, requests(&server).await), (CallErrorKind::Unreadable, 2), "{error}");
    assert!(error.message.contains("more than 999 bytes"), "{error}");
}

#[tokio::test]
async fn a_refusal_may_be_longer_than_the_object() {
    let body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let server = answering(ResponseTemplate::new(403).set_body_string(body)).await;
    let error = connected(&server.uri(), 1).get_object("us-east-1", "logs", "k", None, 3).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (CallErrorKind::Denied, "Access Denied"));
}

/// Answers each request with a chunked body without end.
async fn endless() -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = socket.read(&mut head).await;
                let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
                let chunk = [b"400\r\n".as_slice(), &[b'x'; 1024], b"\r\n"].concat();
                while socket.write_all(&chunk).await.is_ok() {}
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let aws = connected(&endless().await, 3);
    let error = aws.get_object("us-east-1", "logs", "k", None, 100_000).await.unwrap_err();
    assert_eq!((error.kind, aws.usage().retries), (CallErrorKind::Unreadable, 0), "{error}");
}

#[tokio::test]
async fn pages_follow_the_token() {
    let server = MockServer::start().await;
    let page = |names: [&str; 1], token: Value| {
        ResponseTemplate::new(200).set_body_json(json!({"clusters": names, "nextToken": token}))
    };
    Mock::given(method("GET"))
        .and(wiremock::matchers::query_param("nextToken", "t1"))
        .respond_with(page(["b"], Value::Null))
        .mount(&server)
        .await;
    Mock::given(method("GET")).and(path("/clusters")).respond_with(page(["a"], json!("t1"))).mount(&server).await;
    let aws = connected(&server.uri(), 1);
    let pages: Vec<Value> =
        aws.pages("us-east-1", "eks", "ListClusters", json!({"maxResults": 1})).try_collect().await.unwrap();
    assert_eq!(pages, [json!({"clusters": ["a"], "nextToken": "t1"}), json!({"clusters": ["b"]})]);
}

#[tokio::test]
async fn pages_without_end_are_an_error() {
    let server =
        answering(ResponseTemplate::new(200).set_body_json(json!({"clusters": [], "nextToken": "same"}))).await;
    let aws = connected(&server.uri(), 1);
    let pages: Result<Vec<Value>, CallError> =
        aws.pages("us-east-1", "eks", "ListClusters", json!({})).try_collect().await;
    let error = pages.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_str(), requests(&server).await),
        (CallErrorKind::Unreadable, "EndlessPages", 2)
    );
}

fn part() -> Wanted<'static> {
    Wanted { bucket: "logs", key: "k", etag: Some("e"), range: Some(10..14), ..Wanted::default() }
}

#[tokio::test]
async fn a_part_of_an_object() {
    let server = MockServer::start().await;
    Mock::given(header("range", "bytes=10-13"))
        .and(header("if-match", "\"e\""))
        .respond_with(
            ResponseTemplate::new(206)
                .insert_header("etag", "\"e\"")
                .insert_header("content-range", "bytes 10-13/99")
                .set_body_string("part"),
        )
        .mount(&server)
        .await;
    assert_eq!(&connected(&server.uri(), 1).object("us-east-1", &part(), 4).await.unwrap()[..], b"part");
}

#[tokio::test]
async fn another_part_than_was_asked_for_is_no_answer() {
    let answers = [
        (ResponseTemplate::new(200).set_body_string("part"), "the status of the answer is 200"),
        (ResponseTemplate::new(206).set_body_string("par"), "4 bytes were asked for, and 3 came"),
        (
            ResponseTemplate::new(206).insert_header("content-range", "bytes 0-3/99").set_body_string("part"),
            "another part of the object",
        ),
        (
            ResponseTemplate::new(206).insert_header("etag", "\"f\"").set_body_string("part"),
            "another version of the object",
        ),
    ];
    for (answer, expected) in answers {
        let server = answering(answer).await;
        let error = connected(&server.uri(), 3).object("us-east-1", &part(), 4).await.unwrap_err();
        assert_eq!((error.kind, error.code.as_str()), (CallErrorKind::Unreadable, INCONSISTENT), "{error}");
        assert!(error.message.contains(expected), "{error}");
    }
}

/// Answers each request with ten of a thousand bytes, and then is silent, or gone.
async fn cut_off(silent: bool) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = socket.read(&mut head).await;
                let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n0123456789").await;
                if silent {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_body_that_stalls_is_cut_off_and_tried_again() {
    let aws = connected(&cut_off(true).await, 2);
    let error = aws.get_object("us-east-1", "logs", "k", None, 1000).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_str(), aws.usage().retries),
        (CallErrorKind::TimedOut, "Stalled", 1),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_that_ends_early_is_tried_again() {
    let aws = connected(&cut_off(false).await, 2);
    let error = aws.get_object("us-east-1", "logs", "k", None, 1000).await.unwrap_err();
    assert_eq!((error.kind, aws.usage().retries), (CallErrorKind::Unreadable, 1), "{error}");
}

#[test]
fn access_points_have_hosts_and_regions_of_their_own() {
    let s3 = models::model("s3").unwrap();
    let operation = s3.operation("GetObject").unwrap();
    let input = json!({"Bucket": "arn:aws:s3:eu-west-1:123456789012:accesspoint/logs", "Key": "k"});
    let endpoint = |aws: &Aws| aws.endpoint(s3, operation, "us-east-1", &input);
    let expected = |url: &str| (Endpoint { url: url.to_owned(), signing_region: "eu-west-1".to_owned() }, true);
    let configured = connected("https://vpce-1.s3.us-east-1.vpce.amazonaws.com", 1);
    assert_eq!(endpoint(&configured), expected("https://logs-123456789012.vpce-1.s3.us-east-1.vpce.amazonaws.com"));
    let emulated = Emulated { region: "us-east-1".to_owned(), ..Emulated::default() };
    let public = emulated.config().into_builder();
    let public = Aws::with(
        {
            let mut public = public;
            public.set_endpoint_url(None);
            public.build()
        },
        Patience::default(),
    );
    assert_eq!(endpoint(&public), expected("https://logs-123456789012.s3-accesspoint.eu-west-1.amazonaws.com"));
}
