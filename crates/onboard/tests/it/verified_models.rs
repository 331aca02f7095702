//! The logs of models' use, access to models and the prober's role, verified against moto and recorded answers: nothing there, the fix run,
//! one fault at a time.

use crate::emulator::Moto;
use crate::{ACCOUNT, checked, plain};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_onboard::{Context, Format, Given, State, Verdict};
use wiremock::matchers::{any, header, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const BUCKET: &str = "sightline-logs-123456789012-us-east-1";
const NO_POLICY: &str = r#"{"Version": "2012-10-17", "Statement": []}"#;

fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the emulator stamps objects with the real time")]
    Timestamp::now()
}

pub(crate) async fn verify(unit: &str, aws: Aws, given: &Given) -> Vec<Verdict> {
    let context = Context { aws, parameters: checked(given.clone()), now: now(), pods: None };
    sightline_onboard::find(unit).unwrap().verify(&context).await
}

pub(crate) fn shown(verdicts: &[Verdict]) -> String {
    let line = |v: &Verdict| format!("{} {} {} [{}]", v.target, v.status.as_str(), v.reason, v.call);
    verdicts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The one verdict that is not ok.
pub(crate) fn only_fault(verdicts: &[Verdict]) -> &Verdict {
    let faults: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.status != State::Ok).collect();
    let [fault] = faults.as_slice() else { panic!("{} faults\n{}", faults.len(), shown(verdicts)) };
    fault
}

pub(crate) fn all_ok(verdicts: &[Verdict], after: &str) {
    let is_ok = !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.status == State::Ok);
    assert!(is_ok, "after: {after}\n{}", shown(verdicts));
}

/// The log bucket with these objects in it. They come before the bucket's policy, whose conditions the emulator does not evaluate.
fn log_bucket(moto: &Moto, given: &Given, objects: &[String]) {
    let parameters = checked(given.clone());
    moto.aws(&format!("s3api create-bucket --bucket {}", parameters.bucket()));
    for key in objects {
        moto.aws(&format!("s3api put-object --bucket {} --key {key}", parameters.bucket()));
    }
    moto.run(&sightline_onboard::find("log-bucket").unwrap().render(&parameters, Format::Cli).unwrap());
}

fn record(region: &str) -> String {
    format!("AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/{region}/2026/01/02/03/20260102T030405123Z_0a1b.json.gz")
}

