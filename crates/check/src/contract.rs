//! What must hold of a check's file, whatever it looks for. [`crate::parse`] says what a check is, this what a good one is.

use sightline_model::Status;

use crate::check::{Check, FixPart};
use crate::trial::Problem;

/// Where the pages begin that checks which ship may refer to.
const AWS_PAGES: &[&str] = &["https://docs.aws.amazon.com/", "https://aws.amazon.com/", "https://repost.aws/"];

/// What every check must keep, a user's own too.
pub fn of_every_check(check: &Check) -> Vec<Problem> {
    let mut problems = Vec::new();
    for status in [Status::Fail, Status::Pass] {
        if !check.cases.iter().any(|case| case.expected.iter().any(|expected| expected.status == status)) {
            problems.push(problem(check, format!("no test expects `{status}`")));
        }
    }
    let references = references(check);
    if references.is_empty() {
        problems.push(problem(check, "there is no reference: name a page `https://…`".to_owned()));
    }
    problems.extend(
        references
            .iter()
            .filter(|link| !link.starts_with("https://"))
            .map(|link| problem(check, format!("the reference `{link}` is no page `https://…`"))),
    );
    problems
}

/// What a check that ships must keep beside that.
pub fn of_ours(check: &Check) -> Vec<Problem> {
    let mut problems = Vec::new();
    let declaration = &check.declaration;
    for link in references(check).iter().filter(|link| !AWS_PAGES.iter().any(|page| link.starts_with(page))) {
        problems.push(problem(check, format!("the reference `{link}` is no page of AWS")));
    }
    if declaration.frameworks.is_empty() == declaration.no_framework.is_none() {
        problems.push(problem(
            check,
            "either `frameworks` names controls, or `no_framework` says why no framework has one".to_owned(),
        ));
    }
    for language in ["cli", "terraform"] {
        if !has_block(check, language) {
            problems.push(problem(check, format!("the fix has no `{language}` block")));
        }
    }
    if declaration.title.ends_with('.') || declaration.title.chars().count() > 100 {
        problems
            .push(problem(check, "the title is a sentence of at most 100 characters without a full stop".to_owned()));
    }
    problems
}

/// Whether the fix has a block in this language.
pub fn has_block(check: &Check, language: &str) -> bool {
    check.fix.iter().any(|part| matches!(part, FixPart::Block { language: other, .. } if other == language))
}

/// The addresses under a check's references.
pub fn references(check: &Check) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, ')' | '>' | ']' | '"');
    let mut found = Vec::new();
    let mut rest = check.references.as_str();
    while let Some(start) = rest.find("http") {
        let (_, from) = rest.split_at(start);
        let (link, after) = from.split_at(from.find(ends).unwrap_or(from.len()));
        if link.contains("://") {
            found.push(link.to_owned());
        }
        rest = after;
    }
    found
}

fn problem(check: &Check, what: String) -> Problem {
    Problem { file: check.file.clone(), line: 1, what, lines: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_list() {
        let mut check = crate::checks().unwrap().remove(0);
        check.references = "- [x](https://a.b/c)\n- <http://d.e> and https here".to_owned();
        assert_eq!(references(&check), ["https://a.b/c", "http://d.e"]);
    }
}
