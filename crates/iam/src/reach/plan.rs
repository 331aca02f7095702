//! Many questions asked at once, and what their answers come to.

use super::rows::{self, Rows};
use crate::direct::{Answer, Direct};
use crate::organization::{Organization, Question};
use std::collections::HashMap;
use std::rc::Rc;

/// A place among [`Plans`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan(usize);

#[derive(Debug)]
enum Step {
    /// Who may do this.
    Asked(usize),
    /// Who may do all.
    All(Vec<Plan>),
    /// Who may do any.
    Any(Vec<Plan>),
    /// With what hangs over all.
    With(Plan, Answer),
    /// The principals of one account.
    Of(Plan, String),
    /// This principal alone.
    Only(Plan, usize),
    /// Whom an earlier search found.
    Known(Rc<Rows>),
}

/// What is to be found out. A step uses earlier ones alone.
#[derive(Debug, Default)]
pub(super) struct Plans {
    steps: Vec<Step>,
    questions: Vec<Question>,
    places: HashMap<Question, Plan>,
}

/// What was found out, by plan.
#[derive(Debug)]
pub(super) struct Found(Vec<Rows>);

impl Plans {
    pub(super) fn ask(&mut self, question: Question) -> Plan {
        if let Some(plan) = self.places.get(&question) {
            return *plan;
        }
        let plan = self.push(Step::Asked(self.questions.len()));
        self.questions.push(question.clone());
        self.places.insert(question, plan);
        plan
    }

    pub(super) fn all(&mut self, plans: Vec<Plan>) -> Plan {
        self.push(Step::All(plans))
    }

    pub(super) fn any(&mut self, plans: Vec<Plan>) -> Plan {
        self.push(Step::Any(plans))
    }

    pub(super) fn with(&mut self, plan: Plan, answer: Answer) -> Plan {
        self.push(Step::With(plan, answer))
    }

    pub(super) fn of(&mut self, plan: Plan, account: &str) -> Plan {
        self.push(Step::Of(plan, account.to_owned()))
    }

    pub(super) fn only(&mut self, plan: Plan, principal: usize) -> Plan {
        self.push(Step::Only(plan, principal))
    }

    pub(super) fn known(&mut self, rows: &Rc<Rows>) -> Plan {
        self.push(Step::Known(Rc::clone(rows)))
    }

    fn push(&mut self, step: Step) -> Plan {
        self.steps.push(step);
        Plan(self.steps.len() - 1)
    }

    /// Asks everything.
    pub(super) fn find(self, organization: &Organization, direct: &dyn Direct) -> Found {
        let mut answers = direct.answer(&self.questions);
        let mut found = Found(Vec::with_capacity(self.steps.len()));
        for step in &self.steps {
            let rows = match step {
                Step::Asked(at) => answers.get_mut(*at).map(std::mem::take).unwrap_or_default(),
                Step::All(plans) => together(plans.iter().map(|plan| found.rows(*plan)), rows::both),
                Step::Any(plans) => together(plans.iter().map(|plan| found.rows(*plan)), rows::either),
                Step::With(plan, answer) => rows::with(found.rows(*plan), answer),
                Step::Of(plan, account) => {
                    let own = |at: usize| {
                        organization.principals.get(at).is_some_and(|principal| principal.account == *account)
                    };
                    found.rows(*plan).iter().filter(|(at, _)| own(*at)).cloned().collect()
                }
                Step::Only(plan, principal) => {
                    found.rows(*plan).iter().filter(|(at, _)| at == principal).cloned().collect()
                }
                Step::Known(rows) => rows.to_vec(),
            };
            found.0.push(rows);
        }
        found
    }
}

/// Nobody, where there is nothing to put together.
fn together<'a>(mut all: impl Iterator<Item = &'a Rows>, how: fn(&Rows, &Rows) -> Rows) -> Rows {
    let first = all.next().cloned().unwrap_or_default();
    all.fold(first, |sum, rows| how(&sum, rows))
}

impl Found {
    /// How many answers there were in all.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    pub(super) fn rows(&self, plan: Plan) -> &Rows {
        static NOBODY: Rows = Vec::new();
        self.0.get(plan.0).unwrap_or(&NOBODY)
    }
}
