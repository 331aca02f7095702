//! What documents say of an action, as columns.

use super::bits::Bits;
use super::compiled::Rule;
use super::residual::TRUE;
use super::run::{Covers, Run};
use super::table::NONE;
use hashbrown::HashMap;
use std::rc::Rc;

/// What documents that are attached together say of an action.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Allowed whatever is open.
    pub(super) allow: Bits,
    /// Denied whatever is open.
    pub(super) deny: Bits,
    /// Allowed or denied when a formula holds.
    pub(super) open: Vec<Open>,
    /// What more of the principal decides than its policies.
    pub(super) live: Vec<Live>,
}

/// An effect under a formula.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) denies: bool,
    pub(super) formula: u32,
    pub(super) span: u32,
}

/// A rule to be asked for each principal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Live {
    pub(super) document: u32,
    pub(super) rule: Rule,
}

/// What was found out of one action.
pub(super) struct Asked<'e> {
    pub(super) action: &'e str,
    /// By number of the element, whether it covers the action.
    actions: Vec<Option<bool>>,
    documents: HashMap<u32, Rc<Row>>,
    sets: HashMap<u32, Rc<Row>>,
    nothing: Rc<Row>,
}

impl<'e> Asked<'e> {
    pub(super) fn new(action: &'e str, elements: usize) -> Self {
        let nothing = Rc::default();
        Self { action, actions: vec![None; elements], documents: HashMap::new(), sets: HashMap::new(), nothing }
    }
}

impl<'e> Run<'e, '_> {
    /// Whether a rule is about the action.
    pub(super) fn is_about(&self, rule: &Rule, asked: &mut Asked<'_>) -> bool {
        if rule.actions == NONE {
            return true;
        }
        let Some(known) = asked.actions.get_mut(rule.actions as usize) else { return true };
        *known.get_or_insert_with(|| self.engine.compiled.actions[rule.actions].cover(asked.action))
    }

    /// What a set of documents says.
    pub(super) fn set(&mut self, set: u32, asked: &mut Asked<'_>, covers: &mut Covers<'e>) -> Rc<Row> {
        if let Some(known) = asked.sets.get(&set) {
            return Rc::clone(known);
        }
        let compiled = &self.engine.compiled;
        let rows = compiled.sets[set].iter().map(|document| self.document(*document, asked, covers));
        let rows: Vec<Rc<Row>> = rows.filter(|row| !row.is_empty()).collect();
        let row = match rows.as_slice() {
            [] => Rc::clone(&asked.nothing),
            [one] => Rc::clone(one),
            many => {
                let mut all = Row::default();
                many.iter().for_each(|row| all.add(row));
                Rc::new(all)
            }
        };
        asked.sets.insert(set, Rc::clone(&row));
        row
    }

    fn document(&mut self, document: u32, asked: &mut Asked<'_>, covers: &mut Covers<'e>) -> Rc<Row> {
        if let Some(known) = asked.documents.get(&document) {
            return Rc::clone(known);
        }
        let compiled = &self.engine.compiled;
        let mut row = Row::default();
        for rule in compiled.rules(document) {
            if !self.is_about(rule, asked) {
                continue;
            }
            if compiled.depends_on_principal(rule) || compiled.names_principals(rule) {
                row.live.push(Live { document, rule: *rule });
                continue;
            }
            for (formula, span) in self.apply(rule, None, covers) {
                match (formula, rule.denies) {
                    (TRUE, false) => covers.frame.span(span).add_to(&mut row.allow),
                    (TRUE, true) => covers.frame.span(span).add_to(&mut row.deny),
                    (formula, denies) => row.open.push(Open { denies, formula, span }),
                }
            }
        }
        let row = if row.is_empty() { Rc::clone(&asked.nothing) } else { Rc::new(row) };
        // Documents of one set alone are found through it.
        asked.documents.insert(document, Rc::clone(&row));
        row
    }
}

impl Row {
    fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty() && self.open.is_empty() && self.live.is_empty()
    }

    fn add(&mut self, other: &Self) {
        self.allow.add(&other.allow);
        self.deny.add(&other.deny);
        self.open.extend(&other.open);
        self.live.extend(&other.live);
    }
}
