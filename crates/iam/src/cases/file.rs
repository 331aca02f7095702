//! A file of cases, read whole: what is no case does not keep the others from being run.

use super::{Case, CaseError, CaseResult, organization, run};
use crate::organization::OrganizationError;
use serde_json::error::Category;

/// A part of a file that is not of the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub error: String,
}

/// Runs every case of a file and hands over each result; gives back what could not be read.
pub fn run_file(text: &[u8], result: &mut dyn FnMut(CaseResult)) -> Vec<Unreadable> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if is_organization(text) {
        return match organization::run(text, result) {
            Ok(()) => Vec::new(),
            Err(error) => vec![of_organization(&error)],
        };
    }
    let mut unreadable = Vec::new();
    let mut is_empty = true;
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        is_empty = false;
        match one(line) {
            Ok(of_case) => result(of_case),
            Err(error) => unreadable.push(Unreadable { line: Some(at + 1), error }),
        }
    }
    if is_empty {
        unreadable.push(Unreadable { line: None, error: "no case is in it: write one JSON object a line".to_owned() });
    }
    unreadable
}

fn one(line: &[u8]) -> Result<CaseResult, String> {
    let line =
        std::str::from_utf8(line).map_err(|error| format!("not UTF-8 from byte {} on", error.valid_up_to() + 1))?;
    Case::read(line).and_then(|case| run(&case)).map_err(|error| match error {
        CaseError::Form(error) => said("a case", &error),
        other => other.to_string(),
    })
}

/// An organization has accounts; no case has. A file that is cut off or misspelt is told by the names of its elements.
fn is_organization(text: &[u8]) -> bool {
    let first = text.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    match serde_json::from_slice::<serde_json::Value>(first) {
        Ok(value) => value.get("accounts").is_some(),
        // A first line that ends within a value: the value spans several.
        Err(error) if error.classify() == Category::Eof => [&b"\"accounts\""[..], b"\"principals\""]
            .iter()
            .any(|name| text.windows(name.len()).any(|part| part == *name)),
        Err(_) => false,
    }
}

fn of_organization(error: &OrganizationError) -> Unreadable {
    match error {
        OrganizationError::Form(error) => {
            Unreadable { line: Some(error.line()).filter(|line| *line > 0), error: said("an organization", error) }
        }
        other => Unreadable { line: None, error: other.to_string() },
    }
}

/// What is wrong and in which column; the line is said beside it.
fn said(what: &str, error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let what = if error.classify() == Category::Data { what } else { "JSON" };
    format!("not {what}: {}, at column {}", sightline_model::untrusted::shortened(text, 300), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{Tally, Verdict};

    const CASE: &str = r#"{"id":"a","request":{"principal":"arn:aws:iam::111111111111:role/r","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"},"policies":{"identity":[]},"expected":{"decision":"ImplicitlyDenied"}}"#;

    fn tally(text: &str) -> (Tally, Vec<Unreadable>) {
        let mut tally = Tally::default();
        let unreadable = run_file(text.as_bytes(), &mut |result| tally.count(result.verdict));
        (tally, unreadable)
    }

    #[test]
    fn what_is_no_case_is_named_and_the_others_run() {
        let text = format!("{CASE}\n\n{{\"id\":1}}\nnonsense\n{CASE}\r\n{{\"id\":");
        let (tally, unreadable) = tally(&text);
        assert_eq!(tally.passed, 2);
        let said: Vec<String> = unreadable.iter().map(|bad| format!("{}: {}", bad.line.unwrap(), bad.error)).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        3: not a case: invalid type: integer `1`, expected a string, at column 7
        4: not JSON: expected ident, at column 2
        6: not JSON: EOF while parsing a value, at column 6
        ");
    }

    #[test]
    fn an_empty_file_is_not_of_the_format() {
        assert_eq!(tally("").1.len(), 1);
        assert_eq!(tally("\n \n").1.len(), 1);
    }

    #[test]
    fn a_byte_order_mark_is_no_content() {
        assert_eq!(tally(&format!("\u{feff}{CASE}")).0, Tally { passed: 1, ..Tally::default() });
    }

    #[test]
    fn an_organization_that_is_cut_off_is_named_as_one() {
        let (tally, unreadable) = tally("{\n \"accounts\": [\"111111111111\"],\n \"principals\": [");
        assert_eq!(tally, Tally::default());
        let error = "not JSON: EOF while parsing a list, at column 16".to_owned();
        assert_eq!(unreadable, [Unreadable { line: Some(3), error }]);
    }

    #[test]
    fn a_wrong_answer_is_a_failure() {
        let (tally, unreadable) = tally(&CASE.replace("ImplicitlyDenied", "Allowed"));
        assert_eq!((tally, unreadable.len()), (Tally { failed: 1, ..Tally::default() }, 0));
        assert_eq!(serde_json::to_value(Verdict::Unsound).unwrap(), "unsound");
    }
}
