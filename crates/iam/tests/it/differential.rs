//! The engine against the interpreter, on random organizations.

use crate::generate::{KEYS, OTHER, OWN, choices, completed, config, document, full_access, garbage, spoiled};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value;
use sightline_iam::context::Context;
use sightline_iam::direct::{Answer, Direct, Interpreter};
use sightline_iam::engine::Engine;
use sightline_iam::organization::{Account, Assumptions, Organization, Principal, PrincipalKind, Question};
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Level};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The accounts that an organization may have; the third is not read.
const ACCOUNTS: [&str; 2] = [OWN, OTHER];

/// Principals that the vocabulary of policies names, and some that it does not.
const PRINCIPALS: [&str; 9] = [
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:iam::111111111111:role/path/target",
    "arn:aws:iam::111111111111:user/alice",
    "arn:aws:iam::111111111111:user/team-a",
    "arn:aws:iam::222222222222:role/far",
    "arn:aws:iam::222222222222:role/app",
    "arn:aws:iam::222222222222:user/theirs",
    "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "arn:aws:iam::333333333333:role/app",
];

const QUESTIONS: [(&str, &str, &str); 13] = [
    ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude", ""),
    ("bedrock:invokemodel", "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude", OWN),
    ("s3:GetObject", "arn:aws:s3:::bucket/team-a/key", OWN),
    ("s3:GetObject", "arn:aws:s3:::bucket/team-a/*", OWN),
    ("s3:GetObject", "arn:aws:s3:::theirs/team-b/key", OTHER),
    ("s3:GetObject", "arn:aws:s3:::strange/team-b/key", "333333333333"),
    ("s3:PutObject", "arn:aws:s3:::bucket/team-a/key", OWN),
    ("sts:AssumeRole", "arn:aws:iam::111111111111:role/path/target", OWN),
    ("sts:AssumeRole", "arn:aws:iam::222222222222:role/far", OTHER),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111111111111:key/k1", OWN),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:222222222222:key/k2", OTHER),
    ("sagemaker:ListEndpoints", "*", ""),
    ("sagemaker:ListEndpoints", "*", OTHER),
];

fn named(id: String, document: &Value) -> Arc<Policy> {
    Arc::new(Policy::read(&id, document))
}

/// A few documents, some of them shared by many.
fn layer(pool: Vec<Arc<Policy>>, most: usize) -> impl Strategy<Value = Layer<Vec<Arc<Policy>>>> {
    let known = subsequence(pool.clone(), 0..=most.min(pool.len())).prop_map(Layer::Known);
    prop_oneof![20 => known, 1 => Just(Layer::Unknown("what could not be read allows".into()))]
}

fn levels(pool: Vec<Arc<Policy>>) -> impl Strategy<Value = Layer<Vec<Level>>> {
    let full = vec![named("full".to_owned(), &full_access())];
    let level = prop_oneof![3 => Just(full), 1 => subsequence(pool.clone(), 0..=2.min(pool.len()))];
    let known = prop::collection::vec(level, 0..=2).prop_map(|levels| {
        Layer::Known(
            levels
                .into_iter()
                .enumerate()
                .map(|(at, policies)| Level { id: format!("level {at}"), policies })
                .collect(),
        )
    });
    prop_oneof![20 => known, 1 => Just(Layer::Unknown("the organization's policies, which were not read, allow".into()))]
}

fn tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop_oneof![
        2 => Just(BTreeMap::new()),
        2 => select(vec!["team-a", "team-b", "*"]).prop_map(|team| BTreeMap::from([("team".to_owned(), team.to_owned())])),
        1 => Just(BTreeMap::from([("Team".to_owned(), "team-a".to_owned()), ("other".to_owned(), "x".to_owned())])),
    ]
}

