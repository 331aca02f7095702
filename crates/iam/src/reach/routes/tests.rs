use super::*;
use crate::catalogue::catalogue;
use std::collections::BTreeSet;

#[test]
fn every_route_is_whole() {
    let ids: BTreeSet<&str> = routes().iter().map(|route| route.id.as_str()).collect();
    assert_eq!(ids.len(), routes().len(), "an id twice");
    for route in routes() {
        assert!(route.page.starts_with("https://docs.aws.amazon.com/"), "{}", route.id);
        assert!(!route.steps.is_empty() && route.steps.iter().all(|step| !step.is_empty()), "{}", route.id);
        assert_eq!(route.kind == RouteKind::PassRole, !route.service.is_empty(), "{}", route.id);
        assert_eq!(route.kind == RouteKind::TakeOver, !route.workloads.is_empty(), "{}", route.id);
        let is_into = matches!(route.kind, RouteKind::Become | RouteKind::Edit | RouteKind::Key);
        assert_eq!(is_into, !route.into.is_empty(), "{}", route.id);
        assert_eq!(route.kind == RouteKind::Key, !route.opens.is_empty(), "{}", route.id);
    }
}

#[test]
fn every_action_exists() {
    for route in routes() {
        let needed = route.steps.iter().flatten().map(|need| &need.action);
        for action in needed.chain(&route.opens).chain(&route.trusted_with) {
            assert!(catalogue().action(action).is_some(), "{}: {action}", route.id);
        }
    }
}
