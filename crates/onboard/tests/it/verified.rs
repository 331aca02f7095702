//! Verification against moto: an account with nothing, one made by running the rendered steps, and one fault at a time.

use crate::emulator::Moto;
use crate::{ACCOUNT, checked, plain};
use jiff::Timestamp;
use serde_json::Value;
use sightline_aws::{Aws, Emulated};
use sightline_onboard::{ALL, Context, Format, Given, State, Verdict, verify_all};
use std::collections::BTreeSet;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const ROLE: &str = "sightline-scanner";

pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the emulator stamps objects with the real time")]
    Timestamp::now()
}

/// moto, and a VPC with an interface in it.
pub(crate) fn account() -> Option<(Moto, Given)> {
    let moto = Moto::start()?;
    let id = |answer: Value, pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let vpc = id(moto.aws("ec2 create-vpc --cidr-block 10.9.0.0/16"), "/Vpc/VpcId");
    let subnet =
        id(moto.aws(&format!("ec2 create-subnet --vpc-id {vpc} --cidr-block 10.9.1.0/24")), "/Subnet/SubnetId");
    moto.aws(&format!("ec2 create-network-interface --subnet-id {subnet}"));
    Some((moto, Given { vpc_ids: vec![vpc], ..plain() }))
}

/// Runs the steps of every prerequisite and delivers a log file of each kind. The files come before the bucket's policy: the emulator
/// does not evaluate conditions, and takes the refusal of requests without TLS for one of all requests.
pub(crate) fn onboard(moto: &Moto, given: &Given) {
    let parameters = checked(given.clone());
    let run = |id: &str| moto.run(&sightline_onboard::find(id).unwrap().render(&parameters, Format::Cli).unwrap());
    moto.aws(&format!("s3api create-bucket --bucket {}", parameters.bucket()));
    run("vpc-flow-logs");
    deliver_flows(moto, parameters.bucket(), &flow_log(moto));
    deliver(moto, parameters.bucket(), &format!("AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/01/02/x.json.gz"));
    for id in ["log-bucket", "cloudtrail", "scanner-identity"] {
        run(id);
    }
}

pub(crate) fn flow_log(moto: &Moto) -> String {
    let logs = moto.aws("ec2 describe-flow-logs");
    logs.pointer("/FlowLogs/0/FlowLogId").and_then(Value::as_str).unwrap().to_owned()
}

pub(crate) fn deliver_flows(moto: &Moto, bucket: &str, log: &str) {
    let day = "year=2026/month=01/day=02/hour=03";
    let folder = format!("AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region=us-east-1/{day}");
    deliver(moto, bucket, &format!("{folder}/{ACCOUNT}_vpcflowlogs_us-east-1_{log}_20260102T0300Z_0.log.gz"));
}

fn deliver(moto: &Moto, bucket: &str, key: &str) {
    moto.aws(&format!("s3api put-object --bucket {bucket} --key {key}"));
}

/// The key of a session of the scanner's role.
pub(crate) fn session(moto: &Moto) -> String {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}");
    let words =
        format!("sts assume-role --role-arn {arn} --role-session-name scan --external-id correct-horse-battery");
    moto.aws(&words).pointer("/Credentials/AccessKeyId").and_then(Value::as_str).unwrap().to_owned()
}

/// What this file is about; the other prerequisites have files of their own.
const UNITS: [&str; 4] = ["cloudtrail", "log-bucket", "scanner-identity", "vpc-flow-logs"];

async fn verify(aws: Aws, given: &Given) -> Vec<Verdict> {
    let context = Context { aws, parameters: checked(given.clone()), now: now(), pods: None };
    let each = UNITS.map(|id| sightline_onboard::find(id).unwrap());
    futures::future::join_all(each.map(|unit| unit.verify(&context))).await.into_iter().flatten().collect()
}

