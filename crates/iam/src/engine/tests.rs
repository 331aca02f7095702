//! The engine against the interpreter: equal answers, formulas and all.

use super::Engine;
use super::compiled::tells_of_principal;
use crate::direct::{Direct, Interpreter};
use crate::organization::{Account, Assumptions, Organization, Principal, PrincipalKind, Question, context_of};
use crate::policy::Policy;
use crate::request::{Layer, Level};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";
const UNREAD: &str = "333333333333";

fn agree(organization: &Organization, questions: &[Question]) {
    let fast = Engine::new(organization).answer(questions);
    let right = Interpreter { organization }.answer(questions);
    for ((question, fast), right) in questions.iter().zip(&fast).zip(&right) {
        assert_eq!(fast, right, "{question:?}");
    }
    assert_eq!(fast.len(), right.len());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "where the cases are is said by the environment")]
fn the_organisation_of_the_cases_gets_the_interpreters_answers() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SIGHTLINE_CASES").map_or_else(|| root.join("../shared/cases"), PathBuf::from);
    let Ok(text) = std::fs::read(folder.join("iam/organisation.json")) else {
        println!("skipped: no cases beside the repository; set SIGHTLINE_CASES");
        return;
    };
    let (mut organization, mut questions) = Organization::read(&text).unwrap();
    let roles = organization.principals.iter().filter(|principal| principal.kind == PrincipalKind::Role);
    questions.extend(roles.map(|role| Question::new("sts:AssumeRole", &role.arn, &role.account)));
    agree(&organization, &questions);
    organization.assumptions = Assumptions::Open;
    agree(&organization, &questions);
}

/// One text or a few.
fn some(from: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![select(from).prop_map(Value::from), subsequence(from, 1..=2).prop_map(|all| json!(all))]
}

fn actions() -> impl Strategy<Value = Value> {
    some(&[
        "*",
        "bedrock:*",
        "bedrock:InvokeModel",
        "s3:Get*",
        "sts:AssumeRole",
        "sts:*",
        "secretsmanager:Get*",
        "BEDROCK:Invoke?odel",
        "x",
    ])
}

fn resources() -> impl Strategy<Value = Value> {
    some(&[
        "*",
        "arn:aws:bedrock:*::foundation-model/*",
        "arn:aws:bedrock:us-east-1::foundation-model/claude",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:s3:::bucket/${aws:PrincipalTag/team}",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3",
        "arn:aws:secretsmanager:*:111111111111:secret:a*a*${aws:PrincipalTag/team, 'none'}*",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::111111111111:role/r1",
        "arn:aws:bedrock:${aws:RequestedRegion}::*",
        "${aws:ResourceTag/team}",
        "${broken",
    ])
}

fn condition() -> impl Strategy<Value = (String, Value)> {
    let operators = &[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "ArnLike",
        "ArnNotLike",
        "StringEqualsIfExists",
        "Null",
        "ForAnyValue:StringLike",
        "ForAllValues:StringEquals",
        "Bool",
        "IpAddress",
        "NoSuchOperator",
    ];
    let keys = &[
        "aws:PrincipalArn",
        "aws:PrincipalTag/team",
        "aws:RequestedRegion",
        "aws:SourceVpce",
        "aws:ResourceAccount",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:username",
        "aws:ResourceTag/team",
        "bedrock:InferenceProfileArn",
        "aws:SourceIp",
        "aws:PrincipalType",
    ];
    let values = some(&[
        "true",
        "false",
        "red",
        "us-east-1",
        "arn:aws:iam::111111111111:role/r*",
        "111111111111",
        "${aws:username}",
        "o-1",
        "o-1/r-1/*",
        "10.0.0.0/8",
        "User",
        "${aws:PrincipalTag/team}",
        "*",
    ]);
    (select(operators), select(keys), values)
        .prop_map(|(operator, key, values)| (operator.to_owned(), json!({key: values})))
}

