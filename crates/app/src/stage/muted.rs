//! Findings beside the mutes that the configuration holds.

use crate::config::{Config, MuteRule};
use crate::print;
use jiff::civil::Date;
use serde::Serialize;
use sightline_check::Check;
use sightline_model::pattern::matches;
use sightline_model::{Finding, Mute, Severity, Status};

/// A finding, and why it does not count, where it does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Told {
    #[serde(flatten)]
    pub finding: Finding,
    pub mute: Option<Mute>,
}

impl Told {
    /// Whether it is a failure or undecided, and nobody muted it.
    pub(crate) fn counts(&self) -> bool {
        self.mute.is_none() && is_open(self.finding.status)
    }

    /// Whether it counts as a failure of this severity or worse.
    pub(crate) fn fails(&self, at_least: Severity) -> bool {
        self.counts() && self.finding.status == Status::Fail && self.finding.severity >= at_least
    }
}

/// Whether there is something to mute.
pub(crate) fn is_open(status: Status) -> bool {
    matches!(status, Status::Fail | Status::Unknown)
}

/// Puts the mutes of the configuration beside the findings. Mutes that are over mute nothing, and are told; so are those that speak of no
/// check that there is.
pub(crate) fn told(config: &Config, findings: Vec<Finding>, checks: &[Check], today: Date) -> Vec<Told> {
    for rule in &config.mutes {
        if let Some(warning) = doubt(rule, checks, today) {
            print::warning(&warning);
        }
    }
    let in_force: Vec<&MuteRule> = config.mutes.iter().filter(|rule| !rule.is_over(today)).collect();
    let with_mute = |finding: Finding| {
        let rule = in_force.iter().find(|rule| is_open(finding.status) && rule.covers(&finding));
        Told { mute: rule.map(|rule| rule.mute.clone()), finding }
    };
    findings.into_iter().map(with_mute).collect()
}

fn doubt(rule: &MuteRule, checks: &[Check], today: Date) -> Option<String> {
    let (name, mute) = (rule.name(), &rule.mute);
    if !checks.iter().any(|check| matches(&rule.check, &check.id)) {
        Some(format!("the mute of `{name}` matches no check: `sightline checks list` has all"))
    } else if rule.is_over(today) {
        Some(format!("the mute of `{name}` was over on {}, and mutes no more: ask {}", mute.expires, mute.owner))
    } else {
        None
    }
}
