//! Reads a check's file. Every error names the file, the line, and what to write instead.

use std::collections::BTreeSet;

use sightline_model::Status;

use crate::check::{Case, Check, Declaration, Expected, FixPart};
use crate::markdown::{self, Part, Section};
use crate::shared::Shared;
use crate::{CheckError, fix, framework, query};

/// Reads the check in `text`, with the queries that it may share; `file` is its path, whose last part names it.
///
/// # Errors
/// The file does not have the shape of a check.
pub fn parse(file: &str, text: &str, shared: &Shared) -> Result<Check, CheckError> {
    Reader { file, shared }.check(text)
}

/// Reads the parts that files of checks and of detections have in common.
pub(crate) struct Reader<'r> {
    pub(crate) file: &'r str,
    pub(crate) shared: &'r Shared,
}

impl Reader<'_> {
    pub(crate) fn error(&self, line: usize, problem: impl Into<String>, help: impl Into<String>) -> CheckError {
        CheckError::File { file: self.file.to_owned(), line, problem: problem.into(), help: help.into() }
    }

    fn check(&self, text: &str) -> Result<Check, CheckError> {
        let id = self.id()?;
        let (front, body, body_line) = self.front_matter(text)?;
        let declaration = self.declaration(front)?;
        let sections = markdown::sections(body, body_line, "## ");
        let (about, sql, sql_line) = self.query(self.section(&sections, "")?)?;
        self.placeholders_of_query(&sql, sql_line, &declaration)?;
        Ok(Check {
            id,
            file: self.file.to_owned(),
            frameworks: framework::frameworks()?.with_derived(&declaration.frameworks),
            declaration,
            about,
            fix: self.fix(self.section(&sections, "Fix")?, &sql)?,
            shared: self.shared.used(&sql),
            sql,
            sql_line,
            references: self.section(&sections, "References")?.text.trim().to_owned(),
            cases: self.cases(self.section(&sections, "Tests")?)?,
        })
    }

    pub(crate) fn id(&self) -> Result<String, CheckError> {
        let name = self.file.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or_default();
        let kebab = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if kebab {
            Ok(name.to_owned())
        } else {
            Err(self.error(1, format!("`{name}` is no id"), "name the file in kebab-case"))
        }
    }

    pub(crate) fn front_matter<'a>(&self, text: &'a str) -> Result<(&'a str, &'a str, usize), CheckError> {
        let help = "begin the file with `+++`, the declaration in TOML, and `+++`";
        let inside = text.strip_prefix("+++\n").ok_or_else(|| self.error(1, "there is no front matter", help))?;
        let (front, body) =
            inside.split_once("\n+++\n").ok_or_else(|| self.error(1, "the front matter has no end", help))?;
        Ok((front, body, front.lines().count() + 3))
    }

    fn declaration(&self, front: &str) -> Result<Declaration, CheckError> {
        let declaration: Declaration = toml::from_str(front).map_err(|error| {
            let before = error.span().and_then(|span| front.get(..span.start)).unwrap_or_default();
            self.error(
                before.matches('\n').count() + 2,
                error.message().to_owned(),
                "see the front matter of another check",
            )
        })?;
        for (id, controls) in &declaration.frameworks {
            self.controls(front, id, controls)?;
        }
        Ok(declaration)
    }

    /// Controls that a framework does not have would look like coverage that is not there.
    fn controls(&self, front: &str, id: &str, controls: &[String]) -> Result<(), CheckError> {
        let frameworks = framework::frameworks()?;
        let Some(framework) = frameworks.get(id) else {
            let named = frameworks.all().iter().filter(|framework| framework.derived_from.is_none());
            let known: Vec<&str> = named.map(|framework| framework.id.as_str()).collect();
            return Err(self.error(
                line_of(front, id),
                format!("`{id}` is no framework"),
                format!("use one of: {}", known.join(" ")),
            ));
        };
        if let Some(newest) = framework.derived_from {
            let help = format!("name the controls of `{newest}`");
            return Err(self.error(line_of(front, id), format!("`{id}` follows from `{newest}`"), help));
        }
        match controls.iter().find(|control| !framework.has(control)) {
            None => Ok(()),
            Some(control) => Err(self.error(
                line_of(front, control),
                format!("`{id}` has no control `{control}`"),
                format!("its controls are {}", framework.examples()),
            )),
        }
    }

    pub(crate) fn section<'s, 'a>(
        &self,
        sections: &'s [Section<'a>],
        title: &str,
    ) -> Result<&'s Section<'a>, CheckError> {
        sections
            .iter()
            .find(|section| section.title == title)
            .ok_or_else(|| self.error(1, format!("there is no section `{title}`"), format!("write `## {title}`")))
    }

    pub(crate) fn parts<'a>(&self, section: &Section<'a>) -> Result<Vec<Part<'a>>, CheckError> {
        markdown::parts(section.text, section.text_line)
            .map_err(|line| self.error(line, "this block has no end", "close it with a line of three backticks"))
    }

    pub(crate) fn query(&self, section: &Section<'_>) -> Result<(String, String, usize), CheckError> {
        let parts = self.parts(section)?;
        let mut blocks = parts.iter().filter(|part| part.language == Some("sql"));
        let (Some(block), None) = (blocks.next(), blocks.next()) else {
            return Err(self.error(
                section.line,
                "there is not one `sql` block",
                "write one behind the prose, before the next heading",
            ));
        };
        let prose: Vec<&str> = parts.iter().filter(|part| part.language.is_none()).map(|part| part.text).collect();
        if prose.is_empty() {
            return Err(self.error(section.line, "there is no prose", "say what it looks for and why that matters"));
        }
        Ok((prose.join("\n\n"), block.text.trim_end().to_owned(), block.line))
    }

    fn placeholders_of_query(&self, sql: &str, line: usize, declaration: &Declaration) -> Result<(), CheckError> {
        let known: BTreeSet<&str> = declaration.params.keys().map(String::as_str).chain(["now"]).collect();
        match query::placeholders(sql).into_iter().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => Err(self.error(line, format!("`${name}` stands for nothing"), "declare it under `params`")),
        }
    }

    fn fix(&self, section: &Section<'_>, sql: &str) -> Result<Vec<FixPart>, CheckError> {
        let mut fix = Vec::new();
        for part in self.parts(section)? {
            let Some(language) = part.language else {
                fix.push(FixPart::Prose(part.text.to_owned()));
                continue;
            };
            let known = |name: &&str| fix::PLACEHOLDERS.contains(name) || query::names(sql, &format!("fix_{name}"));
            if let Some(name) = fix::placeholders(part.text).into_iter().find(|name| !known(name)) {
                let help =
                    format!("use one of: {}; or let the query give a column `fix_{name}`", fix::PLACEHOLDERS.join(" "));
                return Err(self.error(part.line, format!("`{{{{{name}}}}}` stands for nothing"), help));
            }
            fix.push(FixPart::Block { language: language.to_owned(), text: part.text.trim_end().to_owned() });
        }
        if fix.iter().any(|part| matches!(part, FixPart::Block { .. })) {
            Ok(fix)
        } else {
            Err(self.error(section.line, "the fix has nothing to run", "give a `cli` or `terraform` block"))
        }
    }

    fn cases(&self, section: &Section<'_>) -> Result<Vec<Case>, CheckError> {
        let sections = markdown::sections(section.text, section.text_line, "### ");
        sections.iter().filter(|section| !section.title.is_empty()).map(|section| self.case(section)).collect()
    }

    fn case(&self, section: &Section<'_>) -> Result<Case, CheckError> {
        let parts = self.parts(section)?;
        let block = |language: &str| {
            parts.iter().find(|part| part.language == Some(language)).ok_or_else(|| {
                self.error(
                    section.line,
                    format!("this test has no `{language}` block"),
                    "give the rows as `json` and the findings as `expect`",
                )
            })
        };
        let (rows, expect) = (block("json")?, block("expect")?);
        let rows_of = serde_json::from_str(rows.text).map_err(|error| {
            self.error(
                rows.line + error.line().saturating_sub(1),
                error.to_string(),
                "write `{\"table\": [{\"column\": …}]}`",
            )
        })?;
        let mut expected = Vec::new();
        for (index, line) in expect.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            expected.push(expectation(line.trim()).ok_or_else(|| {
                self.error(
                    expect.line + index,
                    format!("`{line}` is no expectation"),
                    "write `fail <resource> \"reason\"`",
                )
            })?);
        }
        expected.sort();
        Ok(Case { title: section.title.to_owned(), line: section.line, rows: rows_of, expected })
    }
}

