//! What is said of a request with open keys holds of the request whatever their values are.

use crate::generate::{OWN, about_one_key, choices, completed, config, documents, may_be_absent, request};
use proptest::prelude::*;
use sightline_iam::caller::Caller;
use sightline_iam::context::{Context, Fact, Values};
use sightline_iam::formula::Formula;
use sightline_iam::interpret::{Outcome, interpret};
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::solve::{Tri, classify, phrase, ways};
use std::sync::Arc;

/// As many completions as a case tries.
const COMPLETIONS: usize = 8;

fn of(request: &Request, policies: &Policies, context: &Context) -> Outcome {
    interpret(&Request { context: context.clone(), ..request.clone() }, policies)
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn a_residual_decides_every_completion(
        request in request(), documents in documents(), all in prop::collection::vec(choices(), COMPLETIONS),
    ) {
        let policies = documents.policies();
        let open = interpret(&request, &policies);
        for choices in all {
            let context = completed(&request.context, &choices);
            let direct = of(&request, &policies, &context);
            let residual =
                Outcome { denied: open.denied.given(&context), granted: open.granted.given(&context), statements: Vec::new() };
            prop_assert_eq!(residual.decision(), direct.decision(), "completion {:?}\nresidual {:?}", context, open.allowed());
        }
    }

    #[test]
    fn always_and_never_hold_of_every_completion(
        request in request(), documents in documents(), all in prop::collection::vec(choices(), COMPLETIONS),
    ) {
        let allowed = interpret(&request, &documents.policies()).allowed();
        let tri = classify(&allowed, &may_be_absent(&request.context));
        for choices in all {
            let context = completed(&request.context, &choices);
            let then = classify(&allowed.given(&context), &|_| true);
            prop_assert!(tri == Tri::Conditional || then == tri, "{:?}, but {:?} with {:?}\n{:?}", tri, then, context, allowed);
        }
    }

    #[test]
    fn ways_are_ways_and_all_of_them(
        request in request(), documents in documents(), all in prop::collection::vec(choices(), COMPLETIONS),
    ) {
        let allowed = interpret(&request, &documents.policies()).allowed();
        let (ways, complete) = ways(&allowed, 6, &may_be_absent(&request.context));
        prop_assert!(!phrase(&ways, complete).is_empty());
        for way in &ways {
            let put_in = allowed.replace(&|atom| way.iter().find(|(own, _)| **own == *atom).map(|(_, holds)| *holds));
            prop_assert_eq!(put_in, Formula::True, "{:?} is no way of {:?}", way, allowed);
        }
        for choices in all {
            let context = completed(&request.context, &choices);
            let meets = |way: &sightline_iam::solve::Way| {
                way.iter().all(|(atom, holds)| atom.holds(&context).is_none_or(|own| own == *holds))
            };
            let is_allowed = allowed.given(&context) == Formula::True;
            prop_assert!(!is_allowed || !complete || ways.iter().any(meets), "no way of {:?} for {:?}", ways, context);
            let surely = ways.iter().any(|way| way.iter().all(|(atom, holds)| atom.holds(&context) == Some(*holds)));
            prop_assert!(!surely || is_allowed, "a way is met, yet not allowed: {:?}", context);
        }
    }

    /// Many demands on one key: every value that a request may bring, alone, in pairs, and absent.
    #[test]
    fn what_cannot_be_of_one_key_is_not((key, document) in about_one_key(), mut request in request()) {
        request.caller = Caller::Role { arn: "arn:aws:iam::111111111111:role/app".to_owned() };
        request.resource_account = OWN.to_owned();
        let policies = Policies { identity: Layer::Known(vec![Arc::new(Policy::read("p", &document))]), ..Policies::default() };
        // No variable of another key is open.
        request.context = Context::closed().with(key.name, Fact::Unknown);
        let allowed = interpret(&request, &policies).allowed();
        let tri = classify(&allowed, &|_| true);
        let one = |value: &&str| vec![(*value).to_owned()];
        let pair = |value: &&str| key.values.iter().map(|other| vec![(*value).to_owned(), (*other).to_owned()]).collect::<Vec<_>>();
        let mut all: Vec<Vec<String>> = key.values.iter().map(one).collect();
        if key.is_list {
            all.extend(key.values.iter().flat_map(pair));
        }
        let known = all.into_iter().map(|values| Fact::Known(Values { values, is_list: key.is_list }));
        for fact in known.chain([Fact::Absent]) {
            let then = classify(&allowed.given(&Context::closed().with(key.name, fact.clone())), &|_| true);
            prop_assert!(tri == Tri::Conditional || then == tri, "{:?}, but {:?} with {:?}\n{}", tri, then, fact, document);
        }
    }

    /// Knowledge never takes back what was certain.
    #[test]
    fn knowing_more_only_narrows(
        request in request(), documents in documents(), choices in choices(), at in 0..crate::generate::KEYS.len(),
    ) {
        let policies = documents.policies();
        let tri_of = |context: &Context| classify(&of(&request, &policies, context).allowed(), &may_be_absent(context));
        let before = tri_of(&request.context);
        let key = crate::generate::KEYS[at].name;
        let closed = completed(&request.context, &choices);
        let context = request.context.clone().with(key, closed.fact(&key.to_lowercase()).clone());
        prop_assert!(before == Tri::Conditional || tri_of(&context) == before, "{:?} with {} known", before, key);
    }

    /// A key without values is a key that is not there.
    #[test]
    fn an_empty_list_is_absent(request in request(), documents in documents(), choices in choices()) {
        let policies = documents.policies();
        let context = completed(&request.context, &choices);
        let empty = Values { values: Vec::new(), is_list: true };
        let empty = context.clone().with("aws:TagKeys", Fact::Known(empty));
        let absent = context.with("aws:TagKeys", Fact::Absent);
        prop_assert_eq!(of(&request, &policies, &empty), of(&request, &policies, &absent));
    }

    #[test]
    fn a_formula_and_its_negation_have_opposite_answers(request in request(), documents in documents()) {
        let allowed = interpret(&request, &documents.policies()).allowed();
        let opposite = match classify(&allowed, &may_be_absent(&request.context)) {
            Tri::Allow => Tri::Deny,
            Tri::Deny => Tri::Allow,
            Tri::Conditional => Tri::Conditional,
        };
        prop_assert_eq!(classify(&allowed.negated(), &may_be_absent(&request.context)), opposite);
    }
}

/// The properties above say little of requests that are all denied: each answer must come up.
#[test]
fn the_vocabulary_meets_itself() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts = [0; 3];
    for _ in 0..600 {
        let request = request().new_tree(&mut runner).unwrap().current();
        let documents = documents().new_tree(&mut runner).unwrap().current();
        let allowed = interpret(&request, &documents.policies()).allowed();
        counts[classify(&allowed, &may_be_absent(&request.context)) as usize] += 1;
    }
    assert!(counts.iter().all(|count| *count >= 40), "allow, conditional, deny: {counts:?}");
}
