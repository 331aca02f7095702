//! Reads a detection's file. Every error names the file, the line, and what to write instead.

use std::collections::BTreeSet;

use crate::CheckError;
use crate::check::Param;
use crate::detect::detection::{Detection, DetectionDeclaration, DetectionTest, ExpectedSignal};
use crate::detect::macros;
use crate::markdown::{self, Section};
use crate::parse::Reader;
use crate::query;
use crate::shared::Shared;

/// Reads the detection in `text`, with the queries that it may share; `file` is its path, whose last part names it.
///
/// # Errors
/// The file does not have the shape of a detection.
pub fn parse(file: &str, text: &str, shared: &Shared) -> Result<Detection, CheckError> {
    let reader = Reader { file, shared };
    let id = reader.id()?;
    let (front, body, body_line) = reader.front_matter(text)?;
    let declaration = declaration(&reader, front)?;
    let sections = markdown::sections(body, body_line, "## ");
    let (about, sql, sql_line) = reader.query(reader.section(&sections, "")?)?;
    known_names(&reader, &sql, sql_line, &declaration)?;
    let prose = |title: &str| Ok::<_, CheckError>(reader.section(&sections, title)?.text.trim().to_owned());
    Ok(Detection {
        id,
        file: file.to_owned(),
        false_positives: prose("False positives")?,
        blind_spots: prose("Blind spots")?,
        response: prose("Response")?,
        references: prose("References")?,
        tests: tests(&reader, reader.section(&sections, "Tests")?)?,
        shared: shared.used(&sql),
        declaration,
        about,
        sql,
        sql_line,
    })
}

fn declaration(reader: &Reader<'_>, front: &str) -> Result<DetectionDeclaration, CheckError> {
    toml::from_str(front).map_err(|error| {
        let before = error.span().and_then(|span| front.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 2;
        reader.error(line, error.message().to_owned(), "see the front matter of another detection")
    })
}

fn known_names(
    reader: &Reader<'_>,
    sql: &str,
    line: usize,
    declaration: &DetectionDeclaration,
) -> Result<(), CheckError> {
    let params: BTreeSet<&str> = declaration.params.keys().map(String::as_str).collect();
    let known = |name: &&str| params.contains(name) || macros::NAMES.contains(name);
    match query::placeholders(sql).into_iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => Err(reader.error(line, format!("`${name}` stands for nothing"), "declare it under `params`")),
    }
}

fn tests(reader: &Reader<'_>, section: &Section<'_>) -> Result<Vec<DetectionTest>, CheckError> {
    let sections = markdown::sections(section.text, section.text_line, "### ");
    sections.iter().filter(|section| !section.title.is_empty()).map(|section| test(reader, section)).collect()
}

fn test(reader: &Reader<'_>, section: &Section<'_>) -> Result<DetectionTest, CheckError> {
    let parts = reader.parts(section)?;
    let block = |language: &str| {
        parts.iter().find(|part| part.language == Some(language)).ok_or_else(|| {
            let problem = format!("this test has no `{language}` block");
            reader.error(section.line, problem, "give the rows as `json` and the signals as `expect`")
        })
    };
    let (rows, expect) = (block("json")?, block("expect")?);
    let rows_of = serde_json::from_str(rows.text).map_err(|error| {
        let line = rows.line + error.line().saturating_sub(1);
        reader.error(line, error.to_string(), "write `{\"table\": [{\"column\": …}]}`")
    })?;
    let mut expected = Vec::new();
    for (index, line) in expect.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        expected.push(expectation(line.trim()).ok_or_else(|| {
            let help = "write `signal <identity> \"reason\"` or `not assessable \"reason\"`";
            reader.error(expect.line + index, format!("`{line}` is no expectation"), help)
        })?);
    }
    expected.sort();
    Ok(DetectionTest { title: section.title.to_owned(), line: section.line, rows: rows_of, expected })
}

fn expectation(line: &str) -> Option<ExpectedSignal> {
    if let Some(reason) = line.strip_prefix("not assessable ") {
        let reason = reason.trim().strip_prefix('"')?.strip_suffix('"')?.to_owned();
        return Some(ExpectedSignal::NotAssessable { reason });
    }
    let rest = line.strip_prefix("signal ")?.trim();
    let (identity, reason) = match rest.split_once(" \"") {
        None => (rest, None),
        Some((identity, reason)) => (identity.trim(), Some(reason.strip_suffix('"')?.to_owned())),
    };
    (!identity.is_empty()).then(|| ExpectedSignal::Signal { identity: identity.to_owned(), reason })
}

/// A parameter's value as it stands in the query.
pub(crate) fn literal(param: &Param) -> String {
    match param {
        Param::Int(value) => value.to_string(),
        Param::Text(value) => format!("'{}'", value.replace('\'', "''")),
    }
}