fn put_logging(config: &Value) -> String {
    format!("aws bedrock put-model-invocation-logging-configuration --region us-east-1 --logging-config '{config}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn invocation_logging_one_fault_at_a_time() {
    const UNIT: &str = "invocation-logging";
    let Some(moto) = Moto::start() else { return };
    let given = plain();
    log_bucket(&moto, &given, &[record("us-east-1")]);
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let missing = only_fault(&verdicts);
    assert_eq!((missing.status, verdicts.len()), (State::Missing, 1));
    moto.run(&missing.fix);
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    all_ok(&verdicts, "the first fix");
    assert!(verdicts.iter().any(|verdict| verdict.reason.contains("bedrock-mantle")), "{}", shown(&verdicts));
    assert!(verdicts.iter().any(|verdict| verdict.reason.contains("newest record")), "{}", shown(&verdicts));

    moto.aws("s3api create-bucket --bucket elsewhere --region eu-west-1 --create-bucket-configuration LocationConstraint=eu-west-1");
    let key = moto.aws("kms create-key");
    let key = key.pointer("/KeyMetadata/Arn").and_then(Value::as_str).unwrap();
    let sse = |default: Value| {
        let rules = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": default}]});
        format!("aws s3api put-bucket-encryption --bucket {BUCKET} --server-side-encryption-configuration '{rules}'")
    };
    let to = |bucket: &str| {
        json!({"s3Config": {"bucketName": bucket}, "textDataDeliveryEnabled": true,
        "imageDataDeliveryEnabled": true, "embeddingDataDeliveryEnabled": true, "videoDataDeliveryEnabled": true})
    };
    let group = json!({"cloudWatchConfig": {"logGroupName": "models", "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/logs")},
        "textDataDeliveryEnabled": true, "imageDataDeliveryEnabled": true, "embeddingDataDeliveryEnabled": true, "videoDataDeliveryEnabled": true});
    let text_alone = json!({"s3Config": {"bucketName": BUCKET}, "textDataDeliveryEnabled": true});
    let none = "aws bedrock delete-model-invocation-logging-configuration --region us-east-1".to_owned();
    for (fault, status, told) in [
        (none, State::Missing, "no call of a model is logged"),
        (put_logging(&text_alone), State::Wrong, "leaves out images, embeddings, video"),
        (put_logging(&group), State::Wrong, "to the log group `models` alone"),
        (
            put_logging(&to("elsewhere")),
            State::Wrong,
            "is in eu-west-1, and Bedrock delivers into buckets of us-east-1 alone",
        ),
        (
            put_logging(&to("gone-bucket-123")),
            State::Wrong,
            "`gone-bucket-123`, into which calls are to be logged, does not exist",
        ),
        (
            format!("aws s3api put-bucket-policy --bucket {BUCKET} --policy '{NO_POLICY}'"),
            State::Missing,
            "no statement like `BedrockWrite`",
        ),
        (
            sse(json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key})),
            State::Missing,
            "no statement like `BedrockUsesKey`",
        ),
        (sse(json!({"SSEAlgorithm": "aws:kms"})), State::Wrong, "the key that AWS manages for S3"),
    ] {
        moto.run(&fault);
        let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
        let found = only_fault(&verdicts);
        assert!(found.status == status && found.reason.contains(told), "{fault}\n{}", shown(&verdicts));
        moto.run(&found.fix);
        all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, &fault);
    }

    let then = (now() - jiff::SignedDuration::from_hours(1)).to_string();
    let failing = json!([{"MetricName": "ModelInvocationLogsS3DeliveryFailure", "Value": 3.0, "Timestamp": then}]);
    moto.run(&format!(
        "aws cloudwatch put-metric-data --region us-east-1 --namespace AWS/Bedrock --metric-data '{failing}'"
    ));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    assert!(
        only_fault(&verdicts).reason.contains("3 records of the last 24 hours that it could not deliver"),
        "{}",
        shown(&verdicts)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_region_needs_a_bucket_of_its_own() {
    const UNIT: &str = "invocation-logging";
    let Some(moto) = Moto::start() else { return };
    let given =
        Given { regions: vec!["us-east-1".into(), "eu-west-1".into()], prefix: Some("security".into()), ..plain() };
    log_bucket(&moto, &given, &[format!("security/{}", record("us-east-1"))]);
    moto.run(&sightline_onboard::find(UNIT).unwrap().render(&checked(given.clone()), Format::Cli).unwrap());
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    all_ok(&verdicts, "the rendered steps");
    let told = |text: &str| verdicts.iter().any(|v| v.target.ends_with("eu-west-1") && v.reason.contains(text));
    assert!(told("`sightline-logs-123456789012-eu-west-1`") && told("no model was called"), "{}", shown(&verdicts));

    let config = json!({"s3Config": {"bucketName": BUCKET, "keyPrefix": "security"}, "textDataDeliveryEnabled": true,
        "imageDataDeliveryEnabled": true, "embeddingDataDeliveryEnabled": true, "videoDataDeliveryEnabled": true});
    moto.run(&put_logging(&config).replace("--region us-east-1", "--region eu-west-1"));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(found.reason.contains("the log bucket serves the home region alone"), "{}", found.reason);
    assert!(!found.fix.contains("create-bucket"), "{}", found.fix);
    moto.run(&found.fix);
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, "the log bucket for another region");

    let called = json!([{"MetricName": "Invocations", "Value": 5.0, "Timestamp": (now() - jiff::SignedDuration::from_hours(5)).to_string()}]);
    moto.run(&format!(
        "aws cloudwatch put-metric-data --region eu-west-1 --namespace AWS/Bedrock --metric-data '{called}'"
    ));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(
        found.reason.contains("5 calls were made") && found.reason.contains("nothing has come"),
        "{}",
        found.reason
    );
}

