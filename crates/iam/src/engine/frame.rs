//! What questions are about, as columns: those of one action, and of all actions that are asked of the same.

use super::bits::{Bits, Span};
use super::facts::Facts;
use super::table::{MOST_KEPT, Pool, Table};
use crate::context::Context;
use crate::organization::{Question, is_callers};
use crate::template::Piece;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The number of the span of no column.
pub(super) const NO_COLUMN: u32 = 0;
/// The number of the span of all columns.
pub(super) const EVERY_COLUMN: u32 = 1;

/// Columns whose questions tell the same of some keys.
#[derive(Debug)]
pub(super) struct Cell {
    /// The class of one of them, which stands for all.
    pub(super) class: u32,
    /// What the questions tell of each key.
    pub(super) facts: Box<[u32]>,
    pub(super) span: u32,
}

/// Columns whose questions tell the same of all keys.
struct Class<'e> {
    question: &'e Question,
    context: Context,
    /// Keys that the question settles, lower case.
    settled: HashSet<String>,
    columns: Vec<u32>,
}

/// The columns.
pub(super) struct Frame<'e> {
    /// Which of the run's frames.
    number: usize,
    pub(super) questions: Vec<&'e Question>,
    pub(super) everything: Bits,
    /// What counts as the caller's own.
    pub(super) callers: Bits,
    /// Resources in order, each with its column.
    sorted: Vec<(&'e str, u32)>,
    classes: Table<Class<'e>>,
    cells: HashMap<Box<[u32]>, Rc<[Cell]>>,
    /// What patterns without variables match.
    pub(super) patterns: HashMap<&'e [Piece], u32>,
    spans: Pool<Rc<Span>>,
    intersections: HashMap<(u32, u32), u32>,
    single: HashMap<u32, u32>,
}

impl<'e> Frame<'e> {
    pub(super) fn new(number: usize, questions: Vec<&'e Question>, facts: &Facts<'_>) -> Self {
        let everything = Bits::below(questions.len());
        let mut sorted: Vec<(&str, u32)> =
            questions.iter().map(|question| question.resource.as_str()).zip(0..).collect();
        sorted.sort_unstable();
        let mut spans = Pool::default();
        spans.number(Rc::new(Span::from(Bits::default())));
        spans.number(Rc::new(Span::Many(everything.clone())));
        let callers = questions.iter().zip(0..).filter(|(question, _)| is_callers(question));
        let callers = callers.map(|(_, column)| column).collect();
        Self {
            number,
            classes: classes(&questions, facts),
            questions,
            everything,
            callers,
            sorted,
            cells: HashMap::new(),
            patterns: HashMap::new(),
            spans,
            intersections: HashMap::new(),
            single: HashMap::new(),
        }
    }

    /// A question of a class, and its place among the run's contexts.
    pub(super) fn representative(&self, class: u32) -> (&'e Question, (usize, u32)) {
        (self.classes[class].question, (self.number, class))
    }

    /// The columns parted by what their questions tell of these keys.
    pub(super) fn cells(&mut self, keys: &[u32], names: &Table<&str>, facts: &mut Facts<'_>) -> Rc<[Cell]> {
        if let Some(known) = self.cells.get(keys) {
            return Rc::clone(known);
        }
        let mut parts: BTreeMap<Box<[u32]>, Vec<u32>> = BTreeMap::new();
        for (class, number) in self.classes.iter().zip(0..) {
            let told = keys.iter().map(|key| {
                let name = names[*key];
                facts.of_question(&class.context, name, class.settled.contains(name))
            });
            parts.entry(told.collect()).or_default().push(number);
        }
        let is_one = parts.len() == 1;
        let cells: Vec<Cell> = parts
            .into_iter()
            .map(|(facts, classes)| {
                let class = classes.first().copied().unwrap_or_default();
                Cell { class, facts, span: if is_one { EVERY_COLUMN } else { self.span_of_classes(&classes) } }
            })
            .collect();
        let cells: Rc<[Cell]> = cells.into();
        self.cells.insert(keys.into(), Rc::clone(&cells));
        cells
    }

    fn span_of_classes(&mut self, classes: &[u32]) -> u32 {
        let columns = classes.iter().flat_map(|class| self.classes[*class].columns.iter().copied());
        self.keep(columns.collect())
    }

    pub(super) fn span(&self, number: u32) -> &Rc<Span> {
        &self.spans[number]
    }

    /// The number of a set of columns.
    pub(super) fn keep(&mut self, bits: Bits) -> u32 {
        match bits.count() {
            0 => NO_COLUMN,
            all if all == self.questions.len() => EVERY_COLUMN,
            _ => self.spans.number(Rc::new(bits.into())),
        }
    }

    /// The number of the set of one column.
    pub(super) fn keep_one(&mut self, column: u32) -> u32 {
        if let Some(known) = self.single.get(&column) {
            return *known;
        }
        let number = self.spans.number(Rc::new(Span::Few([column].into())));
        self.single.insert(column, number);
        number
    }

    /// The columns in both.
    pub(super) fn within(&mut self, one: u32, other: u32) -> u32 {
        match (one, other) {
            (NO_COLUMN, _) | (_, NO_COLUMN) => return NO_COLUMN,
            (EVERY_COLUMN, other) => return other,
            (one, EVERY_COLUMN) => return one,
            (one, other) if one == other => return one,
            _ => {}
        }
        let pair = (one.min(other), one.max(other));
        if let Some(known) = self.intersections.get(&pair) {
            return *known;
        }
        let both = self.spans[one].within(&self.spans[other]);
        let number = if both.is_empty() { NO_COLUMN } else { self.spans.number(Rc::new(both)) };
        if self.intersections.len() >= MOST_KEPT {
            self.intersections.clear();
        }
        self.intersections.insert(pair, number);
        number
    }

    /// Adds the columns whose resources begin with `prefix` and go on as `rest` says.
    pub(super) fn add_matching(&self, prefix: &str, rest: impl Fn(&str) -> bool, bits: &mut Bits) {
        let from = self.sorted.partition_point(|(resource, _)| *resource < prefix);
        for (resource, column) in self.sorted.get(from..).unwrap_or_default() {
            let Some(behind) = resource.strip_prefix(prefix) else { return };
            if rest(behind) {
                bits.insert(*column);
            }
        }
    }
}

fn classes<'e>(questions: &[&'e Question], facts: &Facts<'_>) -> Table<Class<'e>> {
    let mut out: Vec<Class<'e>> = Vec::new();
    let mut places: HashMap<(Context, &'e BTreeMap<String, String>), usize> = HashMap::new();
    for (question, column) in questions.iter().zip(0..) {
        let context = facts.context_of_question(question);
        let place = *places.entry((context, &question.context)).or_insert_with_key(|(context, _)| {
            let settled = question.context.keys().map(|key| key.to_lowercase()).collect();
            out.push(Class { question, context: context.clone(), settled, columns: Vec::new() });
            out.len() - 1
        });
        if let Some(class) = out.get_mut(place) {
            class.columns.push(column);
        }
    }
    let mut table = Table::default();
    out.into_iter().for_each(|class| {
        table.push(class);
    });
    table
}
