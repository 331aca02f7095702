//! Whatever stands in a document, reading it loses nothing and guesses nothing.

use crate::generate::{
    choices, completed, config, document, documents, garbage, may_be_absent, request, spoiled, statement,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use sightline_iam::interpret::interpret;
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::solve::{Tri, classify, phrase, ways};
use std::sync::Arc;

/// Texts that mean something somewhere in a policy, and some that do not.
fn text() -> impl Strategy<Value = String> {
    let words = vec![
        "Version",
        "2012-10-17",
        "Statement",
        "Effect",
        "Allow",
        "Deny",
        "Principal",
        "NotPrincipal",
        "AWS",
        "Service",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "StringLike",
        "Null",
        "ForAnyValue:StringEqualsIfExists",
        "IpAddress",
        "aws:SourceIp",
        "*",
        "s3:*",
        "arn:aws:s3:::${aws:username}",
        "${",
        "${*}",
        "${a, '}'}",
        "true",
        "10.0.0.0/33",
        "\u{0}",
        "İ",
    ];
    prop_oneof![6 => prop::sample::select(words).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6).prop_map(|all| all.into_iter().collect()),
        ]
    })
}

/// Puts `new` in the place of the `at`-th value of `value`.
fn replace(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
        *at = usize::MAX;
        return;
    }
    *at -= 1;
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| replace(one, at, new)),
        Value::Object(members) => members.values_mut().for_each(|one| replace(one, at, new)),
        _ => {}
    }
}

fn count(document: &Value) -> usize {
    match document.get("Statement") {
        Some(Value::Array(all)) => all.len(),
        _ => 1,
    }
}

fn identity(document: &Value) -> Policies {
    Policies { identity: Layer::Known(vec![Arc::new(Policy::read("p", document))]), ..Policies::default() }
}

fn tri(request: &Request, policies: &Policies) -> Tri {
    classify(&interpret(request, policies).allowed(), &may_be_absent(&request.context))
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn any_json_is_read_and_decided(request in request(), value in any_value()) {
        let policy = Policy::read("p", &value);
        if value.is_object() {
            prop_assert_eq!(policy.statements.len(), count(&value));
        }
        let allowed = interpret(&request, &identity(&value)).allowed();
        let (ways, complete) = ways(&allowed, 3, &|_| true);
        prop_assert!(!phrase(&ways, complete).is_empty());
    }

    #[test]
    fn a_document_with_one_thing_changed_keeps_its_statements(mut document in document(true), at in 0_usize..60, new in any_value()) {
        let mut left = at;
        replace(&mut document, &mut left, &new);
        let policy = Policy::read("p", &document);
        if document.is_object() {
            prop_assert_eq!(policy.statements.len(), count(&document));
        } else if !document.is_string() {
            prop_assert_eq!(policy.uncertainties().count(), 1);
        }
        for (_, why) in policy.uncertainties() {
            prop_assert!(!why.is_empty() && why.chars().count() < 400, "{}", why);
        }
    }

    #[test]
    fn a_document_cut_short_is_one_uncertain_statement(document in document(false), cut in any::<prop::sample::Index>(), request in request()) {
        let text = document.to_string();
        let short: String = text.chars().take(cut.index(text.chars().count())).collect();
        let policy = Policy::read_text("p", &short);
        prop_assert_eq!((policy.statements.len(), policy.uncertainties().count()), (1, 1));
        let policies = Policies { identity: Layer::Known(vec![Arc::new(policy)]), ..Policies::default() };
        let none = tri(&request, &Policies::default());
        prop_assert!(tri(&request, &policies) != Tri::Allow || none == Tri::Allow);
    }

    #[test]
    fn text_and_value_read_the_same(document in document(true)) {
        prop_assert_eq!(Policy::read("p", &document), Policy::read_text("p", &document.to_string()));
        prop_assert_eq!(Policy::read("p", &document), Policy::read("p", &json!(document.to_string())));
    }

    /// A statement that could not be read says no more than what may have stood in its place: that statement, none, or one
    /// that is garbled otherwise.
    #[test]
    fn garbage_could_be_what_it_was(
        request in request(), documents in documents(), garbage in garbage(), plain in statement(false), named in statement(true),
        at in any::<usize>(), choices in choices(),
    ) {
        let has_principals = !documents.resource.is_empty() && at % 2 == 0;
        let statement = if has_principals { named } else { plain };
        let closed = Request { context: completed(&request.context, &choices), ..request };
        let with = |statements: Vec<Value>| {
            let mut out = documents.clone();
            let document = json!({"Version": "2012-10-17", "Statement": statements});
            if has_principals { out.resource.push(document) } else { out.identity.push(document) }
            tri(&closed, &out.policies())
        };
        // Identity policies have no principals to be garbled.
        prop_assume!(has_principals || !garbage.0.ends_with("Principal"));
        let garbled = with(vec![spoiled(&statement, &garbage)]);
        for was in [with(vec![statement]), with(Vec::new())] {
            prop_assert!(garbled == Tri::Conditional || garbled == was, "{:?} garbled, {:?} as it was", garbled, was);
        }
    }

    #[test]
    fn an_unknown_version_could_be_either(request in request(), mut document in document(false)) {
        let mut with = |version: &str| {
            document["Version"] = json!(version);
            tri(&request, &identity(&document))
        };
        let unknown = with("2026-01-01");
        for known in [with("2012-10-17"), with("2008-10-17")] {
            prop_assert!(unknown == Tri::Conditional || unknown == known, "{:?}, but {:?}", unknown, known);
        }
    }
}
