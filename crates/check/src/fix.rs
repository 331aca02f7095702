//! The repair for one finding: the check's blocks with the finding's values in place.
//!
//! The values came from an account, and the blocks are meant to be pasted into a shell. A value is put in only if
//! every character of it is harmless to shells, JSON and Terraform; otherwise the reader gets a word to replace.

use serde::Serialize;
use sightline_model::untrusted::is_safe_to_paste;
use sightline_model::{Arn, Finding};

use crate::check::{Check, FixPart};

/// What a block may ask for: `resource` is the ARN, `resource_id` its last segment.
pub const PLACEHOLDERS: &[&str] = &["resource", "resource_id", "resource_title", "region", "account_id", "partition"];

/// A piece of a rendered repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rendered {
    /// Markdown
    Prose {
        /// the text
        text: String,
    },
    /// to run or to paste
    Block {
        /// `cli`, `terraform`, `json`, …
        language: String,
        /// with the finding's values in place; a value that is not safe to paste stands as `REPLACE_…`
        text: String,
    },
}

/// The check's repair for this finding.
pub fn fix(check: &Check, finding: &Finding) -> Vec<Rendered> {
    let render = |part: &FixPart| match part {
        FixPart::Prose(text) => Rendered::Prose { text: text.clone() },
        FixPart::Block { language, text } => Rendered::Block { language: language.clone(), text: fill(text, finding) },
    };
    check.fix.iter().map(render).collect()
}

/// Names between `{{` and `}}`, in order.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    text.split("{{").skip(1).filter_map(|piece| piece.split_once("}}")).map(|(name, _)| name).collect()
}

fn fill(text: &str, finding: &Finding) -> String {
    let arn: Option<Arn> = finding.resource.parse().ok();
    let mut filled = text.to_owned();
    for name in placeholders(text) {
        let value = match name {
            "resource" => finding.resource.as_str(),
            "resource_id" => arn.as_ref().map_or("", Arn::name),
            "resource_title" => &finding.resource_title,
            "region" => &finding.region,
            "account_id" => &finding.account_id,
            "partition" => arn.as_ref().map_or("", Arn::partition),
            other => finding.fix_values.get(other).map_or("", String::as_str),
        };
        let shown = if is_safe_to_paste(value) { value.to_owned() } else { format!("REPLACE_{}", name.to_uppercase()) };
        filled = filled.replace(&format!("{{{{{name}}}}}"), &shown);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_model::{Severity, Status};

    fn finding(values: &[(&str, &str)]) -> Finding {
        Finding {
            run_id: String::new(),
            scan_id: String::new(),
            check_id: "x".to_owned(),
            title: String::new(),
            status: Status::Fail,
            severity: Severity::Low,
            account_id: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            resource: "arn:aws:s3:::logs".to_owned(),
            resource_title: "logs".to_owned(),
            reason: String::new(),
            missing_actions: Vec::new(),
            fingerprint: String::new(),
            evaluated_at: jiff::Timestamp::UNIX_EPOCH,
            fix_values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    #[test]
    fn values_of_the_query_are_put_in_where_they_are_harmless() {
        let text = "aws x --bucket {{resource_id}} --key {{key}} --in {{region}}";
        assert_eq!(fill(text, &finding(&[("key", "k-1")])), "aws x --bucket logs --key k-1 --in us-east-1");
        for hostile in ["$(id)", "a b", "{{region}}", "-x"] {
            let filled = fill(text, &finding(&[("key", hostile)]));
            assert_eq!(filled, "aws x --bucket logs --key REPLACE_KEY --in us-east-1", "{hostile}");
        }
        assert_eq!(fill("{{key}}", &finding(&[])), "REPLACE_KEY");
        assert_eq!(
            fill("{{region}}", &finding(&[("region", "other")])),
            "us-east-1",
            "a value cannot stand for the place"
        );
    }
}