fn principals() -> impl Strategy<Value = Value> {
    let aws = some(&[
        "111111111111",
        "arn:aws:iam::222222222222:root",
        "arn:aws:iam::111111111111:role/r1",
        "arn:aws:iam::111111111111:user/u0",
        "arn:aws:sts::111111111111:assumed-role/r1/session",
        "*",
        "AROAEXAMPLE",
        "arn:aws:iam::222222222222:role/r3",
    ]);
    prop_oneof![
        1 => Just(json!("*")),
        4 => aws.prop_map(|who| json!({"AWS": who})),
        1 => Just(json!({"Service": "lambda.amazonaws.com"})),
        1 => Just(json!({"CanonicalUser": "abc", "AWS": "111111111111"})),
        1 => Just(json!({"Nobody": "x"})),
    ]
}

fn statement(has_principals: bool) -> impl Strategy<Value = Value> {
    let effect = prop_oneof![10 => Just("Allow"), 5 => Just("Deny"), 1 => Just("Perhaps")];
    let parts =
        (effect, any::<[bool; 3]>(), actions(), resources(), prop::collection::vec(condition(), 0..3), principals());
    (parts, 0..20_u8).prop_map(move |((effect, negated, actions, resources, conditions, principals), chance)| {
        let not = |negated: bool, name: &str| if negated { format!("Not{name}") } else { name.to_owned() };
        let mut out = serde_json::Map::new();
        out.insert("Effect".into(), effect.into());
        out.insert(not(negated[0] && chance < 5, "Action"), actions);
        if !has_principals || chance % 3 == 0 {
            out.insert(not(negated[1] && chance < 7, "Resource"), resources);
        }
        if has_principals == (chance != 4) {
            out.insert(not(negated[2] && chance < 8, "Principal"), principals);
        }
        let conditions: serde_json::Map<_, _> = conditions.into_iter().collect();
        if chance % 2 == 0 {
            out.insert("Condition".into(), conditions.into());
        }
        Value::Object(out)
    })
}

fn policy(has_principals: bool) -> impl Strategy<Value = Arc<Policy>> {
    let version = prop_oneof![9 => Just("2012-10-17"), 1 => Just("2008-10-17"), 1 => Just("2030-01-01")];
    (version, prop::collection::vec(statement(has_principals), 0..4), "[ab]").prop_map(|(version, statements, id)| {
        Arc::new(Policy::read(&id, &json!({"Version": version, "Statement": statements})))
    })
}

fn layer<T: std::fmt::Debug + Clone + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Layer<T>> {
    prop_oneof![9 => known.prop_map(Layer::Known), 1 => select(&["a", "b"]).prop_map(|why| Layer::Unknown(why.into()))]
}

/// Mostly a policy that allows everything, so that other layers get their say.
fn level() -> impl Strategy<Value = Level> {
    let full = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let full = Arc::new(Policy::read("full", &full));
    (any::<[bool; 2]>(), prop::collection::vec(policy(false), 0..2)).prop_map(move |(has_full, mut policies)| {
        if has_full != [false; 2] {
            policies.push(Arc::clone(&full));
        }
        Level { id: "level".into(), policies }
    })
}

fn account() -> impl Strategy<Value = Account> {
    let controls = layer(
        prop::collection::vec(policy(true), 0..2).prop_map(|policies| vec![Level { id: "root".into(), policies }]),
    );
    (layer(prop::collection::vec(level(), 0..3)), controls, any::<bool>()).prop_map(|(scp, rcp, has_path)| Account {
        scp,
        rcp,
        path: has_path.then(|| "o-1/r-1/ou-1/".to_owned()),
    })
}

fn principal() -> impl Strategy<Value = Principal> {
    let who = select(&[
        (ONE, "user/u0"),
        (ONE, "role/r0"),
        (ONE, "role/r1"),
        (TWO, "role/path/r3"),
        (TWO, "user/u2"),
        (UNREAD, "role/r4"),
        (ONE, "role/aws-service-role/x/r5"),
    ]);
    let identity = layer(prop::collection::vec(policy(false), 0..3));
    let boundary = layer(prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(policy(false), 1..2)]);
    let trust = layer(prop::collection::vec(policy(true), 0..2));
    (who, identity, boundary, trust, select(&["", "red", "blue"])).prop_map(
        |((account, name), identity, boundary, trust, team)| Principal {
            arn: format!("arn:aws:iam::{account}:{name}"),
            account: account.to_owned(),
            kind: if name.starts_with("user") { PrincipalKind::User } else { PrincipalKind::Role },
            identity,
            boundary,
            tags: Some(("team".to_owned(), team.to_owned())).filter(|_| !team.is_empty()).into_iter().collect(),
            trust,
        },
    )
}

