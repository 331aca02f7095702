//! What is said of a request with open keys holds of the request whatever their values are.

use crate::generate::{choices, completed, config, documents, may_be_absent, request};
use proptest::prelude::*;
use sightline_iam::context::Context;
use sightline_iam::formula::Formula;
use sightline_iam::interpret::{Outcome, interpret};
use sightline_iam::request::{Policies, Request};
use sightline_iam::solve::{Tri, classify, phrase, ways};

/// As many completions as a case tries.
const COMPLETIONS: usize = 8;

fn of(request: &Request, policies: &Policies, context: &Context) -> Outcome {
    interpret(&Request { context: context.clone(), ..request.clone() }, policies)
}

proptest! {
    #![proptest_config(config(3_000))]

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
        let empty = sightline_iam::context::Values { values: Vec::new(), is_list: true };
        let empty = context.clone().with("aws:TagKeys", sightline_iam::context::Fact::Known(empty));
        let absent = context.with("aws:TagKeys", sightline_iam::context::Fact::Absent);
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
