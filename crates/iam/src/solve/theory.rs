//! What can be true of one key at once.

use super::budget::Budget;
use super::language;
use crate::condition::{Clause, Family, Instant, Network, Number, Qualifier, text_of};
use crate::template::Piece;
use std::sync::Arc;

/// Clauses over one key, and whether each is assumed to hold. Their values read no other key.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyLiterals(Vec<(Arc<Clause>, bool)>);

/// One demand on a single value.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    pub(super) clause: Arc<Clause>,
    pub(super) values: Arc<Vec<Vec<Piece>>>,
    pub(super) wanted: bool,
}

impl Demand {
    fn new(clause: &Arc<Clause>, wanted: bool) -> Self {
        let values = clause.values.iter().map(|value| value.pieces().to_vec()).collect();
        Self { clause: Arc::clone(clause), values: Arc::new(values), wanted }
    }

    fn is_met_by(&self, value: &str) -> bool {
        self.clause.operator.holds_of(value, &self.values) == self.wanted
    }

    /// Whether the value must be one of the clause's own.
    fn is_equality(&self) -> bool {
        self.clause.operator.family == Family::Text && self.clause.operator.negated != self.wanted
    }
}

impl KeyLiterals {
    pub(super) fn push(&mut self, clause: Arc<Clause>, holds: bool) {
        self.0.push((clause, holds));
    }

    /// Whether some request meets all; true also where that could not be settled.
    pub(super) fn may_hold(&self, may_be_absent: bool, budget: &Budget) -> bool {
        (may_be_absent && self.hold_when_absent()) || self.may_hold_when_present(budget)
    }

    fn hold_when_absent(&self) -> bool {
        let context = crate::context::Context::closed();
        // What nobody can tell of an absent key may be either.
        self.0.iter().all(|(clause, holds)| clause.verdict(&context) != (!*holds).into())
    }

    fn may_hold_when_present(&self, budget: &Budget) -> bool {
        if !budget.spend(self.0.iter().map(|(clause, _)| clause.values.len()).sum()) {
            return true;
        }
        let mut demands = Vec::new();
        for (clause, holds) in &self.0 {
            if clause.operator.family == Family::Null {
                let says_present =
                    clause.values.iter().any(|value| text_of(value.pieces()).eq_ignore_ascii_case("false"));
                if says_present != *holds {
                    return false;
                }
            } else {
                demands.push(Demand::new(clause, *holds));
            }
        }
        // Of one value set operators say what plain ones do.
        demands.is_empty()
            || may_meet(demands.iter(), budget)
            || (self.may_be_list() && list_may_meet(&demands, budget))
    }

    fn may_be_list(&self) -> bool {
        let key = self.0.first().and_then(|(clause, _)| crate::catalogue::catalogue().key_type(&clause.key));
        key.is_none_or(|key| key.multivalued)
    }
}

/// Whether a list of values, one at least, meets all demands; true also where that could not be settled.
fn list_may_meet(demands: &[Demand], budget: &Budget) -> bool {
    let (mut every, mut some) = (Vec::new(), Vec::new());
    for demand in demands {
        match demand.clause.operator.qualifier {
            // On a list, plain operators do not hold and negated ones do.
            None if demand.clause.operator.negated != demand.wanted => return false,
            None => {}
            Some(Qualifier::All) if demand.wanted => every.push(demand),
            Some(Qualifier::Any) if !demand.wanted => every.push(demand),
            Some(_) => some.push(demand),
        }
    }
    if some.is_empty() {
        return every.is_empty() || may_meet(every.into_iter(), budget);
    }
    // A list may bring one witness for each demand; all of its values meet what is demanded of every value.
    some.iter().all(|witness| may_meet(every.iter().copied().chain([*witness]), budget))
}

