//! Instances and their roles, verified against moto: nothing there, what is rendered run as it is, one fault at a time.

use crate::emulator::Moto;
use crate::verified_models::{all_ok, only_fault, shown, verify};
use crate::{ACCOUNT, checked, plain};
use serde_json::Value;
use sightline_onboard::{Format, Given, State};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const UNIT: &str = "vm-model-role";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn cli(given: &Given) -> String {
    sightline_onboard::find(UNIT).unwrap().render(&checked(given.clone()), Format::Cli).unwrap()
}

fn launch(moto: &Moto, options: &str) -> String {
    let launched =
        moto.aws(&format!("ec2 run-instances --image-id ami-12c6146b --min-count 1 --max-count 1 {options}"));
    launched.pointer("/Instances/0/InstanceId").and_then(Value::as_str).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_one_fault_at_a_time() {
    let Some(moto) = Moto::start() else { return };
    let given = plain();
    all_ok(
        &verify(UNIT, moto.connect(KEY, &[]), &Given { models: vec![], ..given.clone() }).await,
        "nothing is asked for",
    );
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let missing = only_fault(&verdicts);
    assert!(
        missing.status == State::Missing && missing.reason.contains("no role of this name"),
        "{}",
        shown(&verdicts)
    );
    moto.run(&missing.fix);
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, "the first fix");

    let bare = launch(&moto, "");
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    let told = format!("`{bare}` has no instance profile");
    assert!(found.status == State::Missing && found.reason.contains(&told), "{}", shown(&verdicts));
    moto.run(&found.fix);
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    all_ok(&verdicts, "an instance without a profile");
    assert!(
        verdicts.iter().any(|verdict| verdict.reason == format!("{bare}: the role `sightline-vm-models`")),
        "{}",
        shown(&verdicts)
    );

    let role = "--role-name sightline-vm-models";
    let any = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}]}"#;
    let nobody = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
    for (fault, status, told) in [
        (
            format!("aws iam put-role-policy {role} --policy-name own --policy-document '{any}'"),
            State::Wrong,
            "any model, by `own`",
        ),
        (
            format!("aws iam delete-role-policy {role} --policy-name invoke-listed-models"),
            State::Wrong,
            "do not allow to invoke",
        ),
        (
            format!("aws iam update-assume-role-policy {role} --policy-document '{nobody}'"),
            State::Wrong,
            "EC2 may not hand the role",
        ),
        (
            format!(
                "aws iam create-role --role-name other --assume-role-policy-document '{nobody}'\n\
                 aws iam attach-role-policy --role-name other --policy-arn arn:aws:iam::aws:policy/AmazonBedrockFullAccess\n\
                 aws iam create-instance-profile --instance-profile-name other\n\
                 aws iam add-role-to-instance-profile --instance-profile-name other --role-name other\n\
                 aws ec2 run-instances --image-id ami-12c6146b --min-count 1 --max-count 1 --iam-instance-profile Name=other"
            ),
            State::Wrong,
            "may invoke any model through the role `other`, by `AmazonBedrockFullAccess`",
        ),
    ] {
        moto.run(&fault);
        let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
        let found = only_fault(&verdicts);
        assert!(found.status == status && found.reason.contains(told), "{fault}\n{}", shown(&verdicts));
        moto.run(&found.fix);
        all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, &fault);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_user_data_are_found_and_never_told() {
    let Some(moto) = Moto::start() else { return };
    let given = Given { models: vec![], ..plain() };
    let secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01";
    launch(&moto, "--user-data '#!/bin/sh'");
    let id = launch(&moto, &format!("--user-data 'export AWS_SECRET_ACCESS_KEY={secret}'"));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(
        found.status == State::Wrong && found.reason.contains("the user data holds an AWS secret"),
        "{}",
        shown(&verdicts)
    );
    assert_eq!(found.target, format!("{id} in us-east-1"));
    assert!(!serde_json::to_string(&verdicts).unwrap().contains(secret), "a key was told");
    moto.run(&found.fix);
    // moto keeps the text `b''` where user data is cleared.
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    assert!(verdicts.iter().all(|verdict| verdict.status != State::Wrong), "{}", shown(&verdicts));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_guide_asks_for_is_found_wrong() {
    let Some(moto) = Moto::start() else { return };
    let given = plain();
    moto.run(&cli(&Given { as_documented: true, ..given.clone() }));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(found.reason.contains("any model, by `as-documented`"), "{}", shown(&verdicts));
    moto.run(&found.fix);
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, "the guide's policy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_that_is_not_asked_for() {
    let Some(moto) = Moto::start() else { return };
    let guardrail = Some(format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/abc"));
    let given = Given { guardrail, ..plain() };
    moto.run(&cli(&plain()));
    let verdicts = verify(UNIT, moto.connect(KEY, &[]), &given).await;
    let found = only_fault(&verdicts);
    assert!(found.status == State::Wrong, "{}", shown(&verdicts));
    moto.run(&found.fix);
    all_ok(&verify(UNIT, moto.connect(KEY, &[]), &given).await, "a policy without the guardrail");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_never_ok() {
    let Some(moto) = Moto::start() else { return };
    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    let given = plain();
    moto.run(&cli(&given));
    for (service, action) in [("IAM", "`iam:GetAccountAuthorizationDetails`"), ("EC2", "`ec2:DescribeInstances`")] {
        let verdicts = verify(UNIT, moto.connect(KEY, &[(service, &refuses.uri())]), &given).await;
        let refused: Vec<_> = verdicts.iter().filter(|verdict| verdict.status == State::CannotTell).collect();
        assert!(refused.len() == 1 && refused[0].reason.contains(action), "{service}\n{}", shown(&verdicts));
    }
}
