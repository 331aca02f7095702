//! JUnit XML, as CI servers read it: suites of cases. There is no standard; what is written keeps to the schema that Jenkins
//! publishes (`junit-10.xsd` of its xUnit plugin), which the others accept.

use crate::ReportError;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sightline_model::untrusted::{for_terminal, shortened};
use std::io;

/// Characters of one text.
const LONGEST: usize = 4_000;

/// A suite of cases.
#[derive(Default)]
pub(crate) struct Suite {
    pub(crate) name: String,
    /// RFC 3339
    pub(crate) timestamp: String,
    pub(crate) properties: Vec<(&'static str, String)>,
    pub(crate) cases: Vec<Case>,
}

/// One case.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) class: String,
    /// milliseconds
    pub(crate) took: i64,
    pub(crate) end: End,
}

/// How a case ended.
pub(crate) enum End {
    /// well
    Passed,
    /// what was found, and what kind of thing that is
    Failed { kind: &'static str, message: String, more: String },
    /// it could not be decided: no pass, and no failure of what was tested
    Undecided { kind: &'static str, message: String, more: String },
    /// the question does not arise, or somebody decided that it does not count
    Skipped { message: String },
}

/// Writes the document.
pub(crate) fn write(name: &str, suites: &[Suite], out: &mut dyn io::Write) -> Result<(), ReportError> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let counts = Counts::of(all());
    xml.create_element("testsuites")
        .with_attribute(("name", text(name).as_str()))
        .with_attribute(("tests", counts.tests.to_string().as_str()))
        .with_attribute(("failures", counts.failures.to_string().as_str()))
        .with_attribute(("errors", counts.errors.to_string().as_str()))
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| write_suite(xml, suite)))?;
    Ok(writeln!(xml.get_mut())?)
}

type Xml<'a> = Writer<&'a mut dyn io::Write>;

fn write_suite(xml: &mut Xml<'_>, suite: &Suite) -> io::Result<()> {
    let counts = Counts::of(suite.cases.iter());
    let numbers = [counts.tests, counts.failures, counts.errors, counts.skipped].map(|count| count.to_string());
    let [tests, failures, errors, skipped] = numbers.each_ref().map(String::as_str);
    xml.create_element("testsuite")
        .with_attribute(("name", text(&suite.name).as_str()))
        .with_attribute(("tests", tests))
        .with_attribute(("failures", failures))
        .with_attribute(("errors", errors))
        .with_attribute(("skipped", skipped))
        .with_attribute(("timestamp", suite.timestamp.as_str()))
        .with_attribute(("time", seconds(suite.cases.iter().map(|case| case.took).sum()).as_str()))
        .write_inner_content(|xml| {
            if !suite.properties.is_empty() {
                xml.create_element("properties").write_inner_content(|xml| {
                    suite.properties.iter().try_for_each(|(name, value)| {
                        let property = xml.create_element("property").with_attribute(("name", *name));
                        property.with_attribute(("value", text(value).as_str())).write_empty().map(|_| ())
                    })
                })?;
            }
            suite.cases.iter().try_for_each(|case| write_case(xml, case))
        })?;
    Ok(())
}

fn write_case(xml: &mut Xml<'_>, case: &Case) -> io::Result<()> {
    let (name, class, took) = (text(&case.name), text(&case.class), seconds(case.took));
    let element = xml
        .create_element("testcase")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("classname", class.as_str()))
        .with_attribute(("time", took.as_str()));
    match &case.end {
        End::Passed => element.write_empty()?,
        End::Failed { kind, message, more } => {
            element.write_inner_content(|xml| write_end(xml, "failure", kind, message, more))?
        }
        End::Undecided { kind, message, more } => {
            element.write_inner_content(|xml| write_end(xml, "error", kind, message, more))?
        }
        End::Skipped { message } => {
            element.write_inner_content(|xml| write_end(xml, "skipped", "muted", message, ""))?
        }
    };
    Ok(())
}

fn write_end(xml: &mut Xml<'_>, element: &str, kind: &str, message: &str, more: &str) -> io::Result<()> {
    let (message, more) = (text(message), lines(more));
    let element =
        xml.create_element(element).with_attribute(("type", kind)).with_attribute(("message", message.as_str()));
    match more.is_empty() {
        true => element.write_empty()?,
        false => element.write_text_content(BytesText::new(&more))?,
    };
    Ok(())
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
        cases.fold(Self::default(), |mut counts, case| {
            counts.tests += 1;
            match case.end {
                End::Passed => {}
                End::Failed { .. } => counts.failures += 1,
                End::Undecided { .. } => counts.errors += 1,
                End::Skipped { .. } => counts.skipped += 1,
            }
            counts
        })
    }
}

/// Milliseconds as seconds.
fn seconds(milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

fn text(untrusted: &str) -> String {
    for_terminal(&shortened(untrusted, LONGEST)).chars().filter(|c| is_xml(*c)).collect()
}

fn lines(untrusted: &str) -> String {
    shortened(untrusted, LONGEST).lines().map(text).collect::<Vec<_>>().join("\n")
}

/// Whether XML 1.0 may hold it at all, escaped or not.
fn is_xml(c: char) -> bool {
    !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}