/// Whether one value meets all demands; true also where that could not be settled.
fn may_meet<'a>(demands: impl Iterator<Item = &'a Demand> + Clone, budget: &Budget) -> bool {
    let values: usize = demands.clone().map(|demand| demand.values.len()).sum();
    // A value that there is no budget left for counts as one that meets them.
    let meets =
        |value: &str| !budget.spend(values + value.len()) || demands.clone().all(|demand| demand.is_met_by(value));
    if let Some(equality) = demands.clone().find(|demand| demand.is_equality()) {
        return equality.values.iter().any(|value| meets(&text_of(value)));
    }
    if demands.clone().flat_map(candidates).chain([FRESH.to_owned()]).any(|value| meets(&value)) {
        return true;
    }
    match kind_of_all(demands.clone()) {
        // The candidates hold a value of every interval between those that the demands name.
        Some(Kind::Interval | Kind::Flag) => false,
        Some(Kind::Text) => language::may_meet(demands, budget),
        None => true,
    }
}

/// A value that nobody names.
const FRESH: &str = "\u{1}other";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Interval,
    Flag,
}

fn kind_of_all<'a>(demands: impl Iterator<Item = &'a Demand>) -> Option<Kind> {
    let mut kinds = demands.map(|demand| match demand.clause.operator.family {
        Family::Text | Family::TextFolded | Family::Like | Family::Arn => (Kind::Text, 0),
        Family::Number(_) => (Kind::Interval, 1),
        Family::Date(_) => (Kind::Interval, 2),
        Family::Address => (Kind::Interval, 3),
        Family::Bool => (Kind::Flag, 4),
        Family::Binary | Family::Null => (Kind::Flag, 5),
    });
    let first = kinds.next()?;
    (kinds.all(|kind| kind == first) && first.1 != 5).then_some(first.0)
}

/// Values at which the demand may change its mind.
fn candidates(demand: &Demand) -> Vec<String> {
    let texts = demand.values.iter().map(|value| text_of(value));
    match demand.clause.operator.family {
        Family::Number(_) => texts.flat_map(|text| around_number(&text)).chain(["0".to_owned()]).collect(),
        Family::Date(_) => texts.flat_map(|text| around_instant(&text)).collect(),
        Family::Address => {
            let edges = texts.filter_map(|text| Network::read(&text)).flat_map(|network| network.edges());
            edges.flatten().chain(["0.0.0.0".to_owned(), "::".to_owned()]).collect()
        }
        Family::Bool => vec!["true".to_owned(), "false".to_owned()],
        // The shortest text of a pattern, and one that is a little longer.
        _ => {
            texts.flat_map(|text| [text.replace(['*'], "").replace('?', "x"), text.replace(['*', '?'], "x")]).collect()
        }
    }
}

/// The number, and one between it and whatever is next: nobody names so many digits.
fn around_number(text: &str) -> Vec<String> {
    let Some(_) = Number::read(text) else { return Vec::new() };
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.trim_start_matches('+')),
    };
    let point = if digits.contains('.') { "" } else { "." };
    let further = format!("{sign}{digits}{point}000000000000000000001");
    let nearer = match Number::read(text).map(|number| number.cmp(&Number::read("0").unwrap_or(number.clone()))) {
        Some(std::cmp::Ordering::Equal) => "-0.000000000000000000001".to_owned(),
        _ => nearer_to_zero(sign, digits),
    };
    vec![text.to_owned(), further, nearer]
}

/// A little nearer to zero than `digits`, which are not zero: the last digit that is not zero lessened, then nines.
fn nearer_to_zero(sign: &str, digits: &str) -> String {
    let mut out: Vec<char> = digits.chars().collect();
    let last = out.iter().rposition(|c| c.is_ascii_digit() && *c != '0');
    if let Some(at) = last {
        for (place, c) in out.iter_mut().enumerate().skip(at) {
            *c = match (*c, place == at) {
                ('.', _) => '.',
                (digit, true) => {
                    digit.to_digit(10).and_then(|digit| char::from_digit(digit.saturating_sub(1), 10)).unwrap_or('0')
                }
                _ => '9',
            };
        }
    }
    let text: String = out.into_iter().collect();
    let point = if text.contains('.') { "" } else { "." };
    format!("{sign}{text}{point}999999999999999999999")
}

fn around_instant(text: &str) -> Vec<String> {
    let Some(instant) = Instant::read(text) else { return Vec::new() };
    let [before, after] = instant.neighbours();
    vec![before, text.to_owned(), after]
}
