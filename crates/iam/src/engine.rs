//! The rules of [`crate::interpret`], asked of all principals at once: policies become sets of columns, one column a question.
//!
//! - [`compiled`]: equal parts of policies are one number, and so are equal documents;
//! - [`frame`], [`cover`]: resources are columns, and what a Resource element covers is found once;
//! - [`facts`], [`run`]: a condition is asked once of all requests that tell it the same;
//! - [`row`]: documents that are attached together become two sets of columns (allowed, denied) and what is open;
//! - [`named`]: policies of resources are found from the principals that they name;
//! - [`class`]: principals with the same policies and the same to tell are one;
//! - [`decide`], [`residual`]: sets of columns are combined word by word, formulas only where something is open.
//!
//! The interpreter says what is right: wherever this engine has formulas, it makes them as the interpreter does, so that
//! both give equal answers, not only equivalent ones.

mod bits;
mod class;
mod compiled;
mod control;
mod cover;
mod decide;
mod facts;
mod frame;
mod home;
mod named;
mod residual;
mod row;
mod run;
mod table;
#[cfg(test)]
mod tests;

use crate::direct::{Answer, Direct};
use crate::formula::Formula;
use crate::organization::{Organization, Question};
use crate::request::{Layer, Level};
use crate::solve::Tri;
use compiled::{Compiled, Compiler, Stack};
use frame::Frame;
use hashbrown::HashMap;
use home::{Home, Levels, Member};
use run::{Covers, Run};
use std::collections::BTreeMap;
use table::{NONE, Pool, Table};

/// Answers questions about an organization. Made once for any number of questions.
#[derive(Debug)]
pub struct Engine<'a> {
    organization: &'a Organization,
    compiled: Compiled<'a>,
    stacks: Table<Stack>,
    /// One for each principal.
    members: Vec<Member>,
    homes: Table<Home<'a>>,
    /// By account: service control policies and resource control policies.
    levels: HashMap<&'a str, (Levels, Levels)>,
    /// By ARN, the first principal that has it.
    places: HashMap<&'a str, usize>,
}

impl<'a> Engine<'a> {
    /// Compiles an organization's policies.
    pub fn new(organization: &'a Organization) -> Self {
        let mut compiler = Compiler::default();
        let (mut stacks, mut homes) = (Pool::default(), Pool::default());
        let mut members = Vec::with_capacity(organization.principals.len());
        let mut places = HashMap::with_capacity(organization.principals.len());
        for (place, principal) in organization.principals.iter().enumerate() {
            places.entry(principal.arn.as_str()).or_insert(place);
            let is_free = principal.boundary.known().is_some_and(Vec::is_empty);
            members.push(Member {
                identity: stacks.number(compiler.stack(&principal.identity)),
                boundary: if is_free { NONE } else { stacks.number(compiler.stack(&principal.boundary)) },
                home: homes.number(Home::of(principal)),
            });
        }
        let trusts = organization.principals.iter().map(|principal| &principal.trust);
        for policy in trusts.chain(organization.resource_policies.values()).filter_map(Layer::known).flatten() {
            compiler.document(policy);
        }
        let mut levels_of = |layer: &'a Layer<Vec<Level>>| match layer {
            Layer::Known(levels) => Levels::Known(levels.iter().map(|level| compiler.set(&level.policies)).collect()),
            Layer::Unknown(why) => Levels::Unknown(why.clone()),
        };
        let accounts = organization.accounts.iter();
        let levels =
            accounts.map(|(id, account)| (id.as_str(), (levels_of(&account.scp), levels_of(&account.rcp)))).collect();
        Self {
            organization,
            compiled: compiler.finish(),
            stacks: stacks.into_table(),
            members,
            homes: homes.into_table(),
            levels,
            places,
        }
    }
}

/// What is asked about, but for the action.
type Subject<'q> = (&'q str, &'q str, &'q BTreeMap<String, String>);

/// An action, and the questions that ask it, by their place.
type Asking<'q> = (&'q str, Vec<usize>);

/// Questions of one action after the other, those of the same subjects together.
fn by_subjects(questions: &[Question]) -> Vec<(Vec<&Question>, Vec<Asking<'_>>)> {
    let mut by_action: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, question) in questions.iter().enumerate() {
        by_action.entry(question.action.as_str()).or_default().push(place);
    }
    let mut by_subjects: BTreeMap<Vec<Subject<'_>>, (Vec<&Question>, Vec<Asking<'_>>)> = BTreeMap::new();
    for (action, places) in by_action {
        let asked: Vec<&Question> = places.iter().filter_map(|place| questions.get(*place)).collect();
        let subjects = asked
            .iter()
            .map(|question| (question.resource.as_str(), question.resource_account.as_str(), &question.context));
        let subjects: Vec<Subject<'_>> = subjects.collect();
        by_subjects.entry(subjects).or_insert_with(|| (asked, Vec::new())).1.push((action, places));
    }
    by_subjects.into_values().collect()
}

impl Direct for Engine<'_> {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<(usize, Answer)>> {
        let mut out = vec![Vec::new(); questions.len()];
        let mut run = Run::new(self);
        for (number, (asked, actions)) in by_subjects(questions).into_iter().enumerate() {
            let mut covers = Covers::new(Frame::new(number, asked, &run.facts));
            for (action, places) in actions {
                run.classes(action, &mut covers, &mut |run, principal, decided| {
                    let mut push = |column: u32, answer: Answer| {
                        if let Some(answers) = places.get(column as usize).and_then(|place| out.get_mut(*place)) {
                            answers.push((principal, answer));
                        }
                    };
                    for column in decided.allowed.iter() {
                        push(column, Answer { tri: Tri::Allow, allowed: Formula::True });
                    }
                    for (column, formula) in &decided.open {
                        let answer = run.residuals.answer(*formula);
                        if answer.tri != Tri::Deny {
                            push(*column, answer);
                        }
                    }
                });
            }
        }
        out
    }
}
