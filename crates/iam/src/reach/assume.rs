//! Edges of `sts:AssumeRole`.
//!
//! The trust policy is the role's resource policy. Source:
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use super::Graph;
use super::hop::HopKind;
use super::pace::Pace;
use crate::direct::Direct;
use crate::organization::{PrincipalKind, Question};

pub(super) fn add(graph: &mut Graph<'_>, direct: &dyn Direct) {
    let principals = graph.organization.principals.iter().enumerate();
    let roles: Vec<(usize, Question)> = principals
        .filter(|(_, principal)| principal.kind == PrincipalKind::Role)
        .map(|(at, role)| (at, Question::new("sts:AssumeRole", &role.arn, &role.account)))
        .collect();
    let (mut pace, mut rest) = (Pace::new(graph.organization.principals.len()), roles.as_slice());
    while let Some(some) = pace.next(&mut rest) {
        let questions: Vec<Question> = some.iter().map(|(_, question)| question.clone()).collect();
        let answers = direct.answer(&questions);
        pace.saw(some.len(), answers.iter().map(Vec::len).sum());
        for ((to, _), answers) in some.iter().zip(answers) {
            graph.edges.add(&HopKind::AssumeRole, *to, answers.into_iter());
        }
    }
}
