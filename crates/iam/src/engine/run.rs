//! One run over questions: what rules say of columns, each thing found out once.

use super::cover::{Cover, cover};
use super::facts::Facts;
use super::frame::{EVERY_COLUMN, Frame, NO_COLUMN};
use super::residual::{FALSE, Residuals, TRUE};
use super::table::{MOST_KEPT, NONE};
use super::{Engine, compiled::Rule};
use crate::formula::Formula;
use crate::interpret::holds;
use hashbrown::HashMap;
use std::rc::Rc;

/// What is kept between the questions of a run.
pub(super) struct Run<'e, 'a> {
    pub(super) engine: &'e Engine<'a>,
    pub(super) facts: Facts<'e>,
    pub(super) residuals: Residuals,
    /// By guard, what the question tells of its keys, and what the principal does.
    guards: HashMap<Box<[u32]>, u32>,
    /// What was found for signatures, see [`super::decide`].
    pub(super) signatures: HashMap<Box<[u64]>, u32>,
}

/// What is kept between the actions that are asked of one frame.
pub(super) struct Covers<'e> {
    pub(super) frame: Frame<'e>,
    /// By element, what the question tells of the keys of its variables, and what the principal does.
    covers: HashMap<Box<[u32]>, Rc<Cover>>,
    /// Elements without variables.
    plain: HashMap<u32, Rc<Cover>>,
}

/// Where a rule applies, and when: formulas and spans.
pub(super) type Applied = Vec<(u32, u32)>;

impl<'e> Covers<'e> {
    pub(super) fn new(frame: Frame<'e>) -> Self {
        Self { frame, covers: HashMap::new(), plain: HashMap::new() }
    }
}

impl<'e, 'a> Run<'e, 'a> {
    pub(super) fn new(engine: &'e Engine<'a>) -> Self {
        Self {
            engine,
            facts: Facts::new(engine.organization),
            residuals: Residuals::new(),
            guards: HashMap::new(),
            signatures: HashMap::new(),
        }
    }

    /// Where and when a rule applies, whose action is the asked one, but for the principals that it names. `principal` may be
    /// left out where the rule does not depend on it.
    pub(super) fn apply(&mut self, rule: &Rule, principal: Option<usize>, covers: &mut Covers<'e>) -> Applied {
        let mut out = Applied::new();
        for (span, open) in self.cover(rule.resources, principal, covers) {
            for (when, cell) in self.guard(rule.guard, principal, covers) {
                let both = covers.frame.within(span, cell);
                let formula = self.residuals.and(when, open);
                if both != NO_COLUMN && formula != FALSE {
                    out.push((formula, both));
                }
            }
        }
        out
    }

    /// When a guard holds, by columns.
    fn guard(&mut self, number: u32, principal: Option<usize>, covers: &mut Covers<'e>) -> Vec<(u32, u32)> {
        let compiled = &self.engine.compiled;
        let guard = &compiled.guards[number];
        if guard.conditions.is_empty() {
            return vec![(self.residuals.number(guard.doubts.clone()), EVERY_COLUMN)];
        }
        let cells = covers.frame.cells(&guard.keys.all, &compiled.keys, &mut self.facts);
        let mut out = Vec::with_capacity(cells.len());
        for cell in cells.iter() {
            let asked = self.asked(number, &cell.facts, &guard.keys.all, principal);
            let formula = match self.guards.get(asked.as_slice()) {
                Some(known) => *known,
                None => {
                    let (question, place) = covers.frame.representative(cell.class);
                    let context = self.facts.context(principal, question, place);
                    let conditions = guard.conditions.iter().map(|clause| holds(clause, &context));
                    let formula = self.residuals.number(Formula::all(conditions.chain([guard.doubts.clone()])));
                    if self.guards.len() >= MOST_KEPT {
                        self.guards.clear();
                    }
                    self.guards.insert(asked.into(), formula);
                    formula
                }
            };
            if formula != FALSE {
                out.push((formula, cell.span));
            }
        }
        out
    }

    /// The columns that an element covers: spans, and under which formulas.
    fn cover(&mut self, number: u32, principal: Option<usize>, covers: &mut Covers<'e>) -> Vec<(u32, u32)> {
        if number == NONE {
            return vec![(EVERY_COLUMN, TRUE)];
        }
        let compiled = &self.engine.compiled;
        let set = &compiled.resources[number];
        if set.keys.all.is_empty() {
            let residuals = &mut self.residuals;
            let frame = &mut covers.frame;
            let known = covers.plain.entry(number);
            let found = known.or_insert_with(|| Rc::new(cover(set.resources, None, EVERY_COLUMN, frame, residuals)));
            return vec![(found.span, TRUE)];
        }
        let cells = covers.frame.cells(&set.keys.all, &compiled.keys, &mut self.facts);
        let mut out = Vec::new();
        for cell in cells.iter() {
            let asked = self.asked(number, &cell.facts, &set.keys.all, principal);
            let found = match covers.covers.get(asked.as_slice()) {
                Some(known) => Rc::clone(known),
                None => {
                    let (question, place) = covers.frame.representative(cell.class);
                    let context = self.facts.context(principal, question, place);
                    let found = cover(set.resources, Some(&context), cell.span, &mut covers.frame, &mut self.residuals);
                    let found = Rc::new(found);
                    if covers.covers.len() >= MOST_KEPT {
                        covers.covers.clear();
                    }
                    covers.covers.insert(asked.into(), Rc::clone(&found));
                    found
                }
            };
            out.push((found.span, TRUE));
            out.extend(found.open.iter().map(|(formula, span)| (*span, *formula)));
        }
        out
    }

    /// All that the value of a guard or an element rests on.
    fn asked(&mut self, number: u32, of_question: &[u32], keys: &[u32], principal: Option<usize>) -> Vec<u32> {
        let names = &self.engine.compiled.keys;
        let mut asked = Vec::with_capacity(1 + of_question.len() + keys.len());
        asked.push(number);
        asked.extend(of_question);
        if let Some(principal) = principal {
            asked.extend(keys.iter().map(|key| self.facts.of_principal(principal, *key, names[*key])));
        }
        asked
    }
}
