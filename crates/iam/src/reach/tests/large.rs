use super::*;
use crate::direct::{Answer, Direct};
use crate::formula::Formula;
use crate::solve::Tri;
use std::collections::BTreeMap;

/// Roles in a ring, each of which every user may assume; the asks lie around it.
struct Ring {
    roles: usize,
    users: usize,
}

impl Direct for Ring {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<(usize, Answer)>> {
        let allow = Answer { tri: Tri::Allow, allowed: Formula::True };
        let of = |question: &Question| -> Vec<(usize, Answer)> {
            let at: usize = question.resource.rsplit('/').next().unwrap().parse().unwrap();
            match question.action.as_str() {
                "sts:AssumeRole" => {
                    let before = (at + self.roles - 1) % self.roles;
                    std::iter::once(before)
                        .chain(self.roles..self.roles + self.users)
                        .map(|from| (from, allow.clone()))
                        .collect()
                }
                _ => vec![(at, allow.clone())],
            }
        };
        questions.iter().map(of).collect()
    }
}

#[test]
fn a_ring_that_everybody_may_enter() {
    let ring = Ring { roles: 300, users: 700 };
    let mut organization = organization(json!([principal("0", json!([]), &[])]), json!([]));
    let one = organization.principals.remove(0);
    let kind = |at: usize| {
        if at < ring.roles {
            crate::organization::PrincipalKind::Role
        } else {
            crate::organization::PrincipalKind::User
        }
    };
    organization.principals = (0..ring.roles + ring.users)
        .map(|at| crate::organization::Principal { arn: arn(&at.to_string()), kind: kind(at), ..one.clone() })
        .collect();
    let asks: Vec<Ask> =
        (0..100).map(|at| Question::new("bedrock:InvokeModel", &format!("m/{}", at * 3), "").into()).collect();
    let graph = Graph::new(&organization, &ring);
    let reached = graph.reach(&ring, &asks);
    for (ask, at) in (0..100).map(|ask| (ask, ask * 3)) {
        let mut by_hops: BTreeMap<u32, usize> = BTreeMap::new();
        for row in reached.rows(ask) {
            assert_eq!(row.tri, Tri::Allow);
            let expected = if row.principal < ring.roles { (at + ring.roles - row.principal) % ring.roles } else { 1 };
            assert_eq!(row.hops as usize, expected, "{} to {at}", row.principal);
            *by_hops.entry(row.hops).or_default() += 1;
        }
        assert_eq!((by_hops[&0], by_hops[&1], by_hops.len()), (1, 1 + ring.users, ring.roles));
    }
    let farthest = reached.access(0, 1).unwrap();
    assert_eq!((farthest.hops, farthest.witness.len()), (299, 299));
}