fn organization() -> impl Strategy<Value = Organization> {
    let policies = layer(prop::collection::vec(policy(true), 0..2));
    let tags = BTreeMap::from([("team".to_owned(), "red".to_owned())]);
    (account(), account(), prop::collection::vec(principal(), 1..6), policies, any::<[bool; 2]>()).prop_map(
        move |(one, two, principals, policies, [is_open, has_id])| Organization {
            id: has_id.then(|| "o-1".to_owned()),
            accounts: BTreeMap::from([(ONE.to_owned(), one), (TWO.to_owned(), two)]),
            principals,
            resource_policies: BTreeMap::from([(SECRET.to_owned(), policies)]),
            resource_tags: BTreeMap::from([(SECRET.to_owned(), tags.clone())]),
            assumptions: if is_open { Assumptions::Open } else { Assumptions::Closed },
            ..Organization::default()
        },
    )
}

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:abcab";

fn questions() -> Vec<Question> {
    let mut out = vec![
        Question::new("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/claude", ""),
        Question::new("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/nova", ONE),
        Question::new(
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/claude",
            "",
        ),
        Question::new("secretsmanager:GetSecretValue", SECRET, ONE),
        Question::new("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:222222222222:secret:aa", TWO),
        Question::new("s3:GetObject", "arn:aws:s3:::bucket/red", ONE),
        Question::new("s3:GetObject", "arn:aws:s3:::u0/file", TWO),
        Question::new("s3:GetObject", "arn:aws:s3:::bucket/blue", UNREAD),
        Question::new("s3:GetObject", "*", ""),
        Question::new("sts:AssumeRole", "arn:aws:iam::111111111111:role/r1", ONE),
        Question::new("sts:AssumeRole", "arn:aws:iam::111111111111:role/r0", ONE),
        Question::new("sts:AssumeRole", "arn:aws:iam::222222222222:role/path/r3", TWO),
        Question::new("sts:AssumeRole", "arn:aws:iam::333333333333:role/none", UNREAD),
        Question::new("no action", "", ""),
    ];
    for (key, value) in
        [("aws:PrincipalType", "AssumedRole"), ("AWS:principaltag/team", "red"), ("bedrock:InferenceProfileArn", "*")]
    {
        let mut question =
            Question::new("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/claude", "");
        question.context.insert(key.to_owned(), value.to_owned());
        out.push(question);
    }
    out
}

/// What the engine leaves to principals is all that differs between them.
#[test]
fn keys_that_differ_between_principals_tell_of_them() {
    let named = |arn: &str, account: &str, kind| Principal {
        arn: arn.to_owned(),
        account: account.to_owned(),
        kind,
        identity: Layer::default(),
        boundary: Layer::default(),
        tags: BTreeMap::from([("team".to_owned(), arn.to_owned())]),
        trust: Layer::default(),
    };
    let principals = [
        named("arn:aws:iam::111111111111:user/u", ONE, PrincipalKind::User),
        named("arn:aws:iam::222222222222:role/r", TWO, PrincipalKind::Role),
    ];
    let account = |path: &str| Account { path: Some(path.to_owned()), ..Account::default() };
    let organization = Organization {
        id: Some("o-1".to_owned()),
        accounts: BTreeMap::from([(ONE.to_owned(), account("a/")), (TWO.to_owned(), account("b/"))]),
        ..Organization::default()
    };
    let question = Question::new("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/claude", "");
    let [one, two] =
        principals.each_ref().map(|principal| context_of(&organization, principal, &question, &principal.account));
    let keys = one.facts().chain(two.facts()).map(|(key, _)| key);
    let differing: Vec<&str> = keys.filter(|key| one.fact(key) != two.fact(key)).collect();
    assert!(differing.contains(&"aws:principalarn"), "{differing:?}");
    assert!(differing.iter().all(|key| tells_of_principal(key)), "{differing:?}");
}

proptest! {
    #[test]
    fn any_organization_gets_the_interpreters_answers(organization in organization()) {
        agree(&organization, &questions());
    }
}
