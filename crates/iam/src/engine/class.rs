//! Principals to whom all policies say the same are one class, decided once.

use super::bits::Bits;
use super::compiled::Stack;
use super::control::Control;
use super::decide::{ACCOUNT, BOUNDARY, DENIED, Decided, GATES, IDENTITY, Signals};
use super::frame::EVERY_COLUMN;
use super::home::{Member, Part};
use super::named::{Address, Addresses, Aim, found_by};
use super::residual::{FALSE, TRUE};
use super::row::{Asked, Live, Row};
use super::run::{Covers, Run};
use super::table::NONE;
use crate::formula::Formula;
use crate::interpret::{may_have_boundary, own_may_deny};
use hashbrown::HashMap;
use std::rc::Rc;

/// Signal, formula and span.
type Said = (usize, u32, u32);

/// What an action is to everybody.
struct Batch<'e, 'a> {
    asked: Asked<'e>,
    addresses: Addresses<'a>,
    control: Control,
    parts: HashMap<u32, Rc<Part<'a>>>,
}

/// All that is said to one principal.
struct Hearing<'a> {
    part: Rc<Part<'a>>,
    /// What its own policies and its account's say, each with the signal that it gives.
    rows: Vec<(usize, Rc<Row>)>,
    /// What resources' policies say to it: those of certain accounts, and those of what counts as its own.
    addresses: (Vec<u32>, Vec<u32>),
    /// What could not be read, and what was asked for this principal alone.
    said: Vec<Said>,
    /// Whether a boundary is attached to it.
    has_boundary: Formula,
    is_free: bool,
}

impl<'e, 'a> Run<'e, 'a> {
    /// Decides an action for all principals, in their order.
    pub(super) fn classes(
        &mut self,
        action: &'e str,
        covers: &mut Covers<'e>,
        see: &mut dyn FnMut(&mut Self, usize, &Decided),
    ) {
        let engine = self.engine;
        let mut asked = Asked::new(action, engine.compiled.actions.len());
        let (addresses, control) = self.owned(&mut asked, covers);
        let mut batch = Batch { asked, addresses, control, parts: HashMap::new() };
        let mut classes: HashMap<Vec<u32>, Rc<Decided>> = HashMap::new();
        for (principal, member) in engine.members.iter().enumerate() {
            let hearing = self.hear(principal, member, &mut batch, covers);
            let class = hearing.class(member);
            let decided = match classes.get(&class) {
                Some(known) => Rc::clone(known),
                None => {
                    let signals = hearing.signals(&batch, covers);
                    let decided = Rc::new(self.decide(&signals, &hearing.part.ground, &covers.frame));
                    classes.insert(class, Rc::clone(&decided));
                    decided
                }
            };
            see(self, principal, &decided);
        }
    }

    fn hear(
        &mut self,
        principal: usize,
        member: &Member,
        batch: &mut Batch<'e, 'a>,
        covers: &mut Covers<'e>,
    ) -> Hearing<'a> {
        let engine = self.engine;
        let home = &engine.homes[member.home];
        let part = match batch.parts.get(&member.home) {
            Some(known) => Rc::clone(known),
            None => {
                let part = Rc::new(self.part(home, &mut batch.asked, covers));
                batch.parts.insert(member.home, Rc::clone(&part));
                part
            }
        };
        let mut hearing = Hearing {
            rows: Vec::with_capacity(2 + part.levels.len()),
            part,
            addresses: (self.numbers(principal, &batch.addresses), Vec::new()),
            said: Vec::new(),
            has_boundary: Formula::False,
            is_free: home.is_free,
        };
        hearing.addresses.1 = self.numbers(principal, &hearing.part.addresses);
        self.hear_stack(IDENTITY, member.identity, &mut hearing, &mut batch.asked, covers);
        if member.boundary != NONE {
            hearing.has_boundary = match &engine.stacks[member.boundary] {
                Stack::Known(_) => Formula::True,
                Stack::Unknown(why) => may_have_boundary(why),
            };
            self.hear_stack(BOUNDARY, member.boundary, &mut hearing, &mut batch.asked, covers);
        }
        hearing.rows.extend((GATES..).zip(hearing.part.levels.iter().cloned()));
        self.hear_live(principal, &mut hearing, batch, covers);
        hearing
    }
    fn hear_stack(
        &mut self,
        signal: usize,
        stack: u32,
        hearing: &mut Hearing<'a>,
        asked: &mut Asked<'_>,
        covers: &mut Covers<'e>,
    ) {
        let engine = self.engine;
        match &engine.stacks[stack] {
            Stack::Known(set) => hearing.rows.push((signal, self.set(*set, asked, covers))),
            Stack::Unknown(why) => {
                let (allows, denies) = (Formula::unknown(why), own_may_deny(why));
                hearing.said.push((signal, self.residuals.number(allows), EVERY_COLUMN));
                hearing.said.push((DENIED, self.residuals.number(denies), EVERY_COLUMN));
            }
        }
    }

    /// The sayings of resources' policies that find a principal.
    fn numbers(&self, principal: usize, addresses: &Addresses<'a>) -> Vec<u32> {
        let Some(caller) = self.engine.organization.principals.get(principal).map(|principal| principal.caller())
        else {
            return Vec::new();
        };
        found_by(&caller).iter().map(|selector| addresses.number(selector)).filter(|number| *number != NONE).collect()
    }

    /// Asks the rules that depend on the principal.
    fn hear_live(
        &mut self,
        principal: usize,
        hearing: &mut Hearing<'a>,
        batch: &Batch<'e, 'a>,
        covers: &mut Covers<'e>,
    ) {
        let part = Rc::clone(&hearing.part);
        for (signal, row) in &hearing.rows {
            for live in &row.live {
                let signal = if live.rule.denies { DENIED } else { *signal };
                let said = self.hear_rule(principal, (live, signal, EVERY_COLUMN), &hearing.has_boundary, covers);
                hearing.said.extend(said);
            }
        }
        if !hearing.is_free {
            for (live, span) in batch.control.live.iter().chain(&part.control.live) {
                let said = self.hear_rule(principal, (live, DENIED, *span), &hearing.has_boundary, covers);
                hearing.said.extend(said);
            }
        }
        let fixed = hearing.addresses.0.iter().filter_map(|number| batch.addresses.get(*number));
        let own = hearing.addresses.1.iter().filter_map(|number| part.addresses.get(*number));
        let mut live = fixed.chain(own).flat_map(|address| &address.live).peekable();
        if live.peek().is_none() {
            return;
        }
        let identity = hearing.where_identity_may_allow(covers);
        let mut may_matter = part.ground.own.clone();
        may_matter.add(&identity);
        let mut said = Vec::new();
        for (live, aim, span) in live {
            // What names the account delegates to identity policies, and so does whatever names somebody of another account.
            let columns = match aim {
                Aim::Signal(ACCOUNT) if !live.rule.denies => &identity,
                _ => &may_matter,
            };
            if covers.frame.span(*span).meets(columns) {
                said.extend(self.address((*live, *aim, *span), principal, &hearing.has_boundary, covers));
            }
        }
        hearing.said.extend(said);
    }

    /// Where and when a rule of a layer applies; statements that name principals are about those alone.
    fn hear_rule(
        &mut self,
        principal: usize,
        (live, signal, span): (&Live, usize, u32),
        has_boundary: &Formula,
        covers: &mut Covers<'e>,
    ) -> Vec<Said> {
        let mut names = TRUE;
        if self.engine.compiled.names_principals(&live.rule) {
            let naming = self.named(live, principal, has_boundary);
            names = naming.map_or(FALSE, |naming| self.residuals.number(naming.any()));
        }
        let applied = self.apply(&live.rule, Some(principal), covers).into_iter();
        applied
            .map(|(formula, applies)| (signal, self.residuals.and(formula, names), covers.frame.within(applies, span)))
            .collect()
    }
}

