//! Turns the rows of one check into findings, and keeps the promise that what could not be looked at never passes.
//!
//! The tables that a check reads are known from its query. A scan leaves a *gap* where a call for one of them was denied,
//! throttled, failed or skipped, or where the table was never collected at all.
//!
//! A gap *bears on* a row of the same account when it lies in the row's region or is global, when the row is
//! global, or when the check's scope is the account. A gap in the detail of one named resource bears on that resource
//! alone if the gap is in the check's resource table and the check's scope is the row.
//!
//! | row | with a gap that bears on it |
//! |---|---|
//! | `pass`, `skip` | `unknown`: they rest on having seen everything |
//! | `fail` of a check that fails on absence | `unknown`: what is missing may stand in the gap |
//! | `fail` of a check that fails on presence | stays, unless the gap is in the detail of that very resource |
//! | `unknown` | stays |
//!
//! A call that does not exist in a region (the service is not offered there, or not yet whole) is told apart from one that
//! failed: what rests on it is `skip`. A list that does not exist bears on its own region alone, for there is nothing there that
//! an answer about the account could miss.
//!
//! A gap that turned no row into `unknown` is told by itself: one `unknown` an account and region, about a resource
//! `arn:<partition>:sightline:<region>:<account>:table/<table>` (see [`scope_arn`]). So a list that was denied, and hence
//! gave no rows, is no silence. A query that fails gives one such `unknown` an account. An account where the resource table
//! is unsupported in every region gives one quiet `skip`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use sightline_model::finding::fingerprint;
use sightline_model::resource::GLOBAL;
use sightline_model::untrusted::shortened;
use sightline_model::{Finding, Status};

use crate::Context;
use crate::check::{Check, FailsOn, Scope};
use crate::gap::{Gap, Inspected, Scan};

/// Characters of a reason.
const REASON_LIMIT: usize = 500;
/// What columns for the fix begin with.
pub(crate) const FIX_COLUMN: &str = "fix_";
/// Bytes of a value for the fix; a longer one is left out.
const FIX_VALUE_LIMIT: usize = 1_000;
/// Values for one fix.
const FIX_VALUES: usize = 16;
/// Gaps that a reason tells of; the others are counted.
const GAPS_TOLD: usize = 3;

/// One row of a check's query.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    resource: Option<String>,
    status: Option<String>,
    reason: Option<String>,
    account_id: Option<String>,
    region: Option<String>,
    title: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

impl Row {
    /// The columns `fix_<name>`.
    fn fix_values(&self) -> BTreeMap<String, String> {
        let value = |(column, value): (&String, &Value)| {
            let text = match value {
                Value::Null => return None,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let name = column.strip_prefix(FIX_COLUMN)?;
            // A shortened value would name something else.
            (text.len() <= FIX_VALUE_LIMIT).then(|| (name.to_owned(), text))
        };
        self.others.iter().filter_map(value).take(FIX_VALUES).collect()
    }
}

/// What the check says of one resource, before gaps are considered.
struct Answer {
    status: Status,
    reason: String,
    title: String,
    fix_values: BTreeMap<String, String>,
}

/// Account, region, resource.
type Place = (String, String, String);

/// One check under evaluation.
pub(crate) struct Judge<'a> {
    pub(crate) check: &'a Check,
    pub(crate) inspected: &'a Inspected,
    pub(crate) context: &'a Context<'a>,
}

