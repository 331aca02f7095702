//! The template with everything, linted and given to an emulator. moto says `CREATE_COMPLETE` of types that it does not make: what it
//! made is asked of the services.

use crate::emulator::Moto;
use crate::{ACCOUNT, VPC, checked, full, plain, tool};
use jiff::Timestamp;
use serde_json::Value;
use sightline_onboard::{Context, Format, Given, State, find, verify_all};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The template inside the organization's stack set.
fn inner(given: Given) -> String {
    let text = find("organization").unwrap().render(&checked(given), Format::CloudFormation).unwrap();
    let (_, body) = text.split_once("TemplateBody: |\n").unwrap();
    body.lines()
        .take_while(|line| line.is_empty() || line.starts_with("        "))
        .fold(String::new(), |out, line| out + line.get(8..).unwrap_or_default() + "\n")
}

fn everything(given: Given) -> String {
    find("discovery-iac").unwrap().render(&checked(given), Format::CloudFormation).unwrap()
}

/// The template with parameters.
fn deployed() -> String {
    let files = sightline_onboard::modules(plain().actions).unwrap();
    files.into_iter().find(|(path, _)| path.ends_with(".yaml")).unwrap().1
}

#[test]
fn cfn_lint_finds_nothing_in_what_is_put_together() {
    let Some(lint) = tool("cfn-lint") else { return };
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = Given { regions: vec!["eu-west-1".into()], vpc_ids: vec![format!("us-east-1/{VPC}")], ..plain() };
    let templates = [
        ("plain", everything(plain())),
        ("full", everything(full())),
        ("elsewhere", everything(elsewhere)),
        ("member", inner(plain())),
        ("full-member", inner(full())),
        ("deploy", deployed()),
    ];
    let files = templates.map(|(name, text)| {
        let file = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&file, text).unwrap();
        file
    });
    let output = Command::new(lint).args(["--regions", "us-east-1", "eu-west-1", "--"]).args(files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn no_two_resources_have_one_name() {
    for given in [plain(), full()] {
        let template = everything(given.clone());
        // The parser refuses a key that comes twice.
        let read: serde_yaml_ng::Value = serde_yaml_ng::from_str(&template).unwrap();
        assert!(read["Resources"].as_mapping().unwrap().len() <= 500);

        let text = find("discovery-iac").unwrap().render(&checked(given), Format::Terraform).unwrap();
        let body: hcl::Body = hcl::from_str(&text).unwrap();
        let mut addresses = BTreeSet::new();
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels().iter().map(|label| label.as_str()).collect();
            let alias = block.body().attributes().find(|attribute| attribute.key() == "alias");
            let alias = alias.map(|alias| alias.expr().to_string()).unwrap_or_default();
            let address = format!("{} {} {alias}", block.identifier(), labels.join("."));
            assert!(addresses.insert(address.clone()), "{address}");
        }
        let heads = body.blocks().filter(|block| block.identifier() == "terraform").count();
        assert_eq!(heads, 1);
    }
}

#[test]
fn what_cannot_be_rendered_is_said() {
    let bare = checked(Given { account_id: ACCOUNT.into(), ..Given::default() });
    for format in [Format::Terraform, Format::CloudFormation, Format::Cli] {
        let text = find("discovery-iac").unwrap().render(&bare, format).unwrap();
        let head = text.replace("\n# ", " ");
        assert!(head.contains("Left out: scanner-identity: it needs --principal"), "{head}");
        assert!(head.contains("Left out: vpc-flow-logs: it needs --vpc-id"), "{head}");
    }
    let admin = Given { delegated_administrator: Some(ACCOUNT.into()), ..plain() };
    assert!(everything(admin).contains("Left out: organization: it belongs into the management account"));
}

#[test]
fn what_is_large_says_so() {
    let many = |index: usize| format!("service-{}:Describe{}", index % 20, "x".repeat(60) + &index.to_string());
    let text = everything(Given { actions: (0..200).map(many).collect(), ..plain() });
    assert!(text.len() > 51_200 && text.contains("--template-url"), "{}", text.len());
    assert!(!everything(Given { organizational_units: vec![], ..plain() }).contains("--template-url"));

    let vpc_ids = (0..600).map(|index| format!("vpc-{index:017x}")).collect();
    let error = find("discovery-iac").unwrap().render(&checked(Given { vpc_ids, ..plain() }), Format::CloudFormation);
    assert!(error.unwrap_err().to_string().contains("a CloudFormation stack holds 500"));
}

