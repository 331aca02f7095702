//! A declared table: its list, page by page, and the details of each row.

use super::above::Rows;
use super::batch;
use super::detail::{self, NotThere, not_bound};
use super::plan::is_region;
use super::row::{self, Given};
use super::visit::{Found, Visit};
use crate::catalogue::shape::column_name;
use crate::catalogue::{Declared, Detail, List, filled};
use futures::{StreamExt, stream};
use serde_json::{Map, Value};
use sightline_model::Outcome;
use std::num::NonZeroUsize;

/// One listing: what it is asked with and what its rows get from the row above.
#[derive(Default)]
struct Listing {
    input: Map<String, Value>,
    columns: Map<String, Value>,
    /// ARN of the row above.
    target: String,
}

/// Reads the table. `above` are the rows of the parent, none for a table without one.
pub(super) async fn collect(visit: &Visit<'_>, declared: &Declared, above: Option<&Rows>) {
    let Some(above) = above else { return list(visit, declared, Listing::default()).await };
    visit.nothing_to_ask(&declared.list.call);
    let listings = above.each().filter_map(|row| match row {
        Ok(row) => listing(visit, declared, row),
        Err(error) => {
            visit.missed(&declared.list.call, "", Outcome::Failed, "NotKept", &error.to_string());
            None
        }
    });
    let tasks = stream::iter(listings).map(|listing| list(visit, declared, listing));
    // Each holds a page, whose rows are made at once as well.
    tasks.buffer_unordered(visit.scan.concurrency.div_ceil(2)).for_each(|()| async {}).await;
}

fn listing(visit: &Visit<'_>, declared: &Declared, above: Map<String, Value>) -> Option<Listing> {
    let list = &declared.list;
    let parent = list.parent.as_ref()?;
    let target = row::text_of(&above, "arn").unwrap_or_default();
    let mut listing = Listing { target, ..Listing::default() };
    for (input, column) in &parent.bind {
        let Some(value) = above.get(column) else {
            visit.missed(&list.call, &listing.target, Outcome::Failed, "NotBound", &not_bound(input, column));
            return None;
        };
        listing.input.insert(input.clone(), value.clone());
        listing.columns.insert(column_name(input, &declared.row.rename), value.clone());
    }
    for (column, from) in &parent.carry {
        if let Some(value) = above.get(from) {
            listing.columns.insert(column.clone(), value.clone());
        }
    }
    Some(listing)
}

async fn list(visit: &Visit<'_>, declared: &Declared, listing: Listing) {
    for constant in &declared.list.inputs {
        let mut input = listing.input.clone();
        input.extend(constant.iter().map(|(name, value)| (name.clone(), filled(value, visit.account_id()))));
        let mut columns = listing.columns.clone();
        for name in &declared.list.echo {
            if let Some(value) = constant.get(name) {
                columns.insert(column_name(name, &declared.row.rename), value.clone());
            }
        }
        pages(visit, declared, input, &columns, &listing.target).await;
    }
}

async fn pages(
    visit: &Visit<'_>,
    declared: &Declared,
    input: Map<String, Value>,
    columns: &Map<String, Value>,
    target: &str,
) {
    let list = &declared.list;
    let mut pages = visit.pages(&list.call, visit.call_region(), Value::Object(input.clone()));
    let mut left = list.newest.map_or(usize::MAX, NonZeroUsize::get);
    while left > 0 {
        let mut items = match visit.next(&list.call, &mut pages).await {
            None => return,
            Some(Ok(page)) => items(list, page),
            Some(Err(refusal)) if refusal.is_one_of(&list.absent) => {
                visit.answered(&list.call);
                if list.absent_row { vec![Value::Object(Map::new())] } else { Vec::new() }
            }
            Some(Err(refusal)) => {
                let mut failure = refusal.failure(target);
                if list.unsupported.contains(&failure.code) {
                    failure.outcome = Outcome::Unsupported;
                }
                visit.failed(&list.call, failure);
                return;
            }
        };
        items.truncate(left);
        left -= items.len();
        let items = match &declared.batch {
            Some(batch) => batch::described(visit, batch, &input, items, target).await,
            None => items,
        };
        let rows = stream::iter(items).map(|item| one(visit, declared, item, columns));
        rows.buffer_unordered(visit.scan.concurrency).for_each(|()| async {}).await;
    }
}

fn items(list: &List, page: Value) -> Vec<Value> {
    match (row::follow(page, &list.items), list.single) {
        (Value::Null, true) => vec![Value::Object(Map::new())],
        (one, true) => vec![one],
        (Value::Array(items), false) => items,
        (_, false) => Vec::new(),
    }
}

/// Makes one row: the item, its details, the finish.
async fn one(visit: &Visit<'_>, declared: &Declared, item: Value, columns: &Map<String, Value>) {
    let rules = &declared.row;
    let mut row = columns.clone();
    match (&declared.list.item, item) {
        (Some(column), item) => {
            row.insert(column.clone(), item);
        }
        (None, item) => row::merge(&mut row, item, &rules.rename),
    }
    if row::is_skipped(rules, &row) || is_repeated(visit, declared, &row) {
        return;
    }
    let mut misses = Vec::new();
    for wanted in &declared.details {
        // What the details before brought may decide.
        if !row::holds(&wanted.when, &row) {
            continue;
        }
        let region = region(visit, declared, &row);
        if let Err(missed) = detail::add(visit, wanted, &region, &mut row, &declared.row).await {
            misses.push((wanted, missed));
        }
    }
    emit(visit, declared, row, misses).await;
}

fn is_repeated(visit: &Visit<'_>, declared: &Declared, row: &Map<String, Value>) -> bool {
    let region = region(visit, declared, row);
    let arn = row::arn(&declared.row, row, &given(visit, &region));
    declared.row.unique && arn.is_some_and(|arn| !visit.first_seen(&arn))
}

async fn emit(visit: &Visit<'_>, declared: &Declared, row: Map<String, Value>, misses: Vec<(&Detail, NotThere)>) {
    let list = &declared.list.call;
    let region = region(visit, declared, &row);
    let finished = row::finish(&declared.row, row, &given(visit, &region));
    let target = finished.arn.clone().unwrap_or_default();
    for (wanted, missed) in misses {
        detail::note(visit, wanted, missed, &target);
    }
    let Some(arn) = finished.arn else {
        visit.missed(
            list,
            "",
            Outcome::Failed,
            "NotIdentified",
            "a resource lacks the columns that its ARN is made of",
        );
        return;
    };
    let region = declared.row.region.is_some().then_some(region);
    let found = Found { arn, title: finished.title, tags: finished.tags, config: finished.config, region };
    visit.emit(list, found).await;
}

/// The row's own region where it has one, else that of the visit. It becomes part of a host's name.
fn region(visit: &Visit<'_>, declared: &Declared, row: &Map<String, Value>) -> String {
    let own = declared.row.region.as_ref().and_then(|column| row::text_of(row, column)).filter(|name| is_region(name));
    own.unwrap_or_else(|| visit.call_region().to_owned())
}

fn given<'g>(visit: &'g Visit<'_>, region: &'g str) -> Given<'g> {
    Given { partition: visit.partition(), account_id: visit.account_id(), region }
}
