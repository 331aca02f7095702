//! From what each layer says to answers: the rule of [`crate::interpret`] on whole sets of columns, and formula by formula
//! where that does not settle it.

use super::bits::Bits;
use super::frame::Frame;
use super::residual::{FALSE, Residuals, TRUE};
use super::run::Run;
use crate::formula::Formula;

/// Identity policies allow.
pub(super) const IDENTITY: usize = 0;
/// No boundary, or it allows.
pub(super) const BOUNDARY: usize = 1;
/// The resource's policy names the caller itself, or everybody.
pub(super) const DIRECT: usize = 2;
/// The resource's policy names the caller's role.
pub(super) const ROLE: usize = 3;
/// The resource's policy names the caller's account.
pub(super) const ACCOUNT: usize = 4;
/// Some statement denies.
pub(super) const DENIED: usize = 5;
/// What stands from here on must all allow: levels of the organization.
pub(super) const GATES: usize = 6;

/// Words of columns whose signatures are held at a time: what thousands of open statements say of thousands of columns is more
/// than memory should hold.
const BLOCK: usize = 8;

/// Where one thing holds, and where it may.
#[derive(Debug, Default)]
pub(super) struct Signal {
    pub(super) surely: Bits,
    /// Where a formula says when.
    maybe: Bits,
}

/// What all layers say to one class of principals.
#[derive(Debug)]
pub(super) struct Signals {
    of: Vec<Signal>,
    open: Vec<(usize, u32, u32)>,
}

/// Where the resource's policy weighs differently.
#[derive(Debug, Clone, Default)]
pub(super) struct Ground {
    /// Columns of the caller's own account.
    pub(super) own: Bits,
    /// Columns whose policy alone says who may.
    pub(super) alone: Bits,
}

/// The answers to one class of principals.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Always.
    pub(super) allowed: Bits,
    /// A column, and the number of the formula.
    pub(super) open: Vec<(u32, u32)>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Self { of: (0..GATES).map(|_| Signal::default()).collect(), open: Vec::new() }
    }

    /// One more gate.
    pub(super) fn gate(&mut self) -> usize {
        self.of.push(Signal::default());
        self.of.len() - 1
    }

    pub(super) fn surely(&mut self, signal: usize, bits: &Bits) {
        if let Some(signal) = self.of.get_mut(signal) {
            signal.surely.add(bits);
        }
    }

    pub(super) fn when(&mut self, signal: usize, formula: u32, span: u32, frame: &Frame<'_>) {
        let Some(of) = self.of.get_mut(signal) else { return };
        match formula {
            FALSE => {}
            TRUE => frame.span(span).add_to(&mut of.surely),
            formula => {
                frame.span(span).add_to(&mut of.maybe);
                self.open.push((signal, formula, span));
            }
        }
    }

    /// The columns that are settled as allowed, and those that are not settled.
    fn settle(&self, ground: &Ground, words: usize) -> (Bits, Bits) {
        let (mut allowed, mut open) = (Bits::default(), Bits::default());
        for at in 0..words {
            let at_least = self.word(ground, at, false);
            allowed.push_word(at_least);
            open.push_word(self.word(ground, at, true) & !at_least);
        }
        (allowed, open)
    }

    /// Where the request is allowed when all that is open holds (`best`), or nothing of it; the other way round for denials.
    fn word(&self, ground: &Ground, at: usize, best: bool) -> u64 {
        let of = |signal: usize, best: bool| {
            self.of
                .get(signal)
                .map_or(0, |signal| signal.surely.word(at) | if best { signal.maybe.word(at) } else { 0 })
        };
        let [identity, boundary, direct, role, account] =
            [IDENTITY, BOUNDARY, DIRECT, ROLE, ACCOUNT].map(|signal| of(signal, best));
        let gates = (GATES..self.of.len()).fold(u64::MAX, |all, gate| all & of(gate, best));
        let trust = !ground.alone.word(at) | account;
        let inside = direct | (role & boundary) | (identity & boundary & trust);
        let across = (direct | role | account) & identity & boundary;
        let own = ground.own.word(at);
        gates & ((own & inside) | (!own & across)) & !of(DENIED, !best)
    }
}