fn principal(
    arn: &'static str,
    plain: &[Arc<Policy>],
    with_principals: &[Arc<Policy>],
) -> impl Strategy<Value = Principal> + use<> {
    let boundary = prop_oneof![3 => Just(Layer::default()), 1 => layer(plain.to_vec(), 1)];
    (layer(plain.to_vec(), 3), boundary, layer(with_principals.to_vec(), 1), tags()).prop_map(
        move |(identity, boundary, trust, tags)| {
            let is_user = arn.contains(":user/");
            Principal {
                arn: arn.to_owned(),
                account: arn.split(':').nth(4).unwrap().to_owned(),
                kind: if is_user { PrincipalKind::User } else { PrincipalKind::Role },
                identity,
                boundary,
                tags,
                trust: if is_user { Layer::default() } else { trust },
            }
        },
    )
}

/// Documents, one in a few with a statement that cannot be read.
fn documents(has_principal: bool) -> impl Strategy<Value = Vec<Value>> {
    let spoil = (document(has_principal), garbage(), 0..8).prop_map(|(mut document, garbage, chance)| {
        if let (0, Some(statement)) = (chance, document["Statement"].get_mut(0)) {
            *statement = spoiled(statement, &garbage);
        }
        document
    });
    prop::collection::vec(spoil, 4..=7)
}

fn read(documents: &[Value], kind: &str) -> Vec<Arc<Policy>> {
    documents.iter().enumerate().map(|(at, document)| named(format!("{kind} {at}"), document)).collect()
}

fn organization() -> impl Strategy<Value = Organization> {
    (documents(false), documents(true))
        .prop_flat_map(|(plain, with_principals)| {
            let (plain, with_principals) = (read(&plain, "plain"), read(&with_principals, "for principals"));
            let principals: Vec<_> =
                PRINCIPALS.into_iter().map(|arn| principal(arn, &plain, &with_principals).boxed()).collect();
            let accounts: Vec<_> = ACCOUNTS
                .into_iter()
                .map(|id| (Just(id), levels(plain.clone()), levels(with_principals.clone())))
                .collect();
            let policies: Vec<_> = QUESTIONS
                .iter()
                .map(|(_, arn, _)| (Just(*arn), layer(with_principals.clone(), 2), any::<bool>()))
                .collect();
            let assumptions = prop_oneof![2 => Just(Assumptions::Open), 1 => Just(Assumptions::Closed)];
            let chosen = subsequence((0..PRINCIPALS.len()).collect::<Vec<_>>(), 1..=PRINCIPALS.len());
            (principals, accounts, policies, assumptions, tags(), prop::option::of(Just("o-1".to_owned())), chosen)
        })
        .prop_map(|(principals, accounts, policies, assumptions, tags, id, chosen)| {
            let account = |(id, scp, rcp): (&str, _, _)| {
                (id.to_owned(), Account { scp, rcp, path: (id == OWN).then(|| "o-1/r-1/ou-1/".to_owned()) })
            };
            let known = policies.into_iter().filter(|(arn, _, is_there)| *is_there && *arn != "*");
            Organization {
                id,
                accounts: accounts.into_iter().map(account).collect(),
                principals: chosen.into_iter().map(|at: usize| principals[at].clone()).collect(),
                resource_policies: known.map(|(arn, layer, _)| (arn.to_owned(), layer)).collect(),
                resource_tags: BTreeMap::from([(QUESTIONS[2].1.to_owned(), tags)]),
                assumptions,
                ..Organization::default()
            }
        })
}

fn questions() -> impl Strategy<Value = Vec<Question>> {
    let settled = prop_oneof![
        4 => Just(None),
        1 => select(vec![("aws:SourceVpce", "vpce-1"), ("aws:RequestedRegion", "eu-west-1"), ("AWS:username", "alice")]).prop_map(Some),
    ];
    let one = (select(QUESTIONS.to_vec()), settled).prop_map(|((action, resource, account), settled)| {
        let mut question = Question::new(action, resource, account);
        question.context.extend(settled.map(|(key, value): (&str, &str)| (key.to_owned(), value.to_owned())));
        question
    });
    prop::collection::vec(one, 1..=6)
}

