//! The answers to the questions that asks are made of.

use super::access::Failing;
use super::ask::{Ask, Doubt, Part};
use super::residual::{self, ALWAYS, NEVER};
use crate::direct::{Answer, Direct};
use crate::organization::{Organization, Question, is_of_aws};
use crate::solve::Tri;
use std::collections::HashMap;

/// Every question once, and who is not denied it.
#[derive(Debug)]
pub(super) struct Answers<'a> {
    organization: &'a Organization,
    places: HashMap<Question, usize>,
    rows: Vec<Vec<(usize, Answer)>>,
}

impl<'a> Answers<'a> {
    pub(super) fn new<'q>(
        organization: &'a Organization,
        direct: &dyn Direct,
        questions: impl Iterator<Item = &'q Question>,
    ) -> Self {
        let (mut places, mut all) = (HashMap::new(), Vec::new());
        for question in questions {
            if !places.contains_key(question) {
                places.insert(question.clone(), all.len());
                all.push(question.clone());
            }
        }
        Self { organization, places, rows: direct.answer(&all) }
    }

    /// Who is not denied the question, in order.
    pub(super) fn rows(&self, question: &Question) -> &[(usize, Answer)] {
        self.places.get(question).and_then(|place| self.rows.get(*place)).map_or(&[], Vec::as_slice)
    }

    /// One principal's answer.
    pub(super) fn one(&self, question: &Question, principal: usize) -> Answer {
        if !is_about(question, self.account(principal)) {
            return NEVER;
        }
        let rows = self.rows(question);
        let at = rows.binary_search_by_key(&principal, |(principal, _)| *principal);
        at.ok().and_then(|at| rows.get(at)).map_or(NEVER, |(_, answer)| answer.clone())
    }

    /// Who is not denied the ask by what it may itself: with the answer, in order.
    pub(super) fn whole(&self, ask: &Ask) -> Vec<(usize, Answer)> {
        let settled = ask.parts.iter().find(|part| part.callers.is_empty() && part.doubt.is_none());
        let answer = |principal: usize| {
            let answer = self.of(ask, principal);
            (answer.tri != Tri::Deny).then_some((principal, answer))
        };
        match settled {
            Some(part) => self.rows(&part.question).iter().filter_map(|(principal, _)| answer(*principal)).collect(),
            None => (0..self.organization.principals.len()).filter_map(answer).collect(),
        }
    }

    /// What one principal may itself.
    pub(super) fn of(&self, ask: &Ask, principal: usize) -> Answer {
        whole_of(ask, self.account(principal), &|question| self.one(question, principal))
    }

    /// The parts that are not simply allowed.
    pub(super) fn failing(&self, ask: &Ask, principal: usize) -> Vec<Failing> {
        let tri = |part: &Part| part_of(part, self.account(principal), &|question| self.one(question, principal)).tri;
        let parts = ask.parts.iter().map(|part| Failing { label: part.label.clone(), tri: tri(part) });
        parts.filter(|part| part.tri != Tri::Allow).collect()
    }

    fn account(&self, principal: usize) -> &str {
        self.organization.principals.get(principal).map_or("", |principal| principal.account.as_str())
    }
}

/// All parts together, of a caller of `account` of whom `one` answers questions.
pub(super) fn whole_of(ask: &Ask, account: &str, one: &dyn Fn(&Question) -> Answer) -> Answer {
    let parts: Vec<Answer> = ask.parts.iter().map(|part| part_of(part, account, one)).collect();
    residual::all(&parts)
}

fn part_of(part: &Part, account: &str, one: &dyn Fn(&Question) -> Answer) -> Answer {
    if !part.concerns(account) {
        return ALWAYS;
    }
    let own = one(&part.question);
    match &part.doubt {
        None => own,
        Some(Doubt::Asked(not)) => residual::any([&own, &residual::unknown(not)]),
        Some(Doubt::Other(question, this)) => {
            let other = one(question);
            if other == own {
                return own;
            }
            let this = residual::unknown(this);
            let that = Answer { tri: Tri::Conditional, allowed: this.allowed.negated() };
            residual::any([&residual::all([&this, &own]), &residual::all([&that, &other])])
        }
    }
}

/// Whether the caller's account is one that the question is about: what AWS owns is used on the caller's own.
pub(super) fn is_about(question: &Question, account: &str) -> bool {
    question.resource_account.is_empty() || question.resource_account == account || !is_of_aws(&question.resource)
}
