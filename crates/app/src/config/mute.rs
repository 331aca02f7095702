//! `[[mute]]`: findings that somebody decided to live with, for a time.

use super::file::Fault;
use jiff::civil::Date;
use serde::Deserialize;
use sightline_model::pattern::matches;
use sightline_model::{Finding, Mute};
use toml::Spanned;

/// The longest text of a mute, in characters.
const LONGEST: usize = 1_000;

/// Which findings do not count, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MuteRule {
    /// Pattern of the check's id
    pub check: String,
    /// Pattern of the resource's ARN; any where there is none
    pub resource: Option<String>,
    /// The account; any where there is none
    pub account: Option<String>,
    /// The region; any where there is none
    pub region: Option<String>,
    /// Why, who, until when
    pub mute: Mute,
}

impl MuteRule {
    /// Whether it speaks of this finding.
    pub(crate) fn covers(&self, finding: &Finding) -> bool {
        let is = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| matches(pattern, text));
        matches(&self.check, &finding.check_id)
            && is(&self.resource, &finding.resource)
            && is(&self.account, &finding.account_id)
            && is(&self.region, &finding.region)
    }

    /// Whether its last day is over.
    pub(crate) fn is_over(&self, today: Date) -> bool {
        self.mute.expires < today
    }

    /// What it is called in output.
    pub(crate) fn name(&self) -> String {
        match &self.resource {
            Some(resource) => format!("{} on {resource}", self.check),
            None => self.check.clone(),
        }
    }
}

/// As it is written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    check: Spanned<String>,
    resource: Option<Spanned<String>>,
    account: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
    reason: Spanned<String>,
    owner: Spanned<String>,
    expires: Spanned<Expires>,
}

/// `2026-12-31`, with or without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expires {
    Text(String),
    Date(toml::value::Datetime),
}

pub(super) fn rule(written: Written) -> Result<MuteRule, Fault> {
    Ok(MuteRule {
        mute: Mute { reason: said(&written.reason)?, owner: said(&written.owner)?, expires: date(&written.expires)? },
        check: said(&written.check)?,
        resource: written.resource.as_ref().map(said).transpose()?,
        account: written.account.as_ref().map(said).transpose()?,
        region: written.region.as_ref().map(said).transpose()?,
    })
}

fn said(text: &Spanned<String>) -> Result<String, Fault> {
    let said = text.get_ref().trim();
    if said.is_empty() || said.chars().count() > LONGEST {
        return Err(fault(text, "this must say something, in at most 1,000 characters", None));
    }
    Ok(said.to_owned())
}

fn date(expires: &Spanned<Expires>) -> Result<Date, Fault> {
    let text = match expires.get_ref() {
        Expires::Text(text) => text.clone(),
        Expires::Date(date) => date.to_string(),
    };
    text.parse()
        .map_err(|_| fault(expires, "a mute ends on a day", Some("write `expires = \"2026-12-31\"`".to_owned())))
}

fn fault<T>(at: &Spanned<T>, message: &str, help: Option<String>) -> Fault {
    Fault { span: at.span(), message: message.to_owned(), help }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn read(text: &str) -> Result<Vec<MuteRule>, String> {
        let config = Config::of_text(Path::new("sightline.toml"), text.to_owned());
        config.map(|config| config.mutes).map_err(|error| error.to_string())
    }

    const MUTE: &str = "[[mute]]\ncheck = \"s3-*\"\nreason = \"public site\"\nowner = \"web\"\nexpires = 2026-12-31\n";

    #[test]
    fn a_day_is_written_in_two_ways_and_counts_whole() {
        let [rule] = &read(MUTE).unwrap()[..] else { panic!() };
        assert_eq!(read(&MUTE.replace("2026-12-31", "\"2026-12-31\"")).unwrap()[0], *rule);
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(!rule.is_over(day("2026-12-31")) && rule.is_over(day("2027-01-01")));
    }

    #[test]
    fn a_mute_says_why_who_and_until_when() {
        for (text, says) in [
            (MUTE.replace("\"web\"", "\" \""), "must say something"),
            (MUTE.replace("2026-12-31", "\"soon\""), "ends on a day"),
            (MUTE.replace("owner", "who"), "unknown field `who`"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