impl Hearing<'_> {
    fn where_identity_may_allow(&self, covers: &Covers<'_>) -> Bits {
        let mut bits = Bits::default();
        for (_, row) in self.rows.iter().filter(|(signal, _)| *signal == IDENTITY) {
            bits.add(&row.allow);
            row.open.iter().filter(|open| !open.denies).for_each(|open| covers.frame.span(open.span).add_to(&mut bits));
        }
        let said = self.said.iter().filter(|(signal, ..)| *signal == IDENTITY);
        said.for_each(|(_, _, span)| covers.frame.span(*span).add_to(&mut bits));
        bits
    }

    /// All that the answers rest on.
    fn class(&self, member: &Member) -> Vec<u32> {
        let (fixed, own) = &self.addresses;
        let lengths = [fixed.len(), own.len()].map(|length| length as u32);
        let mut out = vec![member.identity, member.boundary, member.home];
        out.extend(lengths.into_iter().chain(fixed.iter().copied()).chain(own.iter().copied()));
        out.extend(self.said.iter().flat_map(|(signal, formula, span)| [*signal as u32, *formula, *span]));
        out
    }

    fn signals(&self, batch: &Batch<'_, '_>, covers: &Covers<'_>) -> Signals {
        let frame = &covers.frame;
        let mut signals = Signals::new();
        if self.has_boundary == Formula::False {
            signals.surely(BOUNDARY, &frame.everything);
        }
        for _ in &self.part.levels {
            signals.gate();
        }
        for (signal, row) in &self.rows {
            signals.surely(*signal, &row.allow);
            signals.surely(DENIED, &row.deny);
            for open in &row.open {
                signals.when(if open.denies { DENIED } else { *signal }, open.formula, open.span, frame);
            }
        }
        if self.part.unread != FALSE {
            let gate = signals.gate();
            signals.when(gate, self.part.unread, EVERY_COLUMN, frame);
        }
        if !self.is_free {
            add_control(&batch.control, &mut signals, covers);
            add_control(&self.part.control, &mut signals, covers);
        }
        let fixed = self.addresses.0.iter().filter_map(|number| batch.addresses.get(*number));
        let own = self.addresses.1.iter().filter_map(|number| self.part.addresses.get(*number));
        let addressed = fixed.chain(own).flat_map(|address: &Address| &address.open);
        for (signal, formula, span) in addressed.chain(&self.said) {
            signals.when(*signal, *formula, *span, frame);
        }
        signals
    }
}

fn add_control(control: &Control, signals: &mut Signals, covers: &Covers<'_>) {
    let frame = &covers.frame;
    signals.surely(DENIED, &control.deny);
    for (formula, span) in &control.open {
        signals.when(DENIED, *formula, *span, frame);
    }
    for (formula, span) in &control.gates {
        let gate = signals.gate();
        let mut others = frame.everything.clone();
        let mut own = Bits::default();
        frame.span(*span).add_to(&mut own);
        others.remove(&own);
        signals.surely(gate, &others);
        signals.when(gate, *formula, *span, frame);
    }
}
