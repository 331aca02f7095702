//! Rewritings of policies that must not change an answer, or may change it one way alone.

use crate::generate::{
    Documents, LAYERS, choices, completed, config, document, documents, full_access, may_be_absent, request, statement,
    without_layer,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sightline_iam::interpret::interpret;
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::solve::{Tri, classify};
use std::sync::Arc;

fn tri(request: &Request, policies: &Policies) -> Tri {
    classify(&interpret(request, policies).allowed(), &may_be_absent(&request.context))
}

/// What becomes of the request with its keys open, and with them closed.
fn answers(
    request: &Request,
    policies: &Policies,
    choices: &[(sightline_iam::context::Fact, sightline_iam::context::Fact)],
) -> [Tri; 2] {
    let closed = Request { context: completed(&request.context, choices), ..request.clone() };
    [tri(request, policies), tri(&closed, policies)]
}

/// Access in order: an answer that is lower gives less.
fn access(tri: Tri) -> u8 {
    match tri {
        Tri::Deny => 0,
        Tri::Conditional => 1,
        Tri::Allow => 2,
    }
}

fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    }
}

fn with_statements(document: &Value, statements: Vec<Value>) -> Value {
    let mut out = document.clone();
    out["Statement"] = json!(statements);
    out
}

/// Every statement of every document through `rewrite`.
fn rewritten(documents: &Documents, rewrite: &dyn Fn(&Map<String, Value>) -> Vec<Value>) -> Documents {
    let mut out = documents.clone();
    for document in out.each() {
        let statements =
            statements(document).iter().flat_map(|statement| rewrite(statement.as_object().unwrap())).collect();
        *document = with_statements(document, statements);
    }
    out
}

/// The statement once for each value of the element, where that is a list of several.
fn split(statement: &Map<String, Value>, element: &str) -> Vec<Value> {
    match statement.get(element) {
        Some(Value::Array(all)) if all.len() > 1 && all.iter().all(Value::is_string) => {
            let with = |value: &Value| {
                let mut out = statement.clone();
                out.insert(element.to_owned(), value.clone());
                Value::Object(out)
            };
            all.iter().map(with).collect()
        }
        _ => vec![Value::Object(statement.clone())],
    }
}

/// Every list, however deep, from its end to its start.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().rev().map(reversed).collect(),
        Value::Object(members) => members.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect(),
        other => other.clone(),
    }
}

/// The texts of actions, and the names of condition keys, in capitals.
fn in_capitals(statement: &Map<String, Value>) -> Value {
    let mut out = statement.clone();
    for element in ["Action", "NotAction"] {
        if let Some(value) = out.get_mut(element) {
            let all = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            *value = all
                .iter()
                .map(|one| one.as_str().map_or_else(|| one.clone(), |text| json!(text.to_uppercase())))
                .collect();
        }
    }
    for keys in out.get_mut("Condition").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        if let Value::Object(keys) = keys {
            let capitals: Map<String, Value> =
                keys.iter().map(|(key, values)| (key.to_uppercase(), values.clone())).collect();
            // Two spellings of one key are two conditions: JSON could not hold both any more.
            if capitals.len() == keys.len() {
                *keys = capitals;
            }
        }
    }
    Value::Object(out)
}

/// Lists in the place of single texts.
fn in_lists(statement: &Map<String, Value>) -> Value {
    let wrap = |value: &mut Value| {
        if value.is_string() {
            *value = json!([value]);
        }
    };
    let mut out = statement.clone();
    for element in ["Action", "NotAction", "Resource", "NotResource"] {
        out.get_mut(element).into_iter().for_each(wrap);
    }
    let conditions = out.get_mut("Condition").and_then(Value::as_object_mut);
    for keys in conditions.into_iter().flat_map(Map::values_mut) {
        keys.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(wrap);
    }
    Value::Object(out)
}

