//! A header as the fast reading sees it: what is parsed, and what is compared with what came before.

use super::columns::Columns;
use super::field::{Field, Named, Part};

/// A number that is parsed, and its place among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    SourcePort,
    DestinationPort,
    Protocol,
    TcpFlags,
    Packets,
    Bytes,
    Start,
    End,
}

impl Number {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::End as usize + 1;
}

/// An address that is parsed, and its place among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Source,
    Destination,
    PacketSource,
    PacketDestination,
}

/// Columns that lie side by side and are read alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// so many texts, which are compared
    Texts(usize),
    Numbers(Vec<Number>),
    Address(Address),
    /// a column that nobody knows: its value may be anything
    Unknown,
}

/// How the lines of a format are read.
///
/// INVARIANT: each column is parsed, compared or checked, so that no byte of a line is passed over unseen.
#[derive(Debug)]
pub(crate) struct Plan {
    /// each with the byte that ends it
    pub(crate) steps: Vec<(Step, u8)>,
    pub(crate) has_start: bool,
    pub(crate) has_end: bool,
    /// whether most words of a record are such that it cannot be taken for a header
    pub(crate) is_never_header: bool,
}

impl Plan {
    /// The plan for a format; `None` where its lines must be read word by word.
    pub(crate) fn of(columns: &Columns) -> Option<Self> {
        let names = columns.names();
        let fields = || names.iter().filter_map(|name| name.field());
        let is_twice = |field| fields().filter(|other| *other == field).count() > 1;
        if columns.lacks().is_some() || fields().any(is_twice) {
            return None;
        }
        let mut steps: Vec<Step> = Vec::new();
        for name in names {
            match (step(*name, columns), steps.last_mut()) {
                (Step::Texts(_), Some(Step::Texts(count))) => *count += 1,
                (Step::Numbers(more), Some(Step::Numbers(numbers))) => numbers.extend(more),
                (step, _) => steps.push(step),
            }
        }
        let last = steps.len().wrapping_sub(1);
        let end = |place| if place == last { b'\n' } else { b' ' };
        Some(Self {
            steps: steps.into_iter().enumerate().map(|(place, step)| (step, end(place))).collect(),
            has_start: columns.has(Field::Start),
            has_end: columns.has(Field::End),
            is_never_header: fields().filter(|field| field.is_strict()).count() * 2 >= names.len(),
        })
    }

    /// The texts of a line whose words stand one behind the other, each with what follows it.
    pub(crate) fn texts<'t>(&self, line: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
        let mut rest = line;
        self.steps.iter().filter_map(move |(step, _)| {
            let words = match step {
                Step::Texts(count) => *count,
                Step::Numbers(numbers) => numbers.len(),
                Step::Address(_) | Step::Unknown => 1,
            };
            let end = memchr::memchr2_iter(b' ', b'\n', rest).nth(words - 1).map_or(rest.len(), |end| end + 1);
            let (text, behind) = rest.split_at_checked(end).unwrap_or_default();
            rest = behind;
            matches!(step, Step::Texts(_)).then_some(text)
        })
    }
}

fn step(name: Named, columns: &Columns) -> Step {
    let field = match name {
        Named::Unknown => return Step::Unknown,
        Named::PassedOver => return Step::Texts(1),
        Named::Read(field) if field.part() == Part::Text => return Step::Texts(1),
        Named::Read(field) => field,
    };
    let number = |number| Step::Numbers(vec![number]);
    match field {
        Field::SrcPort => number(Number::SourcePort),
        Field::DstPort => number(Number::DestinationPort),
        Field::Protocol => number(Number::Protocol),
        Field::TcpFlags => number(Number::TcpFlags),
        Field::Packets => number(Number::Packets),
        Field::Bytes => number(Number::Bytes),
        Field::Start => number(Number::Start),
        Field::End => number(Number::End),
        Field::DstAddr => Step::Address(Address::Destination),
        Field::PktSrcAddr if columns.has(Field::SrcAddr) => Step::Address(Address::PacketSource),
        Field::PktDstAddr if columns.has(Field::DstAddr) => Step::Address(Address::PacketDestination),
        Field::PktDstAddr => Step::Address(Address::Destination),
        _ => Step::Address(Address::Source),
    }
}
