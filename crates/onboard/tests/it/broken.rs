//! Accounts with one fault: each is diagnosed to its one cause, and the fix of that one verdict makes it right.

use crate::emulator::Moto;
use crate::verified::{ROLE, account, deliver_flows, flow_log, now, onboard, session};
use crate::verified_models::{all_ok, only_fault, shown};
use crate::{ACCOUNT, checked};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_onboard::{Context, Given, State, TrialCall, Verdict};
use wiremock::matchers::{any, body_string_contains, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

const OTHER: &str = "210987654321";

async fn verify(units: &[&str], aws: Aws, given: &Given, age: SignedDuration) -> Vec<Verdict> {
    let context = Context { aws, parameters: checked(given.clone()), now: now() + age, pods: None };
    let each = units.iter().map(|id| sightline_onboard::find(id).unwrap().verify(&context));
    futures::future::join_all(each).await.into_iter().flatten().collect()
}

fn bucket() -> String {
    format!("sightline-logs-{ACCOUNT}-us-east-1")
}

fn text(answer: &Value, pointer: &str) -> String {
    answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

/// An onboarded account, and the key of a session of its scanner.
fn whole() -> Option<(Moto, Given, String)> {
    let (moto, given) = account()?;
    onboard(&moto, &given);
    let key = session(&moto);
    Some((moto, given, key))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_log_of_another_format() {
    let Some((moto, given, key)) = whole() else { return };
    let vpc = &given.vpc_ids[0];
    for (format, told) in [
        (
            "${version} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${start} ${end}",
            "`bytes`",
        ),
        ("${version} ${account-id}", "`interface-id` (which workload it is: nothing can be joined)"),
    ] {
        moto.run(&format!(
            "aws ec2 delete-flow-logs --flow-log-ids {}\n\
             aws ec2 create-flow-logs --resource-type VPC --resource-ids {vpc} --traffic-type ALL --log-destination-type s3 \
             --log-destination arn:aws:s3:::{} --max-aggregation-interval 60 --log-format '{format}'",
            flow_log(&moto),
            bucket()
        ));
        let seen = |moto: &Moto| moto.connect(&key, &[]);
        moto.run(&format!("aws s3api delete-bucket-policy --bucket {}", bucket()));
        deliver_flows(&moto, &bucket(), &flow_log(&moto));
        let verdicts = verify(&["vpc-flow-logs"], seen(&moto), &given, SignedDuration::ZERO).await;
        let fault = only_fault(&verdicts);
        assert!(fault.status == State::Wrong && fault.reason.contains(told), "{}", shown(&verdicts));
        moto.run(&fault.fix);
        deliver_flows(&moto, &bucket(), &flow_log(&moto));
        all_ok(&verify(&["vpc-flow-logs"], seen(&moto), &given, SignedDuration::ZERO).await, told);
    }
}

/// EC2 as it answers of one VPC whose flow log is delivered or not.
async fn ec2(vpc: &str, log: &str, format: &str, delivery: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = |action: &str, body: String| {
        let xml =
            format!("<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{body}</{action}Response>");
        Mock::given(body_string_contains(format!("Action={action}&")))
            .respond_with(ResponseTemplate::new(200).set_body_raw(xml, "text/xml"))
    };
    let of_vpc = format!("<item><vpcId>{vpc}</vpcId></item>");
    answer("DescribeVpcs", format!("<vpcSet>{of_vpc}</vpcSet>")).mount(&server).await;
    answer("DescribeNetworkInterfaces", format!("<networkInterfaceSet>{of_vpc}</networkInterfaceSet>"))
        .mount(&server)
        .await;
    let of_log = format!(
        "<flowLogSet><item><flowLogId>{log}</flowLogId><resourceId>{vpc}</resourceId><flowLogStatus>ACTIVE</flowLogStatus>\
         <trafficType>ALL</trafficType><logDestinationType>s3</logDestinationType><logDestination>arn:aws:s3:::{}</logDestination>\
         <maxAggregationInterval>60</maxAggregationInterval><logFormat>{format}</logFormat>{delivery}</item></flowLogSet>",
        bucket()
    );
    answer("DescribeFlowLogs", of_log).mount(&server).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn flow_logs_that_do_not_arrive() {
    let Some((moto, given, key)) = whole() else { return };
    let (log, vpc) = (flow_log(&moto), given.vpc_ids[0].clone());
    let format = text(&moto.aws("ec2 describe-flow-logs"), "/FlowLogs/0/LogFormat");
    moto.run(&format!("aws s3api delete-bucket-policy --bucket {}", bucket()));
    let failed =
        "<deliverLogsStatus>FAILED</deliverLogsStatus><deliverLogsErrorMessage>Access error</deliverLogsErrorMessage>";
    let failing = ec2(&vpc, &log, &format, failed).await;
    let verdicts =
        verify(&["vpc-flow-logs"], moto.connect(&key, &[("EC2", &failing.uri())]), &given, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    assert!(fault.status == State::Wrong && fault.reason.contains("fails (Access error)"), "{}", shown(&verdicts));
    moto.run(&fault.fix);
    let works = ec2(&vpc, &log, &format, "<deliverLogsStatus>SUCCESS</deliverLogsStatus>").await;
    all_ok(
        &verify(
            &["vpc-flow-logs", "log-bucket"],
            moto.connect(&key, &[("EC2", &works.uri())]),
            &given,
            SignedDuration::ZERO,
        )
        .await,
        "the policy",
    );
}

/// CloudTrail as it answers of one whole trail whose last delivery ended so.
async fn cloudtrail(error: Option<&str>) -> MockServer {
    let server = MockServer::start().await;
    let arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/sightline");
    let trail = json!({"TrailARN": arn, "HomeRegion": "us-east-1", "S3BucketName": bucket(), "IsMultiRegionTrail": true,
        "LogFileValidationEnabled": true});
    let management = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]);
    for (operation, body) in [
        ("DescribeTrails", json!({"trailList": [trail]})),
        ("GetTrailStatus", json!({"IsLogging": true, "LatestDeliveryError": error.unwrap_or_default()})),
        ("GetEventSelectors", json!({"AdvancedEventSelectors": management})),
    ] {
        let target = format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}");
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(header("x-amz-target", target.as_str())).respond_with(answer).mount(&server).await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_cannot_deliver() {
    let Some((moto, given, key)) = whole() else { return };
    moto.run(&format!("aws s3api delete-bucket-policy --bucket {}", bucket()));
    let failing = cloudtrail(Some("AccessDenied")).await;
    let seen = |server: &MockServer| moto.connect(&key, &[("CLOUDTRAIL", &server.uri())]);
    let verdicts = verify(&["cloudtrail"], seen(&failing), &given, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    assert!(
        fault.status == State::Wrong && fault.reason.contains("failed with `AccessDenied`"),
        "{}",
        shown(&verdicts)
    );
    moto.run(&fault.fix);
    let works = cloudtrail(None).await;
    all_ok(&verify(&["cloudtrail", "log-bucket"], seen(&works), &given, SignedDuration::ZERO).await, "the policy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_lets_no_log_service_in() {
    let Some((moto, given, key)) = whole() else { return };
    let arn = text(&moto.aws("kms create-key"), "/KeyMetadata/Arn");
    let rules =
        json!({"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}}]});
    moto.run(&format!(
        "aws s3api put-bucket-encryption --bucket {} --server-side-encryption-configuration '{rules}'",
        bucket()
    ));
    // The key is the bucket's own affair: nobody names it to verification.
    let verdicts = verify(&["log-bucket"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    assert!(fault.target == arn && fault.status == State::Missing, "{}", shown(&verdicts));
    assert!(
        fault.reason.contains("`FlowLogsUseKey`") && fault.reason.contains("`CloudTrailUsesKey`"),
        "{}",
        fault.reason
    );
    moto.run(&fault.fix);
    all_ok(&verify(&["log-bucket"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await, "the key's policy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_another_account_that_knows_nothing_of_us() {
    let Some((moto, given, key)) = whole() else { return };
    let central = Given { bucket: Some("central-logs".into()), bucket_account: Some(OTHER.into()), ..given };
    let words = format!("sts assume-role --role-arn arn:aws:iam::{OTHER}:role/x --role-session-name owner");
    let owner = text(&moto.aws(&words), "/Credentials/AccessKeyId");
    let as_owner = |script: &str| moto.run(&format!("export AWS_ACCESS_KEY_ID={owner}\n{script}"));
    as_owner("aws s3api create-bucket --bucket central-logs");
    let verdicts = verify(&["log-bucket"], moto.connect(&key, &[]), &central, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    let told = format!("the bucket is of account {OTHER}, whose policy for it has no statement for this account");
    assert!(fault.status == State::Wrong && fault.reason.starts_with(&told), "{}", shown(&verdicts));
    as_owner(&fault.fix);
    // The emulator takes the refusal of requests without TLS for one of all: what the owner's policy says is read by the owner.
    let policy = as_owner("aws s3api get-bucket-policy --bucket central-logs");
    for sid in ["ScannerLooks", "ScannerReads", "FlowLogsWrite", "CloudTrailWrite"] {
        assert!(policy.contains(sid), "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_four_hundred_days() {
    let Some((moto, given, key)) = whole() else { return };
    moto.aws("iam create-user --user-name ada");
    let user = text(&moto.aws("iam create-access-key --user-name ada"), "/AccessKey/AccessKeyId");
    let later = SignedDuration::from_hours(400 * 24 + 1);
    let verdicts = verify(&["scanner-identity"], moto.connect(&user, &[]), &given, later).await;
    let fault = only_fault(&verdicts);
    assert!(
        fault.status == State::Wrong && fault.reason.contains(&format!("{user} is 400 days old")),
        "{}",
        shown(&verdicts)
    );
    let (use_role, deactivate) = fault.fix.split_once('\n').unwrap();
    assert!(use_role.starts_with(&format!("--role-arn arn:aws:iam::{ACCOUNT}:role/{ROLE}")), "{use_role}");
    moto.run(deactivate);
    let keys = moto.aws("iam list-access-keys --user-name ada");
    assert_eq!(text(&keys, "/AccessKeyMetadata/0/Status"), "Inactive");
    all_ok(&verify(&["scanner-identity"], moto.connect(&key, &[]), &given, later).await, "the role");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boundary_that_leaves_calls_out() {
    let Some((moto, given, key)) = whole() else { return };
    let document =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "bedrock:*", "Resource": "*"}]});
    moto.run(&format!(
        "aws iam create-policy --policy-name boundary --policy-document '{document}'\n\
         aws iam put-role-permissions-boundary --role-name {ROLE} --permissions-boundary arn:aws:iam::{ACCOUNT}:policy/boundary"
    ));
    let verdicts = verify(&["scanner-identity"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    let told = ["permissions boundary leaves out", "bedrock:ListGuardrails"];
    assert!(
        fault.status == State::Wrong && told.iter().all(|word| fault.reason.contains(word)),
        "{}",
        shown(&verdicts)
    );
    moto.run(&fault.fix);
    all_ok(&verify(&["scanner-identity"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await, "the boundary");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_lacks_an_action() {
    let Some((moto, given, key)) = whole() else { return };
    let policies = moto.aws(&format!("iam list-attached-role-policies --role-name {ROLE}"));
    let arn = (0..9)
        .filter_map(|at| policies.pointer(&format!("/AttachedPolicies/{at}/PolicyArn")))
        .filter_map(Value::as_str);
    let models = arn.into_iter().find(|arn| arn.contains("models")).unwrap();
    moto.run(&format!("aws iam detach-role-policy --role-name {ROLE} --policy-arn {models}\naws iam delete-policy --policy-arn {models}"));
    let verdicts = verify(&["scanner-identity"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    assert!(fault.status == State::Wrong && fault.reason.contains("actions are not allowed"), "{}", shown(&verdicts));
    moto.run(&fault.fix);
    all_ok(&verify(&["scanner-identity"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await, "the policy");
}

/// What no policy of the account says, AWS's own answers do.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_something_above_the_account_denies() {
    let Some((moto, given, key)) = whole() else { return };
    let call = |service: &str, operation: &str, action: &str| TrialCall {
        service: service.into(),
        operation: operation.into(),
        action: action.into(),
        input: json!({}),
        unsupported: Vec::new(),
    };
    let calls = vec![
        call("ec2", "DescribeInstances", "ec2:DescribeInstances"),
        call("s3", "ListBuckets", "s3:ListAllMyBuckets"),
    ];
    let given = Given { calls, ..given };
    let verdicts = verify(&["scanner-identity"], moto.connect(&key, &[]), &given, SignedDuration::ZERO).await;
    all_ok(&verdicts, "nothing");
    assert!(
        verdicts.iter().any(|verdict| verdict.reason.contains("AWS answered 2 calls and refused none")),
        "{}",
        shown(&verdicts)
    );
    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    let verdicts =
        verify(&["scanner-identity"], moto.connect(&key, &[("EC2", &refuses.uri())]), &given, SignedDuration::ZERO)
            .await;
    let fault = only_fault(&verdicts);
    assert!(fault.status == State::Wrong && fault.reason.contains("AWS refused 1 calls"), "{}", shown(&verdicts));
    assert!(fault.reason.contains("ec2:DescribeInstances") && fault.fix.contains(ROLE), "{}", fault.fix);
}

/// An organization whose administrator took a service away from this account.
async fn organization(denied: &str) -> MockServer {
    let server = MockServer::start().await;
    let document = |effect: &str, action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]})
            .to_string()
    };
    let answer = |operation: &str, about: &str, body: Value| {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        Mock::given(header("x-amz-target", target.as_str()))
            .and(body_string_contains(about))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
    };
    let policy = |id: &str| json!({"Policies": [{"Id": id, "Name": id}]});
    for (operation, about, body) in [
        ("DescribeOrganization", "", json!({"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": OTHER}})),
        ("ListParents", ACCOUNT, json!({"Parents": [{"Id": "r-ab12", "Type": "ROOT"}]})),
        ("ListPoliciesForTarget", "r-ab12", policy("p-full")),
        (
            "ListPoliciesForTarget",
            ACCOUNT,
            json!({"Policies": [{"Id": "p-full", "Name": "p-full"}, {"Id": "p-deny", "Name": "p-deny"}]}),
        ),
        ("DescribePolicy", "p-full", json!({"Policy": {"Content": document("Allow", "*")}})),
        ("DescribePolicy", "p-deny", json!({"Policy": {"Content": document("Deny", denied)}})),
    ] {
        answer(operation, about, body).mount(&server).await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_control_policy_that_denies() {
    let Some((moto, given, key)) = whole() else { return };
    let seen = |server: &MockServer| moto.connect(&key, &[("ORGANIZATIONS", &server.uri())]);
    let denies = organization("bedrock:*").await;
    let verdicts = verify(&["scanner-identity"], seen(&denies), &given, SignedDuration::ZERO).await;
    let fault = only_fault(&verdicts);
    let told = format!("a service control policy at `{ACCOUNT}` denies");
    assert!(fault.status == State::Wrong && fault.reason.starts_with(&told), "{}", shown(&verdicts));
    assert!(fault.reason.contains("bedrock:ListGuardrails") && fault.fix.contains("ArnNotLike"), "{}", fault.fix);
    let harmless = organization("bedrock:InvokeModel").await;
    all_ok(&verify(&["scanner-identity"], seen(&harmless), &given, SignedDuration::ZERO).await, "another policy");

    // A member account may not read the policies above it: without a call that was tried, nothing is known of them.
    let hidden = MockServer::start().await;
    let about = json!({"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": OTHER}});
    Mock::given(header("x-amz-target", "AWSOrganizationsV20161128.DescribeOrganization"))
        .respond_with(ResponseTemplate::new(200).set_body_json(about))
        .mount(&hidden)
        .await;
    let refused = json!({"__type": "AccessDeniedException", "Message": "not yours"});
    Mock::given(any())
        .respond_with(ResponseTemplate::new(400).set_body_json(refused))
        .with_priority(9)
        .mount(&hidden)
        .await;
    let verdicts = verify(&["scanner-identity"], seen(&hidden), &given, SignedDuration::ZERO).await;
    assert_eq!(only_fault(&verdicts).status, State::CannotTell, "{}", shown(&verdicts));
}
