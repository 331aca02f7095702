//! Answers of the same name, client and data within an hour become one row.

use crate::Part;
use crate::flow::interner::{Interner, Texts};
use sightline_columns::{Row, TableBuilder};
use sightline_model::lake_table::DNS_ANSWER;
use std::ops::Range;

const HOUR: i64 = 3_600_000_000;
/// Bytes of rows that go to the sink at once.
const PART: usize = 8 << 20;
/// Bytes of texts that are held beyond which the rollup counts as full, however few rows they make: names may be long.
const FULL: usize = 64 << 20;
/// Stands behind each of several texts that are held as one.
const END: char = '\0';

/// Columns that tell who asked.
const ASKER: [&str; 6] = ["account_id", "region", "vpc_id", "client_addr", "instance_id", "resolver_endpoint_id"];
/// Columns that tell what was asked.
const QUESTION: [&str; 3] = ["query_name", "query_type", "response_code"];
/// Columns that tell one answer.
const ANSWER: [&str; 2] = ["answer", "answer_type"];
/// Columns that tell what the firewall did.
const FIREWALL: [&str; 3] = ["firewall_action", "firewall_rule_group_id", "firewall_domain_list_id"];

/// Rows of `dns_answer` under construction. The first record of a row is its evidence.
///
/// INVARIANT: rows come out in the order in which their first record went in, and their queries are as many as were added.
#[derive(Debug, Default)]
pub(crate) struct Rollup {
    askers: Texts,
    questions: Texts,
    answers: Texts,
    firewalls: Texts,
    keys: Interner<Key>,
    /// what each key has, in the keys' order
    sums: Vec<Sums>,
    objects: Vec<Box<str>>,
    joined: String,
}

/// What the records of a row agree in, by the numbers of its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    hour: i64,
    asker: u32,
    question: u32,
    answer: u32,
    firewall: u32,
}

#[derive(Debug, Clone)]
struct Sums {
    queries: i64,
    /// in microseconds since 1970
    seen: Range<i64>,
    object: usize,
    line: i64,
}

/// One query, whose answers are to come.
#[derive(Debug)]
pub(crate) struct Asked {
    key: Key,
    sums: Sums,
}

/// A query's texts, each in the order of its columns.
#[derive(Debug)]
pub(crate) struct Observation<'a> {
    pub(crate) asker: [&'a str; ASKER.len()],
    pub(crate) question: [&'a str; QUESTION.len()],
    pub(crate) firewall: [&'a str; FIREWALL.len()],
    /// in microseconds since 1970
    pub(crate) time: i64,
    pub(crate) object: &'a str,
    pub(crate) line: i64,
}

impl Rollup {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the rows must go: there are so many, or they take too much memory.
    pub(crate) fn is_full(&self, rows: usize) -> bool {
        let texts = [&self.askers, &self.questions, &self.answers, &self.firewalls];
        self.len() >= rows || texts.into_iter().map(Texts::weight).sum::<usize>() >= FULL
    }

    /// Begins a query.
    pub(crate) fn ask(&mut self, seen: &Observation<'_>) -> Asked {
        let key = Key {
            hour: seen.time.div_euclid(HOUR),
            asker: self.askers.number(join(&mut self.joined, &seen.asker)),
            question: self.questions.number(join(&mut self.joined, &seen.question)),
            firewall: self.firewalls.number(join(&mut self.joined, &seen.firewall)),
            answer: 0,
        };
        let sums = Sums { queries: 1, seen: seen.time..seen.time, object: self.object(seen.object), line: seen.line };
        Asked { key, sums }
    }

    /// Adds an answer of the query, or the query itself with an empty one.
    pub(crate) fn add(&mut self, asked: &Asked, answer: [&str; ANSWER.len()]) {
        let answer = self.answers.number(join(&mut self.joined, &answer));
        self.put(Key { answer, ..asked.key }, &asked.sums);
    }

    /// Adds the rows of another rollup, such as that of another thread.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        for (key, sums) in other.keys.all().iter().zip(&other.sums) {
            let key = Key {
                hour: key.hour,
                asker: self.askers.number(other.askers.get(key.asker)),
                question: self.questions.number(other.questions.get(key.question)),
                answer: self.answers.number(other.answers.get(key.answer)),
                firewall: self.firewalls.number(other.firewalls.get(key.firewall)),
            };
            let object = self.object(other.objects.get(sums.object).map_or("", |object| object));
            self.put(key, &Sums { object, ..sums.clone() });
        }
        other.clear();
    }

    /// Gives the rows to the sink, in parts of bounded size, and begins anew.
    pub(crate) fn take(&mut self, sink: &mut dyn FnMut(Part)) {
        let mut builder = TableBuilder::new(DNS_ANSWER);
        let mut give = |builder: &mut TableBuilder| {
            if let Some(rows) = builder.take() {
                sink(Part { table: DNS_ANSWER, rows });
            }
        };
        for place in 0..self.len() {
            self.write(place, builder.row());
            if builder.bytes() >= PART {
                give(&mut builder);
            }
        }
        give(&mut builder);
        self.clear();
    }

    /// Writes the row of this place, which there must be.
    pub(crate) fn write(&self, place: usize, mut row: Row<'_>) {
        let (Some(key), Some(sums)) = (self.keys.all().get(place), self.sums.get(place)) else { return };
        row.time("hour", key.hour.saturating_mul(HOUR));
        split(&mut row, &ASKER, self.askers.get(key.asker));
        split(&mut row, &QUESTION, self.questions.get(key.question));
        split(&mut row, &ANSWER, self.answers.get(key.answer));
        split(&mut row, &FIREWALL, self.firewalls.get(key.firewall));
        row.int("queries", sums.queries).time("first_seen", sums.seen.start).time("last_seen", sums.seen.end);
        row.text("object", self.objects.get(sums.object).map_or("", |object| object)).int("line", sums.line);
    }

    /// Forgets the rows.
    pub(crate) fn clear(&mut self) {
        for texts in [&mut self.askers, &mut self.questions, &mut self.answers, &mut self.firewalls] {
            texts.clear();
        }
        self.keys.clear();
        self.sums.clear();
        self.objects.clear();
    }

    fn put(&mut self, key: Key, more: &Sums) {
        let place = self.keys.number(key) as usize;
        match self.sums.get_mut(place) {
            Some(sums) => {
                sums.queries = sums.queries.saturating_add(more.queries);
                sums.seen.start = sums.seen.start.min(more.seen.start);
                sums.seen.end = sums.seen.end.max(more.seen.end);
            }
            None => self.sums.push(more.clone()),
        }
    }

    /// Objects come one after the other: the last one is it, or it is new.
    fn object(&mut self, uri: &str) -> usize {
        if self.objects.last().is_none_or(|last| **last != *uri) {
            self.objects.push(uri.into());
        }
        self.objects.len() - 1
    }
}

