//! What a check says of one resource.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The answer of a check for one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// it is as it should be
    Pass,
    /// it is not
    Fail,
    /// the question does not arise here
    Skip,
    /// could not look, or could not decide
    Unknown,
}

/// How much a failure matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the usual five words")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

macro_rules! words {
    ($type:ty, $what:literal, $($variant:ident = $word:literal),+) => {
        impl $type {
            /// The word used in the lake and in output.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.as_str()) }
        }
        impl FromStr for $type {
            type Err = String;
            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(format!(concat!("`{}` is no ", $what, "; use one of: ", $($word, " "),+), crate::untrusted::shortened(other, 40))),
                }
            }
        }
    };
}
words!(Status, "status", Pass = "pass", Fail = "fail", Skip = "skip", Unknown = "unknown");
words!(Severity, "severity", Info = "info", Low = "low", Medium = "medium", High = "high", Critical = "critical");

/// One row of `finding`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// the evaluation that made it
    pub run_id: String,
    /// the scan it speaks of; empty when there was none
    pub scan_id: String,
    /// the check, such as `bedrock-guardrail-prompt-attack`
    pub check_id: String,
    /// the check's title
    pub title: String,
    /// the answer
    pub status: Status,
    /// the check's severity
    pub severity: Severity,
    /// twelve digits
    pub account_id: String,
    /// the region's name, or `global`
    pub region: String,
    /// the resource's ARN
    pub resource: String,
    /// the name that people know it by
    pub resource_title: String,
    /// one sentence: what was seen, or for `unknown` what could not be
    pub reason: String,
    /// IAM actions whose absence made it `unknown`
    pub missing_actions: Vec<String>,
    /// one identity in every format, see [`fingerprint`]
    pub fingerprint: String,
    /// when the check ran
    pub evaluated_at: Timestamp,
    /// what the fix needs to name beside the resource, as the check's query gave it; nothing in findings of older versions
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub fix_values: BTreeMap<String, String>,
}

/// The identity of a finding: the same in every run and every report format. 32 hexadecimal digits of the SHA-256 of the
/// parts, each closed by a NUL so that no two lists of parts run together.
pub fn fingerprint(check_id: &str, account_id: &str, region: &str, resource: &str) -> String {
    let mut hash = Sha256::new();
    for part in [check_id, account_id, region, resource] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_do_not_run_together() {
        assert_ne!(fingerprint("ab", "c", "", ""), fingerprint("a", "bc", "", ""));
        assert_eq!(fingerprint("a", "b", "c", "d").len(), 32);
    }

    #[test]
    fn words_come_back() {
        assert_eq!("critical".parse::<Severity>(), Ok(Severity::Critical));
        assert!("bad".parse::<Status>().unwrap_err().contains("pass fail skip unknown"));
        assert!(Severity::High > Severity::Medium);
    }
}