impl Judge<'_> {
    /// The findings of a query that ran. `gaps` are those of the tables that it read.
    pub(crate) fn findings(&self, rows: Vec<Row>, gaps: &[Gap]) -> Vec<Finding> {
        let mut told = vec![false; gaps.len()];
        let mut findings = Vec::new();
        for (place, answer) in self.merged(rows) {
            let decisive: Vec<usize> = gaps
                .iter()
                .enumerate()
                .filter(|(_, gap)| self.overturns(gap, &place, answer.status))
                .map(|(i, _)| i)
                .collect();
            let mut finding = self.finding(&place, &answer);
            if !decisive.is_empty() {
                for index in &decisive {
                    if let Some(told) = told.get_mut(*index) {
                        *told = true;
                    }
                }
                let (absent, missed): (Vec<&Gap>, Vec<&Gap>) =
                    decisive.iter().filter_map(|index| gaps.get(*index)).partition(|gap| gap.absent);
                if missed.is_empty() {
                    make_skip(&mut finding, &absent);
                } else {
                    make_unknown(&mut finding, &missed);
                }
            }
            findings.push(finding);
        }
        let untold = gaps.iter().zip(&told).filter(|(gap, told)| !**told && !gap.absent);
        let silent: Vec<&Gap> = untold.map(|(gap, _)| gap).collect();
        findings.extend(self.scopes(&silent));
        findings.extend(self.nothing_to_inspect(&findings));
        findings
    }

    /// The findings of a query that did not run: one an account.
    pub(crate) fn failed(&self, error: &str) -> Vec<Finding> {
        let reason = format!("the query could not run: {}", shortened(error, 300));
        let one = |scan: &Scan| {
            let answer = Answer {
                status: Status::Unknown,
                reason: reason.clone(),
                title: self.check.declaration.resource.clone(),
                fix_values: BTreeMap::new(),
            };
            self.finding(&self.scope_place(scan, GLOBAL), &answer)
        };
        self.inspected.scans.iter().map(one).collect()
    }

    /// One answer a resource: the worst status wins, and its reasons are kept.
    fn merged(&self, mut rows: Vec<Row>) -> BTreeMap<Place, Answer> {
        // Queries give rows in any order; the same rows must give the same words.
        rows.sort_by_cached_key(|row| (row.reason.clone(), row.fix_values()));
        let mut merged: BTreeMap<Place, Answer> = BTreeMap::new();
        for row in rows {
            let fix_values = row.fix_values();
            let place =
                (row.account_id.unwrap_or_default(), row.region.unwrap_or_default(), row.resource.unwrap_or_default());
            let (status, reason) = status_of(row.status.as_deref(), row.reason.unwrap_or_default(), &place);
            let title = row.title.unwrap_or_default();
            let Some(known) = merged.get_mut(&place) else {
                merged.insert(place, Answer { status, reason, title, fix_values });
                continue;
            };
            if known.status == status && !known.reason.contains(&reason) {
                known.reason = format!("{}; {reason}", known.reason);
            } else if rank(status) > rank(known.status) {
                (known.status, known.reason, known.fix_values) = (status, reason, fix_values);
            }
        }
        merged
    }

    /// Whether the gap leaves open what the row says.
    fn overturns(&self, gap: &Gap, (account_id, region, resource): &Place, status: Status) -> bool {
        let declaration = &self.check.declaration;
        let far_too = declaration.scope == Scope::Account || region == GLOBAL;
        let no_such_list = gap.absent && gap.target.is_empty();
        let near = gap.region == GLOBAL || gap.region == *region || (far_too && !no_such_list);
        let of_another_row = declaration.scope == Scope::Row
            && gap.table == declaration.resource
            && !gap.target.is_empty()
            && gap.target != *resource;
        let bears = gap.account_id == *account_id && near && !of_another_row;
        match status {
            Status::Unknown => false,
            Status::Skip if gap.absent => false,
            Status::Fail if declaration.fails_on == FailsOn::Presence => {
                gap.account_id == *account_id && gap.target == *resource
            }
            Status::Pass | Status::Skip | Status::Fail => bears,
        }
    }

    /// One `unknown` for each account and region of these gaps.
    fn scopes(&self, gaps: &[&Gap]) -> Vec<Finding> {
        let mut by_scope: BTreeMap<(&str, &str), Vec<&Gap>> = BTreeMap::new();
        for gap in gaps {
            by_scope.entry((&gap.account_id, &gap.region)).or_default().push(gap);
        }
        let mut findings = Vec::new();
        for ((account_id, region), gaps) in by_scope {
            let Some(scan) = self.inspected.scans.iter().find(|scan| scan.account_id == account_id) else { continue };
            let answer = Answer {
                status: Status::Unknown,
                reason: String::new(),
                title: self.check.declaration.resource.clone(),
                fix_values: BTreeMap::new(),
            };
            let mut finding = self.finding(&self.scope_place(scan, region), &answer);
            make_unknown(&mut finding, &gaps);
            findings.push(finding);
        }
        findings
    }

    fn nothing_to_inspect(&self, findings: &[Finding]) -> Vec<Finding> {
        let table = &self.check.declaration.resource;
        let quiet = |scan: &&Scan| {
            self.inspected.is_unsupported(&scan.account_id, table)
                && !findings.iter().any(|finding| finding.account_id == scan.account_id)
        };
        let one = |scan: &Scan| {
            let reason = format!("no scanned region has what `{table}` lists");
            self.finding(
                &self.scope_place(scan, GLOBAL),
                &Answer { status: Status::Skip, reason, title: table.clone(), fix_values: BTreeMap::new() },
            )
        };
        self.inspected.scans.iter().filter(quiet).map(one).collect()
    }

    fn scope_place(&self, scan: &Scan, region: &str) -> Place {
        let arn = scope_arn(&scan.partition, &scan.account_id, region, &self.check.declaration.resource);
        (scan.account_id.clone(), region.to_owned(), arn)
    }

    fn finding(&self, (account_id, region, resource): &Place, answer: &Answer) -> Finding {
        let scan = self.inspected.scans.iter().find(|scan| scan.account_id == *account_id);
        Finding {
            run_id: self.context.run.to_string(),
            scan_id: scan.map(|scan| scan.scan_id.clone()).unwrap_or_default(),
            check_id: self.check.id.clone(),
            title: self.check.declaration.title.clone(),
            status: answer.status,
            severity: self.check.declaration.severity,
            account_id: account_id.clone(),
            region: region.clone(),
            resource: resource.clone(),
            resource_title: answer.title.clone(),
            reason: shortened(&answer.reason, REASON_LIMIT),
            missing_actions: Vec::new(),
            fingerprint: fingerprint(&self.check.id, account_id, region, resource),
            evaluated_at: self.context.now,
            fix_values: answer.fix_values.clone(),
        }
    }
}

