//! Which controls of the frameworks that we claim whole have a check.

use std::collections::BTreeSet;

use sightline_check::{checks, frameworks};

/// Automated controls of CIS 7.0 without a check. This list may only shrink.
const CIS_MISSING: &[&str] = &[];

/// Controls of AWS's AI best practices without a check. This list may only shrink.
const AI_BEST_PRACTICES_MISSING: &[&str] = &[];

fn missing<'c>(framework: &str, controls: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    let checks = checks().unwrap();
    let answered: BTreeSet<&str> =
        checks.iter().flat_map(|check| check.frameworks.get(framework)).flatten().map(String::as_str).collect();
    controls.into_iter().filter(|control| !answered.contains(control)).collect()
}

#[test]
fn automated_controls_of_cis_have_a_check() {
    let missing = missing("cis-7.0", frameworks().unwrap().automated_cis());
    assert_eq!(missing, CIS_MISSING, "write checks for these; or, where they are written, take them off the list");
}

#[test]
fn controls_of_the_ai_best_practices_have_a_check() {
    let id = "aws-security-hub-ai-1.0";
    let controls = &frameworks().unwrap().get(id).unwrap().controls;
    let missing = missing(id, controls.iter().map(String::as_str));
    assert_eq!(missing, AI_BEST_PRACTICES_MISSING, "write checks for these; or take them off the list");
}

/// Every framework that is offered is answered to by something.
#[test]
fn no_framework_is_empty() {
    for framework in frameworks().unwrap().all() {
        let some = checks().unwrap().iter().any(|check| check.frameworks.contains_key(&framework.id));
        assert!(some, "no check names a control of `{}`", framework.id);
    }
}
