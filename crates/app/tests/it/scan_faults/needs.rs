//! What each check needs: the tables it reads, those above them, and the calls that fill these.

use sightline_check::{checks, fixture, tables};
use sightline_collect::catalogue::{Catalogue, catalogue};
use std::collections::BTreeSet;

/// One check and what it stands on.
pub(super) struct Need {
    pub(super) check: String,
    pub(super) tables: BTreeSet<String>,
    /// `service:Operation`
    pub(super) calls: BTreeSet<String>,
}

/// The needs of all checks.
pub(super) fn needs() -> Vec<Need> {
    let (catalogue, now) = (catalogue().unwrap(), "2026-11-22T00:00:00Z".parse().unwrap());
    let schemas = catalogue.schemas();
    let need = |check: sightline_check::Check| {
        let session = fixture::session(&check.cases[0], &schemas, vec![]).unwrap();
        let read = tables(&session, &check, now).unwrap();
        let tables: BTreeSet<String> = read.iter().flat_map(|table| with_parents(&catalogue, table)).collect();
        // Of a table above, it is the list that a table needs.
        let lists = tables.iter().flat_map(|table| calls(&catalogue, table).into_iter().take(1));
        let calls = read.iter().flat_map(|table| calls(&catalogue, table)).chain(lists).collect();
        Need { check: check.id, tables, calls }
    };
    checks().unwrap().into_iter().map(need).collect()
}

/// The calls in groups of which no check needs two: greedily, those that most checks need first.
pub(super) fn batches<'n>(needs: &[&'n Need]) -> Vec<Vec<&'n str>> {
    let all: BTreeSet<&str> = needs.iter().flat_map(|need| need.calls.iter().map(String::as_str)).collect();
    let users = |call: &str| needs.iter().filter(|need| need.calls.contains(call)).count();
    let mut calls: Vec<&str> = all.into_iter().collect();
    calls.sort_by_key(|call| std::cmp::Reverse(users(call)));
    let mut batches: Vec<Vec<&str>> = Vec::new();
    for call in calls {
        let apart = |other: &&str| !needs.iter().any(|need| need.calls.contains(call) && need.calls.contains(*other));
        match batches.iter_mut().find(|batch| batch.iter().all(&apart)) {
            Some(batch) => batch.push(call),
            None => batches.push(vec![call]),
        }
    }
    batches
}

fn with_parents(catalogue: &Catalogue, name: &str) -> Vec<String> {
    let mut whole = vec![name.to_owned()];
    while let Some(parent) = whole.last().and_then(|name| catalogue.table(name)).and_then(|table| table.parent()) {
        whole.push(parent.to_owned());
    }
    whole
}

fn calls(catalogue: &Catalogue, name: &str) -> Vec<String> {
    let calls = catalogue.table(name).map(|table| table.calls()).unwrap_or_default();
    calls
        .into_iter()
        .filter(|call| call.is_of_iam())
        .map(|call| format!("{}:{}", call.service, call.operation))
        .collect()
}
