//! Arbitrary bytes as a policy: no panic, no statement lost, and no certain answer from what could not be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sightline_iam::caller::Caller;
use sightline_iam::context::Context;
use sightline_iam::interpret::{Decision, interpret};
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Policies, Request};
use sightline_iam::solve::{Tri, classify, phrase, ways};
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let policy = Policy::read_text("p", text);
    // A number too large for a float is the one text that the two readers may take differently.
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
        && !value.is_string()
    {
        assert_eq!(policy, Policy::read("p", &value));
        if let Some(all) = value.get("Statement").and_then(serde_json::Value::as_array) {
            assert_eq!(policy.statements.len(), all.len());
        }
    } else {
        assert_eq!(policy.uncertainties().count(), policy.statements.len());
    }
    let nothing_is_certain = policy.uncertainties().count() == policy.statements.len();
    let layer = Layer::Known(vec![Arc::new(policy)]);
    for in_resource in [false, true] {
        let mut policies = Policies::default();
        *(if in_resource { &mut policies.resource } else { &mut policies.identity }) = layer.clone();
        for context in [Context::open(), Context::closed()] {
            let request = Request {
                caller: Caller::User { arn: "arn:aws:iam::111111111111:user/alice".to_owned() },
                action: "s3:GetObject".to_owned(),
                resource: "arn:aws:s3:::bucket/key".to_owned(),
                resource_account: "111111111111".to_owned(),
                context,
            };
            let outcome = interpret(&request, &policies);
            let allowed = outcome.allowed();
            let tri = classify(&allowed, &|_| true);
            assert!(!nothing_is_certain || tri != Tri::Allow);
            let (found, complete) = ways(&allowed, 4, &|_| true);
            let said = phrase(&found, complete);
            assert!(!said.is_empty() && said.len() < 100_000);
            match outcome.decision() {
                Some(Decision::Allowed) => assert_eq!(tri, Tri::Allow),
                Some(_) => assert_eq!(tri, Tri::Deny),
                None => {}
            }
        }
    }
});