/// The id of "this table in this place", for findings that no resource can carry.
pub fn scope_arn(partition: &str, account_id: &str, region: &str, table: &str) -> String {
    let region = if region == GLOBAL { "" } else { region };
    format!("arn:{partition}:sightline:{region}:{account_id}:table/{table}")
}

/// A row that breaks the contract of columns is not decided.
fn status_of(word: Option<&str>, reason: String, (account_id, region, resource): &Place) -> (Status, String) {
    if account_id.is_empty() || region.is_empty() || resource.is_empty() {
        return (Status::Unknown, "the check gave a row without account, region or resource".to_owned());
    }
    match word.unwrap_or_default().parse() {
        Ok(status) => (status, reason),
        Err(error) => (Status::Unknown, format!("the check gave no status: {error}")),
    }
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Skip => 0,
        Status::Pass => 1,
        Status::Unknown => 2,
        Status::Fail => 3,
    }
}

fn make_skip(finding: &mut Finding, gaps: &[&Gap]) {
    finding.status = Status::Skip;
    finding.reason = shortened(&format!("cannot be judged here: {}", causes(gaps)), REASON_LIMIT);
}

/// What happened, each once, the first few in words.
fn causes(gaps: &[&Gap]) -> String {
    let all: BTreeSet<&str> = gaps.iter().map(|gap| gap.cause.as_str()).collect();
    let told = all.iter().take(GAPS_TOLD).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(GAPS_TOLD) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

fn make_unknown(finding: &mut Finding, gaps: &[&Gap]) {
    let mut actions: Vec<String> = gaps.iter().flat_map(|gap| gap.actions.iter().cloned()).collect();
    actions.sort();
    actions.dedup();
    let mut reason = format!("could not tell: {}", causes(gaps));
    if !actions.is_empty() {
        reason.push_str(&format!(
            "; grant {}",
            actions.iter().map(|action| format!("`{action}`")).collect::<Vec<_>>().join(", ")
        ));
    }
    finding.status = Status::Unknown;
    finding.reason = shortened(&reason, REASON_LIMIT);
    finding.missing_actions = actions;
}