fn shown(verdicts: &[Verdict]) -> String {
    let line = |v: &Verdict| format!("{:<16} {:<11} {} [{}]", v.prerequisite, v.status.as_str(), v.reason, v.call);
    verdicts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn not_ok(verdicts: &[Verdict]) -> Vec<&Verdict> {
    verdicts.iter().filter(|verdict| verdict.status != State::Ok).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_ready_and_one_fault_at_a_time() {
    let Some((moto, given)) = account() else { return };

    moto.aws("iam create-user --user-name ada");
    let user = moto.aws("iam create-access-key --user-name ada");
    let user = user.pointer("/AccessKey/AccessKeyId").and_then(Value::as_str).unwrap();
    let verdicts = verify(moto.connect(user, &[]), &given).await;
    let told = format!("calls are made as the user `ada`, whose keys do not expire: {user} is 0 minutes old");
    assert!(verdicts.iter().any(|v| v.status == State::Wrong && v.reason == told), "{}", shown(&verdicts));
    let missing: BTreeSet<&str> =
        verdicts.iter().filter(|v| v.status == State::Missing).map(|v| v.prerequisite.as_str()).collect();
    assert_eq!(missing.len(), UNITS.len(), "{}", shown(&verdicts));
    assert!(verdicts.iter().all(|v| v.status != State::Ok && v.status != State::CannotTell), "{}", shown(&verdicts));

    onboard(&moto, &given);
    let key = session(&moto);
    let verdicts = verify(moto.connect(&key, &[]), &given).await;
    assert!(not_ok(&verdicts).is_empty(), "{}", shown(&verdicts));
    let lines = |id: &str| verdicts.iter().filter(|verdict| verdict.prerequisite == id).count();
    let counts = ["cloudtrail", "log-bucket", "scanner-identity", "vpc-flow-logs"].map(lines);
    assert_eq!(counts, [7, 7, 3, 2], "{}", shown(&verdicts));

    let bucket = format!("sightline-logs-{ACCOUNT}-us-east-1");
    let trail = "sightline";
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:root"}}, "Action": "sts:AssumeRole"}}]}}"#
    );
    let write_only = r#"[{"Name": "Writes", "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]}]"#;
    let half_policy = r#"{"Version": "2012-10-17", "Statement": []}"#;
    for (fault, prerequisite, status, told) in [
        (
            format!(
                "aws cloudtrail put-event-selectors --trail-name {trail} --advanced-event-selectors '{write_only}'"
            ),
            "cloudtrail",
            State::Wrong,
            "writes alone",
        ),
        (format!("aws cloudtrail stop-logging --name {trail}"), "cloudtrail", State::Wrong, "switched off"),
        (
            format!("aws s3api put-bucket-policy --bucket {bucket} --policy '{half_policy}'"),
            "log-bucket",
            State::Missing,
            "no statement like `FlowLogsWrite`",
        ),
        (
            format!("aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Suspended"),
            "log-bucket",
            State::Wrong,
            "`Suspended`",
        ),
        (
            format!("aws s3api delete-public-access-block --bucket {bucket}"),
            "log-bucket",
            State::Missing,
            "public access block",
        ),
        (
            format!("aws iam update-assume-role-policy --role-name {ROLE} --policy-document '{trust}'"),
            "scanner-identity",
            State::Wrong,
            "without an external id",
        ),
        (
            format!(
                "aws iam attach-role-policy --role-name {ROLE} --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess"
            ),
            "scanner-identity",
            State::Wrong,
            "`ReadOnlyAccess` is attached",
        ),
    ] {
        moto.run(&fault);
        let verdicts = verify(moto.connect(&key, &[]), &given).await;
        let found: Vec<&Verdict> = verdicts.iter().filter(|v| v.reason.contains(told)).collect();
        let [found] = found.as_slice() else { panic!("{fault}\n{}", shown(&verdicts)) };
        assert_eq!((found.prerequisite.as_str(), found.status), (prerequisite, status), "{}", shown(&verdicts));

        moto.run(&found.fix);
        let verdicts = verify(moto.connect(&key, &[]), &given).await;
        assert!(not_ok(&verdicts).is_empty(), "after the fix of: {fault}\n{}", shown(&verdicts));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_log_that_lacks_a_field() {
    let Some((moto, given)) = account() else { return };
    let bucket = format!("sightline-logs-{ACCOUNT}-us-east-1");
    moto.run(&format!("aws s3api create-bucket --bucket {bucket}"));
    let vpc = &given.vpc_ids[0];
    moto.run(&format!(
        "aws ec2 create-flow-logs --resource-type VPC --resource-ids {vpc} --traffic-type REJECT --log-destination-type s3 \
         --log-destination arn:aws:s3:::{bucket} --log-format '${{version}} ${{interface-id}} ${{srcaddr}} ${{dstaddr}}'"
    ));
    // Without the parameter, the VPCs with interfaces are found.
    let verdicts = verify(moto.connect("AKIAIOSFODNN7EXAMPLE", &[]), &Given { vpc_ids: vec![], ..given.clone() }).await;
    let about: Vec<&str> =
        verdicts.iter().filter(|v| v.target.contains(vpc.as_str())).map(|v| v.reason.as_str()).collect();
    let about = about.join("\n");
    for told in
        ["`REJECT` traffic alone", "600 seconds", "`pkt-srcaddr` (pods from their node", "is new, and nothing has come"]
    {
        assert!(about.contains(told), "{told}\n{about}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_is_never_ok() {
    let Some((moto, given)) = account() else { return };
    onboard(&moto, &given);
    let key = session(&moto);
    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    for (service, prefix) in
        [("IAM", "iam:"), ("S3", "s3:"), ("EC2", "ec2:"), ("CLOUDTRAIL", "cloudtrail:"), ("STS", "sts:")]
    {
        let verdicts = verify(moto.connect(&key, &[(service, &refuses.uri())]), &given).await;
        let bad: Vec<&Verdict> = verdicts.iter().filter(|v| v.call.starts_with(prefix)).collect();
        assert!(
            !bad.is_empty() && bad.iter().all(|v| v.status == State::CannotTell),
            "{service}\n{}",
            shown(&verdicts)
        );
        let names = |v: &&&Verdict| v.reason.contains(&format!("`{prefix}"));
        assert!(service == "STS" || bad.iter().filter(names).count() == bad.len(), "{service}\n{}", shown(&verdicts));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_refuses_everything() {
    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    let emulated = Emulated {
        endpoint: refuses.uri(),
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        region: "us-east-1".into(),
        ..Emulated::default()
    };
    let parameters = checked(Given { data_events: true, ..crate::full() });
    let context = Context { aws: Aws::emulated(emulated), parameters, now: now(), pods: None };
    let mut verdicts = verify_all(&context).await;
    let units: BTreeSet<&str> = verdicts.iter().map(|verdict| verdict.prerequisite.as_str()).collect();
    assert_eq!(units.len(), ALL.iter().filter(|unit| !unit.is_composition()).count());
    // What is made of the others asks nothing itself.
    let composed: BTreeSet<&str> = ALL.iter().filter(|unit| unit.is_composition()).map(|unit| unit.id()).collect();
    verdicts.retain(|verdict| !composed.contains(verdict.prerequisite.as_str()));
    assert!(verdicts.iter().all(|verdict| verdict.status == State::CannotTell), "{}", shown(&verdicts));
    assert!(verdicts.iter().all(|verdict| serde_json::to_value(verdict).unwrap()["status"] == "cannot_tell"));
}
