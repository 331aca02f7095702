//! Fault injection: whatever could not be read, nothing passes on the strength of it, and somebody says so.

use std::collections::BTreeSet;

use serde_json::Value;
use sightline_model::resource::GLOBAL;
use sightline_model::{Finding, Outcome, Status};

use super::{Problem, Ran};
use crate::fixture;
use crate::gap::Covered;

/// The ways in which the calls for a table can end without an answer.
const OUTCOMES: &[Outcome] = &[Outcome::Denied, Outcome::Throttled, Outcome::Failed, Outcome::Skipped];

/// Problems that are told of one test.
const TOLD: usize = 3;

impl Ran<'_> {
    /// Injects every fault. Gives how many, and which of them let something pass.
    pub(super) fn faults(&self) -> (usize, Vec<Problem>) {
        let mut problems = Vec::new();
        let faults =
            self.tables_unread(&mut problems) + self.regions_unread(&mut problems) + self.details_unread(&mut problems);
        problems.truncate(TOLD);
        (faults, problems)
    }

    /// A table was not read at all, or is not spoken of.
    fn tables_unread(&self, problems: &mut Vec<Problem>) -> usize {
        let mut faults = 0;
        for table in &self.tables {
            let unread = OUTCOMES
                .iter()
                .map(|outcome| (format!("`{table}` was {outcome}"), self.with_outcome(table, None, *outcome)));
            let missing = self.whole.iter().filter(|row| row.table_name != *table).cloned().collect();
            for (what, covered) in unread.chain([(format!("`{table}` was never collected"), missing)]) {
                let found = self.judged(covered);
                problems.extend(self.passes(&found, &what, |_| true));
                problems.extend(self.silence(&found, &what, |finding| finding.status == Status::Unknown));
                faults += 1;
            }
        }
        faults
    }

    /// The same with one region of several, or the global calls alone: what lies there does not pass.
    fn regions_unread(&self, problems: &mut Vec<Problem>) -> usize {
        let regions: BTreeSet<&str> = self.whole.iter().map(|row| row.region.as_str()).collect();
        let mut faults = 0;
        for (table, region) in self.tables.iter().flat_map(|table| regions.iter().map(move |region| (table, *region))) {
            let found = self.judged(self.with_outcome(table, Some(region), Outcome::Denied));
            let near = |finding: &Finding| region == GLOBAL || finding.region == region || finding.region == GLOBAL;
            let what = format!("`{table}` was denied in {region}");
            problems.extend(self.passes(&found, &what, near));
            let action = format!("test:List/{table}");
            problems.extend(self.silence(&found, &what, |finding| finding.missing_actions.contains(&action)));
            faults += 1;
        }
        faults
    }

    /// The detail of one resource was denied: that resource does not pass, and the missing action is named.
    fn details_unread(&self, problems: &mut Vec<Problem>) -> usize {
        const ACTION: &str = "test:Get";
        let mut faults = 0;
        for (table, row) in fixture::inventory(self.case).filter(|(table, _)| self.tables.contains(*table)) {
            let arn = row.get("arn").and_then(Value::as_str).unwrap_or_default();
            let (account_id, region) = fixture::place(row);
            let denied = Covered {
                account_id,
                region,
                table_name: table.to_owned(),
                operation: ACTION.to_owned(),
                action: ACTION.to_owned(),
                target: arn.to_owned(),
                outcome: Outcome::Denied,
                error_code: "AccessDenied".to_owned(),
            };
            let found = self.judged(self.whole.iter().cloned().chain([denied]).collect());
            let what = format!("a detail of `{arn}` was denied");
            let decided = |finding: &&Finding| finding.resource == arn && finding.status != Status::Unknown;
            if let Some(finding) = found.iter().find(decided) {
                problems.push(self.problem(&format!("{what}, and yet it is `{}`", finding.status), Vec::new()));
            }
            let names = |finding: &Finding| finding.missing_actions.iter().any(|action| action == ACTION);
            problems.extend(self.silence(&found, &what, names));
            faults += 1;
        }
        faults
    }

    /// The coverage, but for the calls of one table, which ended so.
    fn with_outcome(&self, table: &str, region: Option<&str>, outcome: Outcome) -> Vec<Covered> {
        let mut covered = self.whole.clone();
        let hit = |row: &&mut Covered| row.table_name == table && region.is_none_or(|region| row.region == region);
        for row in covered.iter_mut().filter(hit) {
            row.outcome = outcome;
            row.error_code = "TestFault".to_owned();
        }
        covered
    }

    fn passes(&self, found: &[Finding], what: &str, near: impl Fn(&Finding) -> bool) -> Option<Problem> {
        let passing = found.iter().find(|finding| finding.status == Status::Pass && near(finding))?;
        Some(self.problem(&format!("{what}, and yet `{}` passes", passing.resource), Vec::new()))
    }

    fn silence(&self, found: &[Finding], what: &str, tells: impl Fn(&Finding) -> bool) -> Option<Problem> {
        (!found.iter().any(tells)).then(|| self.problem(&format!("{what}, and no finding says so"), Vec::new()))
    }
}