/// The texts as one, each with its end.
fn join<'j>(joined: &'j mut String, texts: &[&str]) -> &'j str {
    joined.clear();
    for text in texts {
        match text.contains(END) {
            true => joined.extend(text.chars().filter(|character| *character != END)),
            false => joined.push_str(text),
        }
        joined.push(END);
    }
    joined
}

fn split(row: &mut Row<'_>, names: &[&str], joined: &str) {
    let mut texts = joined.split(END);
    for name in names {
        row.text(name, texts.next().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, RecordBatch};
    use arrow::datatypes::Int64Type;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn add(rollup: &mut Rollup, name: &str, hour: i64, second: i64, object: &str) {
        let time = hour * HOUR + second * 1_000_000;
        let asked = rollup.ask(&Observation {
            asker: [""; 6],
            question: [name, "", ""],
            firewall: [""; 3],
            time,
            object,
            line: second,
        });
        rollup.add(&asked, ["", ""]);
    }

    fn taken(rollup: &mut Rollup) -> Vec<RecordBatch> {
        let mut all = Vec::new();
        rollup.take(&mut |part| all.push(part.rows));
        all
    }

    /// Name and hour with the queries and the object.
    fn told(batches: &[RecordBatch]) -> BTreeMap<(String, i64), (i64, String)> {
        let mut told = BTreeMap::new();
        for batch in batches {
            let text =
                |name: &str, row: usize| batch.column_by_name(name).unwrap().as_string::<i32>().value(row).to_owned();
            let times =
                batch.column_by_name("hour").unwrap().as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
            let queries = batch.column_by_name("queries").unwrap().as_primitive::<Int64Type>();
            for row in 0..batch.num_rows() {
                let key = (text("query_name", row), times.value(row) / HOUR);
                assert!(told.insert(key, (queries.value(row), text("object", row))).is_none(), "one row a key");
            }
        }
        told
    }

    #[test]
    fn texts_that_join_alike_are_not_one() {
        let mut rollup = Rollup::default();
        for asker in [["ab", "c", "", "", "", ""], ["a", "bc", "", "", "", ""], ["a\0b", "c", "", "", "", ""]] {
            let [question, firewall] = [[""; 3]; 2];
            let asked = rollup.ask(&Observation { asker, question, firewall, time: 0, object: "o", line: 1 });
            rollup.add(&asked, ["", ""]);
        }
        assert_eq!(rollup.len(), 2);
        assert!(rollup.is_full(2) && !rollup.is_full(3));
    }

    proptest! {
        /// Divided over threads in any way, the rows are the same.
        #[test]
        fn merged_is_as_if_never_divided(
            seen in prop::collection::vec((0u8..3, -2i64..2, 0i64..3600, any::<bool>()), 0..60),
        ) {
            let (mut whole, mut one, mut other) = (Rollup::default(), Rollup::default(), Rollup::default());
            for (name, hour, second, is_other) in &seen {
                let name = format!("n{name}");
                add(&mut whole, &name, *hour, *second, "o");
                add(if *is_other { &mut other } else { &mut one }, &name, *hour, *second, "o");
            }
            one.merge(&mut other);
            prop_assert!(other.len() == 0);
            let whole = told(&taken(&mut whole));
            prop_assert_eq!(&told(&taken(&mut one)), &whole);
            prop_assert!(one.len() == 0 && taken(&mut one).is_empty());
            prop_assert_eq!(whole.values().map(|(queries, _)| queries).sum::<i64>(), seen.len() as i64);
        }
    }
}