/// That both say the same of the same principals, whatever the open keys are.
fn agree(
    one: &dyn Direct,
    other: &dyn Direct,
    organization: &Organization,
    questions: &[Question],
    completions: &[Context],
) -> Result<(), TestCaseError> {
    let (left, right) = (one.answer(questions), other.answer(questions));
    prop_assert_eq!((left.len(), right.len()), (questions.len(), questions.len()));
    for ((left, right), question) in left.iter().zip(&right).zip(questions) {
        let who = |answers: &[(usize, Answer)]| {
            let named = answers.iter().map(|(at, answer)| (organization.principals[*at].arn.clone(), answer.tri));
            named.collect::<Vec<_>>()
        };
        prop_assert_eq!(who(left), who(right), "{:?}", question);
        for ((_, left), (_, right)) in left.iter().zip(right) {
            for context in completions {
                prop_assert_eq!(
                    left.allowed.given(context),
                    right.allowed.given(context),
                    "{:?} with {:?}",
                    question,
                    context
                );
            }
            prop_assert_eq!(&left.allowed, &right.allowed, "{:?}", question);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn the_engine_answers_as_the_interpreter(
        organization in organization(), questions in questions(), all in prop::collection::vec(choices(), 4),
    ) {
        let open = KEYS.iter().fold(Context::closed(), |context, key| context.with(key.name, sightline_iam::context::Fact::Unknown));
        let completions: Vec<Context> = all.iter().map(|choices| completed(&open, choices)).collect();
        let engine = Engine::new(&organization);
        agree(&Interpreter { organization: &organization }, &engine, &organization, &questions, &completions)?;
    }

    /// What is asked together is what is asked alone, by an engine that was asked before too.
    #[test]
    fn questions_do_not_bear_on_each_other(organization in organization(), questions in questions()) {
        let engine = Engine::new(&organization);
        let together = engine.answer(&questions);
        for (question, answers) in questions.iter().zip(together) {
            prop_assert_eq!(&engine.answer(std::slice::from_ref(question))[0], &answers);
            prop_assert_eq!(&Engine::new(&organization).answer(std::slice::from_ref(question))[0], &answers);
        }
    }

    /// Other principals do not change what one may do, and their order is the answers' order.
    #[test]
    fn principals_do_not_bear_on_each_other(organization in organization(), questions in questions(), at in any::<prop::sample::Index>()) {
        // A role that is asked about stays: its trust policy is part of the question.
        let is_asked = |arn: &str| questions.iter().any(|question| question.resource == arn);
        let at = at.index(organization.principals.len());
        let kept = |place: usize| place == at || is_asked(&organization.principals[place].arn);
        let places: Vec<usize> = (0..organization.principals.len()).filter(|place| kept(*place)).collect();
        let fewer = Organization { principals: places.iter().map(|place| organization.principals[*place].clone()).collect(), ..organization.clone() };
        let (all, few) = (Engine::new(&organization).answer(&questions), Engine::new(&fewer).answer(&questions));
        for (all, few) in all.into_iter().zip(few) {
            let all: Vec<_> = all.into_iter().filter(|(place, _)| kept(*place)).collect();
            let few: Vec<_> = few.into_iter().map(|(place, answer)| (places[place], answer)).collect();
            prop_assert_eq!(all, few);
        }
    }
}

/// The comparison says little of organizations in which nobody may do anything: every answer must come up.
#[test]
fn every_answer_comes_up() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts = BTreeMap::new();
    for _ in 0..40 {
        let organization = organization().new_tree(&mut runner).unwrap().current();
        let questions: Vec<Question> =
            QUESTIONS.iter().map(|(action, resource, account)| Question::new(action, resource, account)).collect();
        let interpreter = Interpreter { organization: &organization };
        for question in &questions {
            for at in 0..organization.principals.len() {
                *counts.entry(interpreter.one(at, question).unwrap().tri).or_insert(0) += 1;
            }
        }
    }
    assert!(counts.len() == 3 && counts.values().all(|count| *count >= 100), "{counts:?}");
}