impl<'e> Run<'e, '_> {
    /// The answers that signals give.
    pub(super) fn decide(&mut self, signals: &Signals, ground: &Ground, frame: &Frame<'_>) -> Decided {
        let words = frame.questions.len().div_ceil(64);
        let (allowed, unsettled) = signals.settle(ground, words);
        if unsettled.is_empty() {
            return Decided { allowed, open: Vec::new() };
        }
        let mut open = Vec::new();
        let mut last: Option<(Vec<u64>, u32)> = None;
        for from in (0..words).step_by(BLOCK) {
            let block = unsettled.words(from, from + BLOCK);
            for (column, mut signature) in block.iter().zip(signatures(signals, ground, &block, frame)) {
                signature.sort_unstable();
                signature.dedup();
                let formula = match &last {
                    Some((same, formula)) if *same == signature => *formula,
                    _ => self.formula_of(&signature),
                };
                if formula != FALSE {
                    open.push((column, formula));
                }
                last = Some((signature, formula));
            }
        }
        Decided { allowed, open }
    }

    fn formula_of(&mut self, signature: &[u64]) -> u32 {
        if let Some(known) = self.signatures.get(signature) {
            return *known;
        }
        let formula = allowed(signature, &self.residuals);
        let formula = self.residuals.number(formula);
        self.signatures.insert(signature.into(), formula);
        formula
    }
}

/// That a signal surely holds, or what the ground is: numbers that no pair of a signal and a formula has.
const SURE: u64 = 1 << 63;
const OWN: u64 = SURE | 1 << 32;
const ALONE: u64 = SURE | 2 << 32;

/// Of each unsettled column all that its answer rests on: which signals surely hold, and formulas of the others.
fn signatures(signals: &Signals, ground: &Ground, unsettled: &Bits, frame: &Frame<'_>) -> Vec<Vec<u64>> {
    let mut places = vec![0_usize; frame.questions.len()];
    let mut out: Vec<Vec<u64>> = Vec::new();
    for (column, at) in unsettled.iter().zip(0..) {
        if let Some(place) = places.get_mut(column as usize) {
            *place = at;
        }
        let sure = (0_u64..).zip(&signals.of).take(GATES).filter(|(_, signal)| signal.surely.has(column));
        let own = ground.own.has(column).then_some(OWN);
        let alone = ground.alone.has(column).then_some(ALONE);
        out.push(sure.map(|(signal, _)| SURE | signal).chain(own).chain(alone).collect());
    }
    for (signal, formula, span) in &signals.open {
        let Some(of) = signals.of.get(*signal) else { continue };
        frame.span(*span).each_in(unsettled, |column| {
            let place = places.get(column as usize).copied();
            if !of.surely.has(column)
                && let Some(signature) = place.and_then(|place| out.get_mut(place))
            {
                signature.push((*signal as u64) << 32 | u64::from(*formula));
            }
        });
    }
    out
}

/// When a request is allowed, from its signature: the rule of [`crate::interpret`] once more, in formulas.
fn allowed(signature: &[u64], residuals: &Residuals) -> Formula {
    let is_sure = |signal: usize| signature.contains(&(SURE | signal as u64));
    let of = |signal: usize| {
        if is_sure(signal) {
            return Formula::True;
        }
        let own = signature.iter().filter(|entry| **entry < SURE && **entry >> 32 == signal as u64);
        let numbers = own.filter_map(|entry| u32::try_from(entry & u64::from(u32::MAX)).ok());
        Formula::any(numbers.map(|number| residuals.formula(number).clone()))
    };
    let [identity, boundary, direct, role, account] = [IDENTITY, BOUNDARY, DIRECT, ROLE, ACCOUNT].map(of);
    let mut gates: Vec<usize> =
        signature.iter().filter(|entry| **entry < SURE).map(|entry| (entry >> 32) as usize).collect();
    gates.retain(|gate| *gate >= GATES);
    gates.dedup();
    let rule = if signature.contains(&OWN) {
        let trust = if signature.contains(&ALONE) { account } else { Formula::True };
        Formula::any([direct, role.and(&boundary), Formula::all([identity, boundary, trust])])
    } else {
        Formula::all([Formula::any([direct, role, account]), identity, boundary])
    };
    let granted = Formula::all(gates.into_iter().map(of).chain([rule]));
    granted.and(&of(DENIED).negated())
}