/// Adds a statement at the end of a document: what is said of others keeps its place.
fn append(documents: &mut Documents, at: usize, make: impl Fn(bool) -> Value) {
    let first_with_principals = documents.identity.len() + documents.boundary.len() + documents.session.len();
    let first_with_principals = first_with_principals + documents.scp.iter().map(Vec::len).sum::<usize>();
    let count = documents.each().count();
    let Some(at) = at.checked_rem(count) else { return };
    let document = documents.each().nth(at).unwrap();
    let mut all = statements(document);
    all.push(make(at >= first_with_principals));
    *document = with_statements(document, all);
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn an_allow_never_takes_away(
        request in request(), documents in documents(), choices in choices(), at in any::<usize>(),
        plain in statement(false), named in statement(true),
    ) {
        let mut more = documents.clone();
        append(&mut more, at, |has_principal| {
            let mut out = if has_principal { named.clone() } else { plain.clone() };
            out["Effect"] = json!("Allow");
            out
        });
        let [open, closed] = answers(&request, &documents.policies(), &choices);
        let [open_after, closed_after] = answers(&request, &more.policies(), &choices);
        prop_assert!(access(open_after) >= access(open) && access(closed_after) >= access(closed));
    }

    #[test]
    fn a_deny_never_gives(
        request in request(), documents in documents(), choices in choices(), at in any::<usize>(),
        plain in statement(false), named in statement(true),
    ) {
        let mut more = documents.clone();
        append(&mut more, at, |has_principal| {
            let mut out = if has_principal { named.clone() } else { plain.clone() };
            out["Effect"] = json!("Deny");
            out
        });
        let [open, closed] = answers(&request, &documents.policies(), &choices);
        let [open_after, closed_after] = answers(&request, &more.policies(), &choices);
        prop_assert!(access(open_after) <= access(open) && access(closed_after) <= access(closed));
    }

    #[test]
    fn a_deny_of_everything_denies_where_it_binds(request in request(), documents in documents(), at in any::<usize>()) {
        let mut more = documents.clone();
        append(&mut more, at, |has_principal| match has_principal {
            true => json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
            false => json!({"Effect": "Deny", "Action": "*", "Resource": "*"}),
        });
        let (before, after) = (interpret(&request, &documents.policies()), interpret(&request, &more.policies()));
        let denied = after.decision() == Some(sightline_iam::interpret::Decision::ExplicitlyDenied);
        prop_assert!(denied || after == before);
    }

    #[test]
    fn order_does_not_matter(request in request(), documents in documents(), choices in choices()) {
        let mut turned = documents.clone();
        turned.each().for_each(|document| *document = reversed(document));
        for layer in [&mut turned.identity, &mut turned.boundary, &mut turned.session, &mut turned.resource, &mut turned.vpce] {
            layer.reverse();
        }
        turned.scp.reverse();
        turned.rcp.reverse();
        prop_assert_eq!(answers(&request, &documents.policies(), &choices), answers(&request, &turned.policies(), &choices));
    }

    #[test]
    fn a_statement_and_its_parts_are_the_same(
        request in request(), documents in documents(), choices in choices(), element in prop::sample::select(vec!["Action", "Resource"]),
    ) {
        let parts = rewritten(&documents, &|statement| split(statement, element));
        prop_assert_eq!(answers(&request, &documents.policies(), &choices), answers(&request, &parts.policies(), &choices));
    }

    #[test]
    fn saying_it_twice_changes_nothing(request in request(), documents in documents(), choices in choices()) {
        let mut twice = documents.clone();
        for layer in [&mut twice.identity, &mut twice.resource, &mut twice.boundary, &mut twice.session, &mut twice.vpce] {
            let again = layer.clone();
            layer.extend(again);
        }
        for level in twice.scp.iter_mut().chain(&mut twice.rcp) {
            let again = level.clone();
            level.extend(again);
        }
        prop_assert_eq!(answers(&request, &documents.policies(), &choices), answers(&request, &twice.policies(), &choices));
    }

    #[test]
    fn case_of_actions_and_keys_does_not_matter(request in request(), documents in documents(), choices in choices()) {
        let capitals = rewritten(&documents, &|statement| vec![in_capitals(statement)]);
        prop_assert_eq!(answers(&request, &documents.policies(), &choices), answers(&request, &capitals.policies(), &choices));
    }

    #[test]
    fn a_value_and_a_list_of_it_are_the_same(request in request(), documents in documents(), choices in choices()) {
        let lists = rewritten(&documents, &|statement| vec![in_lists(statement)]);
        prop_assert_eq!(interpret(&request, &documents.policies()), interpret(&request, &lists.policies()));
        prop_assert_eq!(answers(&request, &documents.policies(), &choices), answers(&request, &lists.policies(), &choices));
    }

    #[test]
    fn statements_about_other_actions_do_not_matter(
        request in request(), documents in documents(), at in any::<usize>(), plain in statement(false), named in statement(true),
    ) {
        let mut more = documents.clone();
        append(&mut more, at, |has_principal| {
            let mut out = if has_principal { named.clone() } else { plain.clone() };
            out.as_object_mut().unwrap().remove("NotAction");
            out["Action"] = json!("irrelevant:*");
            out
        });
        prop_assert_eq!(interpret(&request, &documents.policies()), interpret(&request, &more.policies()));
    }

    #[test]
    fn a_level_that_allows_everything_is_neutral(request in request(), documents in documents(), at in 0_usize..3) {
        let mut more = documents.clone();
        more.scp.insert(at.min(documents.scp.len()), vec![full_access()]);
        more.rcp.insert(at.min(documents.rcp.len()), vec![full_access()]);
        let (before, after) = (interpret(&request, &documents.policies()), interpret(&request, &more.policies()));
        prop_assert_eq!(tri(&request, &documents.policies()), tri(&request, &more.policies()));
        prop_assert_eq!(before.decision(), after.decision());
    }

    /// Whatever stands in a layer, the answer without it says nothing else.
    #[test]
    fn an_unread_layer_could_be_any(
        request in request(), documents in documents(), choices in choices(), layer in 0..LAYERS,
        other in document(false), other_named in document(true),
    ) {
        let mut others = documents.clone();
        match layer {
            0 => others.identity = vec![other],
            1 => others.boundary = vec![other],
            2 => others.session = vec![other],
            3 => others.scp = vec![vec![other]],
            4 => others.rcp = vec![vec![other_named]],
            5 => others.resource = vec![other_named],
            _ => others.vpce = vec![other_named],
        }
        let unread = answers(&request, &without_layer(documents.policies(), layer), &choices);
        for known in [&documents, &others] {
            for (unread, known) in unread.into_iter().zip(answers(&request, &known.policies(), &choices)) {
                prop_assert!(unread == Tri::Conditional || unread == known, "{:?} without layer {}, {:?} with it", unread, layer, known);
            }
        }
    }

    /// Whoever a resource's policy names gains nothing from a second account's delegation, and so on: a policy that names
    /// nobody at all is as good as none.
    #[test]
    fn a_policy_for_nobody_is_none(request in request(), mut documents in documents(), choices in choices()) {
        documents.resource = Vec::new();
        let mut policies = documents.policies();
        let none = answers(&request, &policies, &choices);
        let nobody = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "AROADELETED"}, "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Principal": {"AWS": []}, "Action": "*", "Resource": "*"},
            {"Effect": "Allow", "Principal": "*", "Action": [], "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": []},
        ]});
        policies.resource = Layer::Known(vec![Arc::new(Policy::read("nobody", &nobody))]);
        prop_assert_eq!(none, answers(&request, &policies, &choices));
    }
}
