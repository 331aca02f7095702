//! What is made to explode a reader, a matcher or a solver does not: sizes are held to bounds, and each ends.

use serde_json::{Value, json};
use sightline_iam::caller::Caller;
use sightline_iam::context::Context;
use sightline_iam::formula::Formula;
use sightline_iam::interpret::{Outcome, interpret};
use sightline_iam::policy::{Policy, action_matches};
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::solve::{Tri, classify, phrase, ways};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Longest text of a residual that is still a text.
const MOST_WORDS: usize = 20_000;

/// Fails where the work has not ended after a time in which it ends a hundred times over.
fn ends<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(work()));
    receive.recv_timeout(Duration::from_secs(120)).expect("the work neither ends nor fails")
}

fn request(context: Context) -> Request {
    Request {
        caller: Caller::Role { arn: "arn:aws:iam::111111111111:role/app".to_owned() },
        action: "s3:GetObject".to_owned(),
        resource: format!("arn:aws:s3:::bucket/{}b", "a".repeat(900)),
        resource_account: "111111111111".to_owned(),
        context,
    }
}

fn decide(context: Context, document: &Value) -> Outcome {
    let policies =
        Policies { identity: Layer::Known(vec![Arc::new(Policy::read("p", document))]), ..Policies::default() };
    interpret(&request(context), &policies)
}

/// The answer, and that it can be said.
fn answer(allowed: &Formula) -> Tri {
    let tri = classify(allowed, &|_| true);
    let (ways, complete) = ways(allowed, 4, &|_| true);
    assert!(ways.len() <= 4);
    let said = phrase(&ways, complete);
    assert!(!said.is_empty() && said.len() <= MOST_WORDS, "{} bytes", said.len());
    tri
}

fn allow(resource: &Value, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": resource, "Condition": condition}})
}

#[test]
fn wildcards_made_to_explode_a_matcher() {
    let explosive = format!("{}c", "a*".repeat(2_000));
    let resource = format!("arn:aws:s3:::bucket/{explosive}");
    let outcome = ends(move || decide(Context::closed(), &allow(&json!(resource), &json!({}))));
    assert_eq!(outcome.allowed(), Formula::False);
    let text = "a".repeat(5_000);
    assert!(!ends(move || action_matches(&format!("s3:{explosive}"), &format!("s3:{text}"))));
    let outcome = ends(|| {
        decide(Context::closed(), &allow(&json!(format!("arn:aws:s3:::bucket/{}b", "?*".repeat(400))), &json!({})))
    });
    assert_eq!(outcome.allowed(), Formula::True);
}

#[test]
fn wildcards_made_to_explode_the_solver() {
    let pattern = |n: usize| format!("{}{n}*", "a*".repeat(500));
    let patterns: Vec<String> = (0..40).map(pattern).collect();
    let keys: serde_json::Map<String, Value> = [
        ("StringLike", json!({"aws:SourceVpce": patterns[..20]})),
        ("StringNotLike", json!({"aws:SourceVpce": patterns[20..]})),
        ("StringLikeIfExists", json!({"aws:SourceVpce": "*b"})),
        ("StringNotLikeIfExists", json!({"aws:SourceVpce": "*a*"})),
    ]
    .into_iter()
    .map(|(operator, keys)| (operator.to_owned(), keys))
    .collect();
    let tri = ends(move || answer(&decide(Context::open(), &allow(&json!("*"), &Value::Object(keys))).allowed()));
    // Nothing is both without an `a` and of a pattern that wants hundreds; that need not be seen.
    assert_ne!(tri, Tri::Allow);
}

#[test]
fn globs_that_contradict_each_other() {
    let statement = |n: usize| {
        json!({"Effect": if n.is_multiple_of(2) { "Allow" } else { "Deny" }, "Action": "*", "Resource": "*", "Condition": {
            "StringLike": {"aws:SourceVpce": format!("*{n}*{}*", n + 1)}, "StringNotLike": {"aws:SourceVpce": format!("*{}*{n}*", n + 1)},
        }})
    };
    let statements: Vec<Value> = (0..60).map(statement).collect();
    let outcome = decide(Context::open(), &json!({"Version": "2012-10-17", "Statement": statements}));
    let allowed = outcome.allowed();
    assert!(allowed.atoms().len() <= 120);
    assert_eq!(ends(move || answer(&allowed)), Tri::Conditional);
}

#[test]
fn a_clause_of_many_thousand_values() {
    let values: Vec<String> = (0..20_000).map(|n| format!("*{n}-vpce-*")).collect();
    let condition = json!({"StringLike": {"aws:SourceVpce": values}, "StringNotEquals": {"aws:SourceVpce": values}});
    let outcome = decide(Context::open(), &allow(&json!("*"), &condition));
    assert_eq!(outcome.allowed().atoms().len(), 2);
    assert_eq!(ends(move || answer(&outcome.allowed())), Tri::Conditional);
}

#[test]
fn thousands_of_values_that_contradict_each_other() {
    let values: Vec<String> = (0..20_000).map(|n| format!("*{n}-vpce-*")).collect();
    let condition = json!({"StringLike": {"aws:SourceVpce": values}, "StringNotLike": {"aws:SourceVpce": values}});
    let outcome = decide(Context::open(), &allow(&json!("*"), &condition));
    // Never allowed; that need not be seen.
    assert_ne!(ends(move || answer(&outcome.allowed())), Tri::Allow);
    let ranges: Vec<String> = (0..20_000).map(|n| format!("10.{}.{}.0/24", n / 256, n % 256)).collect();
    let condition = json!({"IpAddress": {"aws:SourceIp": ranges}, "NotIpAddress": {"aws:SourceIp": ranges}});
    let outcome = decide(Context::open(), &allow(&json!("*"), &condition));
    assert_ne!(ends(move || answer(&outcome.allowed())), Tri::Allow);
}

