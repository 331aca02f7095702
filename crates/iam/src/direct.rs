//! Who may do what itself, without going through another.

use crate::formula::Formula;
use crate::interpret::interpret;
use crate::organization::{Organization, Question};
use crate::solve::{Tri, classify};

/// What a principal may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Always, never, or it depends.
    pub tri: Tri,
    /// When it is allowed: what it depends on.
    pub allowed: Formula,
}

/// Answers questions for all principals of an organization. Two implementations: [`Interpreter`], which is the rules, and the
/// engine, which is fast.
pub trait Direct {
    /// For every question the principals that are not denied, by their place in the organization, in that order.
    fn answer(&self, questions: &[Question]) -> Vec<Vec<(usize, Answer)>>;
}

/// The rules, asked pair by pair.
#[derive(Debug, Clone, Copy)]
pub struct Interpreter<'a> {
    /// About whom.
    pub organization: &'a Organization,
}

impl Interpreter<'_> {
    /// One pair.
    pub fn one(&self, principal: usize, question: &Question) -> Option<Answer> {
        let (request, policies) = self.organization.ask(self.organization.principals.get(principal)?, question);
        let allowed = interpret(&request, &policies).allowed();
        let tri = classify(&allowed, &|key| request.context.fact(key) != &crate::context::Fact::Present);
        Some(Answer { tri, allowed })
    }
}

impl Direct for Interpreter<'_> {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<(usize, Answer)>> {
        let everybody = 0..self.organization.principals.len();
        let of = |question| {
            let answers = everybody.clone().filter_map(|at| Some((at, self.one(at, question)?)));
            answers.filter(|(_, answer)| answer.tri != Tri::Deny).collect()
        };
        questions.iter().map(of).collect()
    }
}