#[test]
fn the_list_of_grants_is_complete() {
    let text = find("discovery-iac").unwrap().render(&checked(full()), Format::Policy).unwrap();
    let granted: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let all = granted.values().map(Value::to_string).collect::<Vec<_>>().join("\n");
    for unit in sightline_onboard::ALL.iter().filter(|unit| !unit.is_composition()) {
        let Some(text) = crate::written(*unit, &checked(full()), Format::Policy) else { continue };
        if crate::written(*unit, &checked(full()), Format::Terraform).is_none() {
            assert!(!granted.keys().any(|whom| whom.starts_with(unit.id())), "{} is made by no file", unit.id());
            continue;
        }
        let documents: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        for (name, document) in documents {
            for statement in document["Statement"].as_array().unwrap() {
                assert!(all.contains(&statement.to_string()), "{} {name}: {statement}", unit.id());
            }
        }
    }
    for whom in ["role/sightline-scanner", "role/sightline-scanner/trust", "bucket/company-logs"] {
        assert!(granted.contains_key(whom), "{whom} of {:?}", granted.keys());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stack_is_found_where_the_emulator_makes_it() {
    let Some(moto) = Moto::start() else { return };
    let id = |answer: Value, pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let vpc = id(moto.aws("ec2 create-vpc --cidr-block 10.9.0.0/16"), "/Vpc/VpcId");
    let given = Given { vpc_ids: vec![vpc.clone()], organizational_units: vec![], ..plain() };
    // moto cannot name attributes of what it does not make, as the outputs do.
    let template = everything(given.clone());
    let (body, _) = template.split_once("\nOutputs:\n").unwrap();
    let body = body.replace('\'', "'\\''");
    moto.run(&format!(
        "aws cloudformation create-stack --stack-name sightline --capabilities CAPABILITY_NAMED_IAM --template-body '{body}' >/dev/null"
    ));
    let read: serde_yaml_ng::Value = serde_yaml_ng::from_str(&template).unwrap();
    let resources = read["Resources"].as_mapping().unwrap().values();
    let kinds: BTreeSet<&str> = resources.filter_map(|resource| resource["Type"].as_str()).collect();

    // The services' own word, not the stack's.
    let bucket = format!("sightline-logs-{ACCOUNT}-us-east-1");
    let has = |words: &str, part: &str| moto.run(&format!("aws {words} 2>/dev/null || true")).contains(part);
    let made: BTreeMap<&str, bool> = [
        ("AWS::IAM::Role", has("iam list-roles", "sightline-scanner")),
        ("AWS::IAM::InstanceProfile", has("iam list-instance-profiles", "sightline-vm-models")),
        ("AWS::IAM::ManagedPolicy", has("iam list-policies --scope Local", "sightline-scanner-logs")),
        ("AWS::S3::Bucket", has("s3api list-buckets", &bucket)),
        ("AWS::S3::BucketPolicy", has(&format!("s3api get-bucket-policy --bucket {bucket}"), "DenyWithoutTls")),
        ("AWS::EC2::FlowLog", has("ec2 describe-flow-logs", &vpc)),
        ("AWS::CloudTrail::Trail", has("cloudtrail describe-trails", "sightline")),
    ]
    .into();
    let proved: Vec<&str> = made.iter().filter(|(_, is)| **is).map(|(kind, _)| *kind).collect();
    let unproved: Vec<&str> = kinds.iter().copied().filter(|kind| !proved.contains(kind)).collect();
    eprintln!(
        "proved by the services: {}; said to be complete and not proved: {}",
        proved.join(" "),
        unproved.join(" ")
    );
    for kind in [
        "AWS::EC2::FlowLog",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::S3::Bucket",
    ] {
        assert!(made[kind], "{kind}: {made:?}");
    }

    // Verification finds the role's trust, the bucket's encryption and the flow log right.
    let aws = moto.connect("AKIAIOSFODNN7EXAMPLE", &[]);
    let context = Context { aws, parameters: checked(given), now: Timestamp::UNIX_EPOCH, pods: None };
    let verdicts = verify_all(&context).await;
    for (unit, reason) in [
        ("scanner-identity", "the role asks for the external id"),
        ("log-bucket", "encrypted with AES256"),
        ("vpc-flow-logs", "is active, takes all traffic and has every field that is needed"),
    ] {
        let is_it = |v: &&sightline_onboard::Verdict| v.prerequisite == unit && v.reason.contains(reason);
        assert!(verdicts.iter().any(|v| is_it(&v) && v.status == State::Ok), "{unit}: {reason}\n{verdicts:#?}");
    }
}