/// A VPC with an interface in it.
fn vpc(moto: &Moto, net: u8) -> String {
    let id = |answer: Value, pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let vpc = id(moto.aws(&format!("ec2 create-vpc --cidr-block 10.{net}.0.0/16")), "/Vpc/VpcId");
    let subnet = moto.aws(&format!("ec2 create-subnet --vpc-id {vpc} --cidr-block 10.{net}.1.0/24"));
    moto.aws(&format!("ec2 create-network-interface --subnet-id {}", id(subnet, "/Subnet/SubnetId")));
    vpc
}

fn look_ups(vpc: &str) -> String {
    format!(
        "AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{vpc}/2026/01/02/{vpc}_vpcdnsquerylogs_{ACCOUNT}_20260102T0300Z_0a1b.log.gz"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn look_ups_of_every_vpc_with_workloads() {
    const UNIT: &str = "resolver-logs";
    let Some(moto) = Moto::start() else { return };
    let given = Given { vpc_ids: vec![], ..plain() };
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    all_ok(&verdicts, "no VPC with workloads");
    let vpcs = [vpc(&moto, 9), vpc(&moto, 10)];
    log_bucket(&moto, &given, &vpcs.each_ref().map(|vpc| look_ups(vpc)));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(found.status == State::Missing && vpcs.iter().all(|vpc| found.reason.contains(vpc)), "{}", found.reason);

    // The rendered steps for one VPC: the other is the fault.
    let one = Given { vpc_ids: vec![vpcs[0].clone()], ..plain() };
    moto.run(&sightline_onboard::find(UNIT).unwrap().render(&checked(one.clone()), Format::Cli).unwrap());
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &one).await, "the rendered steps");
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(found.status == State::Missing && found.target.contains(&vpcs[1]), "{}", shown(&verdicts));
    assert!(
        found.fix.contains("associate-resolver-query-log-config") && !found.fix.contains("create-"),
        "{}",
        found.fix
    );
    moto.run(&found.fix);
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, "the second VPC's association");

    moto.run(&format!("aws s3api put-bucket-policy --bucket {BUCKET} --policy '{NO_POLICY}'"));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(found.reason.contains("no statement like `LookUpsWrite`"), "{}", found.reason);
    moto.run(&found.fix);
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, "the bucket's policy");

    let absent = Given { vpc_ids: vec!["vpc-0123456789abcdef0".into()], ..plain() };
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &absent).await;
    assert!(only_fault(&verdicts).reason.contains("no VPC of this id"), "{}", shown(&verdicts));
}

