//! What the environment says is obeyed. A test cannot change its own environment, so each case is this test binary once more.

use serde_json::json;
use sightline_aws::{Aws, CallErrorKind, Connect};
use std::process::{Command, Output};
use wiremock::matchers::{any, body_string_contains, header_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn child(case: &str, variables: &[(&str, &str)]) -> Output {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(["--exact", case, "--ignored", "--nocapture"]).env_clear();
    command.env("HOME", "/nonexistent").env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(variables.iter().copied()).output().unwrap()
}

fn passed(output: &Output) {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the case did not run");
}

#[tokio::test]
async fn endpoint_variables_and_region() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"clusters": ["c"]})))
        .mount(&server)
        .await;
    let uri = server.uri();
    let run = tokio::task::spawn_blocking(move || {
        child(
            "environment::case_endpoint_variables",
            &[
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
                ("AWS_ENDPOINT_URL_EKS", &uri),
                ("AWS_REGION", "eu-west-1"),
                ("AWS_ACCESS_KEY_ID", "a"),
                ("AWS_SECRET_ACCESS_KEY", "s"),
            ],
        )
    });
    passed(&run.await.unwrap());
}

#[tokio::test]
#[ignore = "run by endpoint_variables_and_region with an environment of its own"]
async fn case_endpoint_variables() {
    let aws = Aws::connect(Connect::default()).await.unwrap();
    assert_eq!(aws.default_region(), "eu-west-1");
    let answer = aws.call("eu-west-1", "eks", "ListClusters", json!({})).await.unwrap();
    assert_eq!(answer, json!({"clusters": ["c"]}));
    let elsewhere = aws.call("eu-west-1", "kms", "ListKeys", json!({})).await.unwrap_err();
    assert_eq!(elsewhere.kind, CallErrorKind::Unreachable, "{elsewhere}");
    let named = Aws::connect(Connect { region: Some("us-west-2".to_owned()), ..Connect::default() }).await.unwrap();
    assert_eq!(named.default_region(), "us-west-2");
}

#[tokio::test]
async fn no_certificates_of_authorities() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(json!({}))).mount(&server).await;
    let uri = server.uri();
    let run = tokio::task::spawn_blocking(move || {
        let nobody = ("SSL_CERT_FILE", "/nonexistent/authorities.pem");
        passed(&child("environment::case_no_authorities", &[nobody]));
        let emulator = [("AWS_ENDPOINT_URL", uri.as_str()), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "s")];
        passed(&child("environment::case_no_authorities_and_an_emulator", &[&emulator[..], &[nobody]].concat()));
    });
    run.await.unwrap();
}

#[tokio::test]
#[ignore = "run by no_certificates_of_authorities with an environment of its own"]
async fn case_no_authorities() {
    let error = Aws::connect(Connect::default()).await.unwrap_err().to_string();
    assert!(error.contains("install `ca-certificates`") && error.contains("SSL_CERT_FILE"), "{error}");
}

#[tokio::test]
#[ignore = "run by no_certificates_of_authorities with an environment of its own"]
async fn case_no_authorities_and_an_emulator() {
    let aws = Aws::connect(Connect::default()).await.unwrap();
    aws.call("eu-west-1", "eks", "ListClusters", json!({})).await.unwrap();
}

const ROLE: &str = "arn:aws:iam::123456789012:role/scanner";

async fn sts(assumed: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(body_string_contains("Action=AssumeRole"))
        .and(body_string_contains("ExternalId=shared-secret"))
        .and(body_string_contains("RoleSessionName=sightline"))
        .and(header_regex("authorization", "Credential=AKIAUSER/"))
        .respond_with(assumed)
        .mount(&server)
        .await;
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>\
        <Arn>arn:aws:sts::123456789012:assumed-role/scanner/sightline</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";
    Mock::given(body_string_contains("Action=GetCallerIdentity"))
        .and(header_regex("authorization", "Credential=ASIAROLE/"))
        .respond_with(ResponseTemplate::new(200).set_body_string(identity))
        .mount(&server)
        .await;
    server
}

async fn with_role(case: &'static str, assumed: ResponseTemplate) {
    let server = sts(assumed).await;
    let uri = server.uri();
    let variables = move || {
        child(case, &[("AWS_ENDPOINT_URL", &uri), ("AWS_ACCESS_KEY_ID", "AKIAUSER"), ("AWS_SECRET_ACCESS_KEY", "s")])
    };
    passed(&tokio::task::spawn_blocking(variables).await.unwrap());
}

async fn through_role() -> Aws {
    let options = Connect {
        role_arn: Some(ROLE.to_owned()),
        external_id: Some("shared-secret".to_owned()),
        ..Connect::default()
    };
    Aws::connect(options).await.unwrap()
}

#[tokio::test]
async fn a_role_is_assumed() {
    let credentials = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
        <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
        </Credentials></AssumeRoleResult></AssumeRoleResponse>";
    with_role("environment::case_role", ResponseTemplate::new(200).set_body_string(credentials)).await;
}

#[tokio::test]
#[ignore = "run by a_role_is_assumed with an environment of its own"]
async fn case_role() {
    let caller = through_role().await.caller().await.unwrap();
    assert_eq!(caller.arn, "arn:aws:sts::123456789012:assumed-role/scanner/sightline");
}

#[tokio::test]
async fn a_role_that_may_not_be_assumed() {
    let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User u is not authorized to perform: sts:AssumeRole</Message>\
        </Error></ErrorResponse>";
    with_role("environment::case_denied_role", ResponseTemplate::new(403).set_body_string(denied)).await;
}

#[tokio::test]
#[ignore = "run by a_role_that_may_not_be_assumed with an environment of its own"]
async fn case_denied_role() {
    let error = through_role().await.caller().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Denied, "{error}");
    assert!(error.message.contains("not authorized to perform: sts:AssumeRole"), "{error}");
}

#[test]
fn no_credentials() {
    passed(&child("environment::case_no_credentials", &[]));
}

#[tokio::test]
#[ignore = "run by no_credentials with an environment of its own"]
async fn case_no_credentials() {
    let aws = Aws::connect(Connect::default()).await.unwrap();
    assert_eq!(aws.default_region(), "us-east-1");
    let error = aws.caller().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NoCredentials, "{error}");
}

#[test]
fn fips_endpoints_are_refused() {
    passed(&child("environment::case_fips", &[("AWS_USE_FIPS_ENDPOINT", "true")]));
}

#[tokio::test]
#[ignore = "run by fips_endpoints_are_refused with an environment of its own"]
async fn case_fips() {
    let error = Aws::connect(Connect::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @"FIPS endpoints are asked for (AWS_USE_FIPS_ENDPOINT), which is not supported: unset it, or set AWS_ENDPOINT_URL");
}