/// The line of the file on which the front matter has this text in quotes; its first line where it has not.
fn line_of(front: &str, text: &str) -> usize {
    let quoted = format!("\"{text}\"");
    front.lines().position(|line| line.contains(&quoted)).unwrap_or_default() + 2
}

/// `fail arn:… "reason"`; the reason may be left out.
fn expectation(line: &str) -> Option<Expected> {
    let (status, rest) = line.split_once(' ')?;
    let status: Status = status.parse().ok()?;
    let (resource, reason) = match rest.trim().split_once(" \"") {
        None => (rest.trim(), None),
        Some((resource, reason)) => (resource.trim(), Some(reason.strip_suffix('"')?.to_owned())),
    };
    Some(Expected { resource: resource.to_owned(), status, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "+++\ntitle = \"T\"\nseverity = \"high\"\nservices = [\"s3\"]\nresource = \"aws_s3_bucket\"\nframeworks = {}\nfails_on = \"presence\"\n+++\n\nWhy.\n\n```sql\nselect 1\n```\n\n## Fix\n\n```cli\naws {{resource}}\n```\n\n## References\n\n- x\n\n## Tests\n\n### One\n\n```json\n{\"t\": []}\n```\n\n```expect\nfail arn:a \"the reason\"\npass arn:b\n```\n";

    fn problem(text: &str) -> String {
        parse("s3/x-y.md", text, &Shared::embedded()).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_whole() {
        let check = parse("s3/x-y.md", GOOD, &Shared::embedded()).unwrap();
        assert_eq!((check.id.as_str(), check.sql.as_str(), check.sql_line), ("x-y", "select 1", 13));
        assert_eq!(check.cases.len(), 1);
        assert_eq!(check.cases[0].expected[0].reason.as_deref(), Some("the reason"));
    }

    #[test]
    fn errors_name_file_line_and_help() {
        insta::assert_snapshot!(problem("select 1"), @"s3/x-y.md:1: there is no front matter; begin the file with `+++`, the declaration in TOML, and `+++`");
        insta::assert_snapshot!(problem(&GOOD.replace("\"high\"", "\"huge\"")), @"s3/x-y.md:3: unknown variant `huge`, expected one of `info`, `low`, `medium`, `high`, `critical`; see the front matter of another check");
        let with = |frameworks: &str| problem(&GOOD.replace("frameworks = {}", frameworks));
        insta::assert_snapshot!(with("frameworks = { \"cis\" = [] }"), @"s3/x-y.md:6: `cis` is no framework; use one of: aws-ai-security aws-security-hub-ai-1.0 cis-7.0 eu-ai-act iso-42001 mitre-atlas nist-ai-rmf owasp-llm-2025");
        insta::assert_snapshot!(with("frameworks = { \"cis-6.0\" = [\"2.3\"] }"), @"s3/x-y.md:6: `cis-6.0` follows from `cis-7.0`; name the controls of `cis-7.0`");
        insta::assert_snapshot!(with("frameworks = { \"owasp-llm-2025\" = [\"LLM01\", \"LLM11\"] }"), @"s3/x-y.md:6: `owasp-llm-2025` has no control `LLM11`; its controls are LLM01 … LLM10");
        insta::assert_snapshot!(problem(&GOOD.replace("select 1", "select $age")), @"s3/x-y.md:13: `$age` stands for nothing; declare it under `params`");
        insta::assert_snapshot!(problem(&GOOD.replace("{{resource}}", "{{rsc}}")), @"s3/x-y.md:19: `{{rsc}}` stands for nothing; use one of: resource resource_id resource_title region account_id partition; or let the query give a column `fix_rsc`");
        insta::assert_snapshot!(problem(&GOOD.replace("pass arn:b", "passed arn:b")), @r#"s3/x-y.md:36: `passed arn:b` is no expectation; write `fail <resource> "reason"`"#);
        insta::assert_snapshot!(problem(&GOOD.replace("{\"t\": []}", "{\"t\": [}")), @r#"s3/x-y.md:31: expected value at line 1 column 8; write `{"table": [{"column": …}]}`"#);
    }
}