/// As deep as the search goes.
#[test]
fn thousands_of_open_keys_in_one_statement() {
    let keys: serde_json::Map<String, Value> =
        (0..4_000).map(|n| (format!("aws:RequestTag/k{n}"), json!("v"))).collect();
    let outcome = decide(Context::open(), &allow(&json!("*"), &json!({"StringEquals": keys})));
    assert_eq!(outcome.allowed().atoms().len(), 4_000);
    assert_eq!(ends(move || answer(&outcome.allowed())), Tri::Conditional);
}

#[test]
fn sixty_open_keys_in_one_statement() {
    let keys: serde_json::Map<String, Value> = (0..60).map(|n| (format!("aws:RequestTag/k{n}"), json!("v"))).collect();
    let outcome = decide(Context::open(), &allow(&json!("*"), &json!({"StringEquals": keys})));
    assert_eq!(outcome.allowed().atoms().len(), 60);
    assert_eq!(answer(&outcome.allowed()), Tri::Conditional);
}

/// Sixty statements of which each wants one of two keys: two to the sixtieth ways in which none applies.
#[test]
fn more_ways_than_there_are_atoms() {
    let statement = |n: usize| {
        let keys = json!({format!("aws:RequestTag/a{n}"): "v", format!("aws:RequestTag/b{n}"): "v"});
        json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": keys}})
    };
    let mut statements: Vec<Value> = (0..60).map(statement).collect();
    statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    let outcome = decide(Context::open(), &json!({"Version": "2012-10-17", "Statement": statements}));
    assert_eq!(ends(move || answer(&outcome.allowed())), Tri::Conditional);
}

#[test]
fn a_hundred_thousand_statements() {
    let statement = |n: usize| json!({"Effect": "Allow", "Action": ["s3:Get*", "sts:*"], "Resource": format!("arn:aws:s3:::bucket-{n}/*")});
    let mut statements: Vec<Value> = (0..100_000).map(statement).collect();
    statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let policy = Policy::read("p", &document);
    assert_eq!(policy.statements.len(), 100_001);
    assert_eq!(decide(Context::open(), &document).allowed(), Formula::True);
}

/// Each with a condition of its own, open: the residual is as large as the policy, and the answer is still given.
#[test]
fn a_hundred_thousand_open_statements() {
    let statement = |n: usize| {
        let effect = if n.is_multiple_of(2) { "Allow" } else { "Deny" };
        let keys = json!({format!("aws:RequestTag/{}", n % 5_000): format!("v{n}")});
        json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": {"StringEquals": keys}})
    };
    let document = json!({"Version": "2012-10-17", "Statement": (0..100_000).map(statement).collect::<Vec<_>>()});
    let tri = ends(move || {
        let allowed = decide(Context::open(), &document).allowed();
        assert!(allowed.atoms().len() <= 100_000);
        answer(&allowed)
    });
    assert_eq!(tri, Tri::Conditional);
}

#[test]
fn a_document_of_six_megabytes() {
    let mut text = String::from(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":["#);
    for n in 0..100_000 {
        write!(text, r#""arn:aws:s3:::a-bucket-with-a-name-that-is-rather-long-{n}/*/x","#).unwrap();
    }
    text.push_str(r#""*"]}]}"#);
    assert!(text.len() > 6_000_000);
    let policy = Policy::read_text("p", &text);
    assert_eq!(policy.uncertainties().count(), 0);
    assert_eq!(policy.statements[0].resources.as_ref().unwrap().patterns.len(), 100_001);
    text.truncate(6_000_000);
    let cut = Policy::read_text("p", &text);
    assert_eq!((cut.statements.len(), cut.uncertainties().count()), (1, 1));
}

#[test]
fn one_text_of_six_megabytes() {
    let long = "x".repeat(6_000_000);
    for (element, value) in [
        ("Effect", json!(long)),
        ("Action", json!(long)),
        ("Resource", json!(format!("${{{long}"))),
        ("Resource", json!(format!("${{{long}${{a}}"))),
        ("Principal", json!(long)),
        ("Principal", json!({long.clone(): long})),
        ("Condition", json!({long.clone(): {}})),
        ("Condition", json!({long.clone(): {"a": "b"}})),
        ("Condition", json!({"Null": {"a": long}})),
        ("Condition", json!({long.clone(): 1})),
        ("Condition", json!({"NumericNotEquals": {"a": long}})),
        ("Condition", json!({"StringEquals": {long.clone(): {}}})),
        (&*long, json!(1)),
    ] {
        let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        statement[element] = value;
        let policy = Policy::read(&long, &json!({"Version": "2012-10-17", "Statement": [statement]}));
        let why = policy.uncertainties().next().map(|(_, why)| why.len());
        assert!(why.is_some_and(|length| length < 2_000), "{why:?}");
    }
    let version = Policy::read("p", &json!({"Version": long, "Statement": [{}]}));
    assert!(version.uncertainties().all(|(_, why)| why.len() < 2_000));
}

#[test]
fn brackets_within_brackets() {
    for text in [
        "${".repeat(50_000),
        format!("{}a{}", "${".repeat(50_000), "}".repeat(50_000)),
        "${a, '".repeat(50_000),
        "${*}".repeat(50_000),
    ] {
        let document = allow(&json!([text, "*"]), &json!({"StringLike": {"aws:username": text}}));
        let policy = Policy::read("p", &document);
        assert_eq!(policy.statements.len(), 1);
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let policy = Policy::read_text("p", &format!(r#"{{"Statement":{deep}}}"#));
    assert_eq!((policy.statements.len(), policy.uncertainties().count()), (1, 1));
}