/// Route 53 Resolver with one configuration and one association.
async fn resolver(config: Value, association: Value) -> MockServer {
    let server = MockServer::start().await;
    let operations = [
        ("ListResolverQueryLogConfigs", json!({"ResolverQueryLogConfigs": [config]})),
        ("ListResolverQueryLogConfigAssociations", json!({"ResolverQueryLogConfigAssociations": [association]})),
    ];
    for (operation, answer) in operations {
        Mock::given(header("x-amz-target", format!("Route53Resolver.{operation}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&server)
            .await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn look_ups_that_are_not_delivered() {
    const UNIT: &str = "resolver-logs";
    let Some(moto) = Moto::start() else { return };
    let vpc = vpc(&moto, 9);
    let given = Given { vpc_ids: vec![vpc.clone()], ..plain() };
    log_bucket(&moto, &given, &[look_ups(&vpc)]);
    let config = |status: &str, destination: &str| {
        json!({"Id": "rqlc-1", "Arn": format!("arn:aws:route53resolver:us-east-1:{ACCOUNT}:resolver-query-log-config/rqlc-1"),
               "Status": status, "DestinationArn": destination})
    };
    let association = |status: &str, error: &str| {
        json!({"Id": "rqlca-1", "ResolverQueryLogConfigId": "rqlc-1", "ResourceId": vpc, "Status": status, "Error": error,
               "CreationTime": "2026-01-02T03:04:05Z"})
    };
    let bucket = format!("arn:aws:s3:::{BUCKET}");
    let group = format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:names");
    let fine = || (config("CREATED", &bucket), association("ACTIVE", "NONE"));
    for (config, association, told, fix) in [
        (
            config("CREATED", &group),
            association("ACTIVE", "NONE"),
            "which is not read",
            "create-resolver-query-log-config",
        ),
        (
            config("FAILED", &bucket),
            association("FAILED", "DESTINATION_NOT_FOUND"),
            "the configuration is `FAILED`",
            "create-resolver-query-log-config",
        ),
        (
            config("CREATED", "arn:aws:s3:::gone-bucket-123"),
            association("FAILED", "DESTINATION_NOT_FOUND"),
            "`gone-bucket-123`, into which look-ups go, does not exist",
            "create-resolver-query-log-config",
        ),
        (
            fine().0,
            association("FAILED", "ACCESS_DENIED"),
            "`FAILED` (ACCESS_DENIED",
            "disassociate-resolver-query-log-config",
        ),
        (fine().0, association("CREATING", "NONE"), "being made", ""),
        (config("CREATING", &bucket), association("ACTIVE", "NONE"), "being made", ""),
    ] {
        let server = resolver(config, association).await;
        let verdicts = verify(UNIT, moto.connect(KEY, &[("ROUTE53RESOLVER", &server.uri())]), &given).await;
        let found = only_fault(&verdicts);
        assert!(found.reason.contains(told) && found.fix.contains(fix), "{}", shown(&verdicts));
        assert_eq!(found.status, if fix.is_empty() { State::CannotTell } else { State::Wrong });
    }
    let (config, association) = fine();
    let server = resolver(config, association).await;
    all_ok(&verify(UNIT, moto.connect(KEY, &[("ROUTE53RESOLVER", &server.uri())]), &given).await, "everything fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_that_may_not_be_looked_at() {
    let Some(moto) = Moto::start() else { return };
    let vpc = vpc(&moto, 9);
    let given = Given { vpc_ids: vec![vpc.clone()], ..plain() };
    log_bucket(&moto, &given, &[look_ups(&vpc), record("us-east-1")]);
    let units = ["invocation-logging", "resolver-logs"];
    for unit in units {
        moto.run(&sightline_onboard::find(unit).unwrap().render(&checked(given.clone()), Format::Cli).unwrap());
        all_ok(&verify(unit, moto.connect(KEY, &[]), &given).await, "the rendered steps");
    }
    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    for (unit, service, action) in [
        (units[0], "BEDROCK", "bedrock:GetModelInvocationLoggingConfiguration"),
        (units[0], "S3", "s3:GetBucketLocation"),
        (units[0], "CLOUDWATCH", "cloudwatch:GetMetricStatistics"),
        (units[1], "ROUTE53RESOLVER", "route53resolver:ListResolverQueryLogConfig"),
        (units[1], "EC2", "ec2:Describe"),
        (units[1], "S3", "s3:GetBucketLocation"),
    ] {
        let verdicts = verify(unit, moto.connect(KEY, &[(service, &refuses.uri())]), &given).await;
        let found = only_fault(&verdicts);
        assert!(
            found.status == State::CannotTell && found.reason.contains(&format!("`{action}")),
            "{}",
            shown(&verdicts)
        );
    }
}

const NOVA: &str = "amazon.nova-lite-v1:0";
const CLAUDE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

/// What Bedrock answers of a model, in the order in which it can go wrong.
fn availability(region: &str, agreement: &str, entitlement: &str, authorization: &str) -> Value {
    json!({"modelId": "m", "regionAvailability": region, "agreementAvailability": {"status": agreement, "errorMessage": "a reason"},
           "entitlementAvailability": entitlement, "authorizationStatus": authorization})
}

fn usable() -> Value {
    availability("AVAILABLE", "AVAILABLE", "AVAILABLE", "AUTHORIZED")
}

/// Bedrock's control plane: both models in us-east-1, the first alone elsewhere, and a profile that leads to the second in two regions.
async fn bedrock(nova: Value, claude: Value, form: bool) -> MockServer {
    let server = MockServer::start().await;
    let answer = |value: Value| ResponseTemplate::new(200).set_body_json(value);
    let get = |path: &str| Mock::given(path_regex(format!("^{path}")));
    let is_at_home = |request: &Request| {
        request.headers.get("authorization").is_some_and(|signed| signed.to_str().unwrap().contains("/us-east-1/"))
    };
    let offered =
        |ids: &[&str]| json!({"modelSummaries": ids.iter().map(|id| json!({"modelId": id})).collect::<Vec<_>>()});
    get("/foundation-models").and(is_at_home).respond_with(answer(offered(&[NOVA, CLAUDE]))).mount(&server).await;
    get("/foundation-models").respond_with(answer(offered(&[NOVA]))).mount(&server).await;
    get("/foundation-model-availability/amazon").respond_with(answer(nova)).mount(&server).await;
    get("/foundation-model-availability/anthropic").respond_with(answer(claude)).mount(&server).await;
    let regions = ["us-east-1", "us-west-2"];
    let models: Vec<Value> = regions
        .iter()
        .map(|region| json!({"modelArn": format!("arn:aws:bedrock:{region}::foundation-model/{CLAUDE}")}))
        .collect();
    let profiles = json!({"inferenceProfileSummaries": [{"inferenceProfileArn": plain().models[1], "models": models}]});
    get("/inference-profiles").respond_with(answer(profiles)).mount(&server).await;
    let absent = || {
        ResponseTemplate::new(404)
            .insert_header("x-amzn-errortype", "ResourceNotFoundException")
            .set_body_json(json!({}))
    };
    let told = if form { answer(json!({"formData": "ZG8gbm90IHJlYWQgdGhpcw=="})) } else { absent() };
    get("/use-case-for-model-access").respond_with(told).mount(&server).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn models_that_can_and_cannot_be_used() {
    const UNIT: &str = "model-access";
    let Some(moto) = Moto::start() else { return };
    let look = async |server: &MockServer, given: &Given| {
        verify(UNIT, moto.connect(KEY, &[("BEDROCK", &server.uri())]), given).await
    };
    let fine = bedrock(usable(), usable(), true).await;
    let verdicts = look(&fine, &plain()).await;
    all_ok(&verdicts, "everything usable");
    assert_eq!(verdicts.len(), 3, "{}", shown(&verdicts));
    assert!(
        verdicts[0].reason.contains("2 models are offered") && verdicts[0].reason.contains("was not looked at"),
        "{}",
        verdicts[0].reason
    );

    let no_agreement = || availability("AVAILABLE", "NOT_AVAILABLE", "NOT_AVAILABLE", "AUTHORIZED");
    for (nova, claude, form, status, told, fix) in [
        (
            no_agreement(),
            usable(),
            true,
            State::Missing,
            "no agreement for `amazon.nova-lite-v1:0`",
            "list-foundation-model-agreement-offers",
        ),
        (
            usable(),
            no_agreement(),
            true,
            State::Missing,
            "no agreement for `anthropic.",
            "\n# aws bedrock create-foundation-model-agreement",
        ),
        (
            usable(),
            no_agreement(),
            false,
            State::Missing,
            "Anthropic's form has not been submitted",
            "# aws bedrock put-use-case-for-model-access",
        ),
        (
            availability("AVAILABLE", "PENDING", "NOT_AVAILABLE", "AUTHORIZED"),
            usable(),
            true,
            State::CannotTell,
            "is being made",
            "",
        ),
        (
            availability("AVAILABLE", "ERROR", "NOT_AVAILABLE", "AUTHORIZED"),
            usable(),
            true,
            State::Wrong,
            "failed: a reason",
            "list-foundation-model-agreement-offers",
        ),
        (
            availability("AVAILABLE", "AVAILABLE", "NOT_AVAILABLE", "AUTHORIZED"),
            usable(),
            true,
            State::Wrong,
            "is not entitled",
            "",
        ),
        (
            availability("AVAILABLE", "AVAILABLE", "AVAILABLE", "NOT_AUTHORIZED"),
            usable(),
            true,
            State::Wrong,
            "does not authorize",
            "",
        ),
        (
            availability("NOT_AVAILABLE", "AVAILABLE", "AVAILABLE", "AUTHORIZED"),
            usable(),
            true,
            State::Wrong,
            "us-east-1 does not offer `amazon",
            "list-foundation-models",
        ),
    ] {
        let verdicts = look(&bedrock(nova, claude, form).await, &plain()).await;
        let found = only_fault(&verdicts);
        assert!(
            found.status == status && found.reason.contains(told) && found.fix.contains(fix),
            "{}\n{}",
            shown(&verdicts),
            found.fix
        );
        // What accepts a contract is never run with the fix.
        assert!(
            found.fix.lines().all(|line| line.starts_with('#') || !line.contains("create-foundation-model-agreement")),
            "{}",
            found.fix
        );
    }

    // A region without the model: another one that has it is the fix.
    let elsewhere = Given {
        regions: vec!["us-east-1".into(), "eu-west-1".into()],
        models: vec![format!("arn:aws:bedrock:eu-west-1::foundation-model/{CLAUDE}")],
        ..plain()
    };
    let verdicts = look(&fine, &elsewhere).await;
    let found = only_fault(&verdicts);
    assert!(
        found.reason.contains("eu-west-1 does not offer") && found.reason.contains("us-east-1 has it"),
        "{}",
        found.reason
    );
    let model = found.fix.strip_prefix("--model ").unwrap().to_owned();
    all_ok(&look(&fine, &Given { models: vec![model], ..elsewhere }).await, "the model of another region");

    // Without a list, what was called lately is looked at.
    let unlisted = Given { models: vec![], ..plain() };
    let verdicts = look(&fine, &unlisted).await;
    all_ok(&verdicts, "nothing called");
    assert!(verdicts[0].reason.contains("none was called"), "{}", verdicts[0].reason);
    for model in [format!("us.{CLAUDE}"), "a-stranger".to_owned()] {
        let calls =
            json!([{"MetricName": "Invocations", "Value": 1.0, "Dimensions": [{"Name": "ModelId", "Value": model}]}]);
        moto.run(&format!(
            "aws cloudwatch put-metric-data --region us-east-1 --namespace AWS/Bedrock --metric-data '{calls}'"
        ));
    }
    let verdicts = look(&fine, &unlisted).await;
    assert!(only_fault(&verdicts).reason.contains("stands behind a-stranger is not known"), "{}", shown(&verdicts));
    assert!(verdicts.iter().any(|v| v.status == State::Ok && v.target.starts_with(CLAUDE)), "{}", shown(&verdicts));

    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    let verdicts = look(&refuses, &plain()).await;
    assert!(
        only_fault(&verdicts).reason.contains("`bedrock:ListFoundationModels` is not allowed"),
        "{}",
        shown(&verdicts)
    );
    let aws = moto.connect(KEY, &[("BEDROCK", &fine.uri()), ("CLOUDWATCH", &refuses.uri())]);
    let verdicts = verify(UNIT, aws, &unlisted).await;
    assert!(only_fault(&verdicts).reason.contains("`cloudwatch:ListMetrics` is not allowed"), "{}", shown(&verdicts));
}

const PROBER: &str = "sightline-prober";

#[tokio::test(flavor = "multi_thread")]
async fn a_prober_that_may_invoke_what_is_listed_and_nothing_else() {
    const UNIT: &str = "ai-scan-permissions";
    let Some(moto) = Moto::start() else { return };
    let fine = bedrock(usable(), usable(), true).await;
    let look = async |server: &MockServer, given: &Given| {
        verify(UNIT, moto.connect(KEY, &[("BEDROCK", &server.uri())]), given).await
    };
    let unlisted = Given { models: vec![], ..plain() };
    let verdicts = look(&fine, &unlisted).await;
    all_ok(&verdicts, "nothing listed");
    assert!(
        verdicts[0].reason.starts_with("nothing to do") && verdicts[0].reason.contains("--model"),
        "{}",
        verdicts[0].reason
    );

    let given = Given {
        models: [plain().models, vec![format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/ranker")]].concat(),
        ..plain()
    };
    let verdicts = look(&fine, &given).await;
    let missing = only_fault(&verdicts);
    assert!(missing.status == State::Missing && missing.target.ends_with(PROBER), "{}", shown(&verdicts));
    moto.run(&missing.fix);
    let verdicts = look(&fine, &given).await;
    all_ok(&verdicts, "the rendered steps");
    assert_eq!(verdicts.len(), 3, "{}", shown(&verdicts));
    let policy = moto.aws(&format!("iam get-role-policy --role-name {PROBER} --policy-name probe-listed-targets"));
    let policy = &policy["PolicyDocument"];

    let inline = |name: &str, document: &Value| {
        format!("aws iam put-role-policy --role-name {PROBER} --policy-name {name} --policy-document '{document}'")
    };
    let ours = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut changed = policy.clone();
        change(changed["Statement"].as_array_mut().unwrap());
        inline("probe-listed-targets", &changed)
    };
    let guide = Given { as_documented: true, ..given.clone() };
    let guide = sightline_onboard::find(UNIT).unwrap().render(&checked(guide), Format::Policy).unwrap();
    let guide = serde_json::from_str::<Value>(&guide).unwrap()["as-documented"].clone();
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]});
    let by_sid = |sid: &'static str| move |statement: &Value| statement["Sid"] == sid;
    let position = |all: &[Value], sid: &'static str| all.iter().position(by_sid(sid)).unwrap();
    for (fault, told) in [
        (
            format!("aws iam update-assume-role-policy --role-name {PROBER} --policy-document '{trust}'"),
            "without an external id",
        ),
        (inline("guide", &guide), "`guide` allows more than the listed targets: bedrock:InvokeModel on *"),
        (inline("probe-listed-targets", &guide), "`probe-listed-targets` allows more than the listed targets"),
        (
            format!(
                "aws iam attach-role-policy --role-name {PROBER} --policy-arn arn:aws:iam::aws:policy/AmazonBedrockFullAccess"
            ),
            "`AmazonBedrockFullAccess` allows more",
        ),
        (
            ours(&|all| all.retain(|one| one["Sid"] != "NoContractsNoLogChanges")),
            "nothing denies aws-marketplace:Subscribe, bedrock:CreateFoundationModelAgreement",
        ),
        (ours(&|all| all.retain(|one| one["Sid"] != "InvokeEndpoints")), "may not invoke arn:aws:sagemaker:us-east-1"),
        (
            ours(&|all| {
                let place = position(all, "InvokeThroughProfiles");
                all[place]["Resource"] = json!([format!("arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}")]);
            }),
            "may not invoke arn:aws:bedrock:us-west-2::foundation-model/anthropic",
        ),
        (
            ours(&|all| {
                let place = position(all, "InvokeThroughProfiles");
                all[place].as_object_mut().unwrap().remove("Condition");
            }),
            "allows more than the listed targets: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/anthropic",
        ),
    ] {
        moto.run(&fault);
        let verdicts = look(&fine, &given).await;
        let found = only_fault(&verdicts);
        assert!(found.status == State::Wrong && found.reason.contains(told), "{fault}\n{}", shown(&verdicts));
        moto.run(&found.fix);
        all_ok(&look(&fine, &given).await, &fault);
    }

    // What is there already, and not listed any more, is more than is listed.
    let fewer = Given { models: vec![plain().models[0].clone()], ..plain() };
    assert!(only_fault(&look(&fine, &fewer).await).reason.contains("allows more than the listed targets"));

    let verdicts = look(&fine, &unlisted).await;
    let found = only_fault(&verdicts);
    assert!(found.status == State::CannotTell && found.reason.contains("`--model` lists"), "{}", found.reason);

    let none = availability("AVAILABLE", "NOT_AVAILABLE", "NOT_AVAILABLE", "AUTHORIZED");
    let verdicts = look(&bedrock(none, usable(), true).await, &given).await;
    let found = only_fault(&verdicts);
    assert!(
        found.status == State::Missing && found.reason.contains("no agreement for `amazon"),
        "{}",
        shown(&verdicts)
    );

    moto.aws(&format!("iam put-role-permissions-boundary --role-name {PROBER} --permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess"));
    let verdicts = look(&fine, &given).await;
    let found = only_fault(&verdicts);
    assert!(found.reason.contains("boundary `ReadOnlyAccess` keeps the role from"), "{}", shown(&verdicts));
    moto.run(&format!("aws iam delete-role-permissions-boundary --role-name {PROBER}"));

    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    let aws = moto.connect(KEY, &[("BEDROCK", &fine.uri()), ("IAM", &refuses.uri())]);
    let verdicts = verify(UNIT, aws, &given).await;
    assert!(only_fault(&verdicts).reason.contains("`iam:GetRole` is not allowed"), "{}", shown(&verdicts));
    let verdicts = look(&refuses, &given).await;
    let faults: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.status != State::Ok).collect();
    assert!(
        faults.iter().all(|verdict| verdict.status == State::CannotTell) && faults.len() == 4,
        "{}",
        shown(&verdicts)
    );
}
