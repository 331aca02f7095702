//! Findings in memory: a hundred thousand must fit, so texts that many have are held once.

use crate::config::MuteRule;
use crate::serve::page::Rows;
use crate::stage::muted::is_open;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use sightline_lake::Session;
use sightline_model::{Finding, Mute, Severity, Status};
use std::borrow::Borrow;
use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;
use utoipa::ToSchema;

/// A text that several rows share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Text(Arc<str>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// A finding as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FindingSummary)]
pub(crate) struct FindingRow {
    /// Names it in every run and every report: 32 hexadecimal digits
    #[schema(value_type = String)]
    pub(crate) fingerprint: Box<str>,
    /// The check
    #[schema(value_type = String)]
    pub(crate) check_id: Text,
    /// The check's title
    #[schema(value_type = String)]
    pub(crate) title: Text,
    /// The answer
    #[schema(value_type = crate::serve::schema::Status)]
    pub(crate) status: Status,
    /// How much a failure matters
    #[schema(value_type = crate::serve::schema::Severity)]
    pub(crate) severity: Severity,
    /// Twelve digits
    #[schema(value_type = String)]
    pub(crate) account_id: Text,
    /// The region's name, or `global`
    #[schema(value_type = String)]
    pub(crate) region: Text,
    /// The resource's ARN
    #[schema(value_type = String)]
    pub(crate) resource: Text,
    /// The name that people know it by
    #[schema(value_type = String)]
    pub(crate) resource_title: Text,
    /// What was seen, or for `unknown` what could not be
    #[schema(value_type = String)]
    pub(crate) reason: Text,
    /// When the check ran
    #[schema(value_type = String, format = DateTime)]
    pub(crate) evaluated_at: Timestamp,
    /// Why it does not count; nothing where it does
    #[schema(value_type = Option<crate::serve::schema::Mute>)]
    pub(crate) mute: Option<Arc<MuteText>>,
}

/// A mute, shared by all that it covers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MuteText(pub(crate) Mute);

impl Serialize for MuteText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl FindingRow {
    /// Whether it is open and nobody muted it.
    pub(crate) fn counts(&self) -> bool {
        self.mute.is_none() && is_open(self.status)
    }
}

/// The worst has the smallest.
pub(crate) fn rank(severity: Severity) -> u8 {
    Severity::Critical as u8 - severity as u8
}

fn status_rank(status: Status) -> u8 {
    match status {
        Status::Fail => 0,
        Status::Unknown => 1,
        Status::Skip => 2,
        Status::Pass => 3,
    }
}

/// Rows at a time: more would be held twice.
pub(super) async fn read(session: &Session, mutes: &[MuteRule], today: Date) -> anyhow::Result<Rows<FindingRow>> {
    let in_force = mutes.iter().filter(|rule| !rule.is_over(today));
    let rules: Vec<(&MuteRule, Arc<MuteText>)> =
        in_force.map(|rule| (rule, Arc::new(MuteText(rule.mute.clone())))).collect();
    let mut texts = Texts::default();
    let mut rows = Vec::new();
    let mut parts = session.parts("SELECT * FROM current_finding").await?;
    while let Some(part) = parts.next().await? {
        for finding in part.rows_as::<Finding>()? {
            let covers = |(rule, _): &&(&MuteRule, _)| is_open(finding.status) && rule.covers(&finding);
            let mute = rules.iter().find(covers).map(|(_, mute)| Arc::clone(mute));
            rows.push(texts.row(finding, mute));
        }
    }
    let key = |row: &FindingRow| {
        format!("{}{}{}\0{}", rank(row.severity), status_rank(row.status), &*row.check_id, row.fingerprint)
    };
    Ok(Rows::new(rows, key))
}

/// Texts, each once.
#[derive(Default)]
struct Texts(HashSet<Arc<str>>);

impl Texts {
    fn text(&mut self, text: String) -> Text {
        if let Some(known) = self.0.get(text.as_str()) {
            return Text(Arc::clone(known));
        }
        let text: Arc<str> = text.into();
        self.0.insert(Arc::clone(&text));
        Text(text)
    }

    fn row(&mut self, finding: Finding, mute: Option<Arc<MuteText>>) -> FindingRow {
        FindingRow {
            fingerprint: finding.fingerprint.into_boxed_str(),
            check_id: self.text(finding.check_id),
            title: self.text(finding.title),
            status: finding.status,
            severity: finding.severity,
            account_id: self.text(finding.account_id),
            region: self.text(finding.region),
            resource: self.text(finding.resource),
            resource_title: self.text(finding.resource_title),
            reason: self.text(finding.reason),
            evaluated_at: finding.evaluated_at,
            mute,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_has_the_smallest_rank() {
        assert!(rank(Severity::Critical) == 0 && rank(Severity::Info) == 4);
    }
}
