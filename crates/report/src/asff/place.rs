//! Whose finding it is and where it is imported: Security Hub takes it from that account, in that region.

use super::NAME;
use crate::{Report, ReportedFinding};
use sightline_model::{Arn, partition};

/// An account and a region of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// twelve digits
    pub(super) account: String,
    pub(super) region: String,
    pub(super) partition: String,
}

/// Where findings go that say too little themselves.
pub(super) struct Places {
    /// the account, where there is one alone
    account: Option<String>,
}

impl Places {
    pub(super) fn of(report: &Report) -> Self {
        let account = match report.scans.as_slice() {
            [scan] if is_account(&scan.account_id) => Some(scan.account_id.clone()),
            _ => None,
        };
        Self { account }
    }

    /// What is of no region goes where AWS has its global services; Security Hub refuses what is of no account.
    pub(super) fn of_finding(&self, row: &ReportedFinding) -> Place {
        let finding = &row.finding;
        let arn = finding.resource.parse::<Arn>().ok();
        let named = [finding.account_id.as_str(), arn.as_ref().map(Arn::account_id).unwrap_or_default()];
        let account = named.into_iter().find(|account| is_account(account)).map(str::to_owned);
        let region = Some(finding.region.as_str()).filter(|region| is_region(region));
        let partition = match (region, arn.as_ref().map(Arn::partition)) {
            (Some(region), _) => partition::of_region(region),
            (None, Some("aws-cn")) => "aws-cn",
            (None, Some("aws-us-gov")) => "aws-us-gov",
            (None, _) => "aws",
        };
        let home = match partition {
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            _ => "us-east-1",
        };
        Place {
            account: account.or_else(|| self.account.clone()).unwrap_or_else(|| "0".repeat(12)),
            region: region.unwrap_or(home).to_owned(),
            partition: partition.to_owned(),
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `us-east-1`, and nothing that means more in the name of a file or an ARN.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = |part: &&str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 32
        && parts.len() >= 3
        && parts.last().is_some_and(is_number)
        && parts.iter().rev().skip(1).all(is_word)
}

/// Whether a file is one that the format writes.
pub(super) fn is_name_of_ours(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(NAME).and_then(|rest| rest.strip_prefix('-')) else { return false };
    let Some((account, rest)) = rest.split_once('-') else { return false };
    let Some((region, number)) = rest.strip_suffix(".json").and_then(|rest| rest.rsplit_once('-')) else {
        return false;
    };
    is_account(account) && is_region(region) && number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ours_are_told_from_others() {
        assert!(is_name_of_ours("asff-123456789012-us-gov-west-1-0001.json"));
        for other in [
            "asff-123456789012-us-east-1-0001.json.bak",
            "asff-notes.json",
            "asff-123456789012-us-east-1-1.json",
            "asff-12345678901-us-east-1-0001.json",
            "asff-123456789012-..-0001.json",
        ] {
            assert!(!is_name_of_ours(other), "{other}");
        }
    }

    #[test]
    fn regions_hold_nothing_else() {
        for region in ["us-east-1", "us-gov-west-1", "ap-southeast-5", "us-isob-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for other in ["global", "", "us-east-1;id", "../us-east-1", "us-east-", "US-EAST-1", "us-east-1\n"] {
            assert!(!is_region(other), "{other}");
        }
    }
}
