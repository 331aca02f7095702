//! The page: a view of the report made in Rust, one template, one style sheet and one small script, all inline.
//!
//! Three things keep hostile text harmless: the template engine escapes every value, [`emit`] makes control and
//! direction-changing characters visible first, and a content security policy allows only the style and script whose hashes
//! it names, so that even a slip in the template runs nothing.

mod findings;
mod label;
mod map;
mod page;
mod picture;
mod probe_page;
mod probes;
mod seen;
mod traffic;

use crate::{ProbeReport, Report, ReportError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, HtmlEscape, Output, State, UndefinedBehavior, Value, escape_formatter};
use sha2::{Digest, Sha256};
use sightline_model::untrusted::for_terminal;
use std::io;

const TEMPLATES: [(&str, &str); 4] = [
    ("head.html", include_str!("../templates/head.html")),
    ("report.html", include_str!("../templates/report.html")),
    ("probe.html", include_str!("../templates/probe.html")),
    ("probes.html", include_str!("../templates/probes.html")),
];
const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

/// Rows shown in one section; the page says how many it leaves out and which command lists them.
pub(crate) const ROWS: usize = 5_000;

/// Writes the page with at most `rows` rows a section.
pub(crate) fn write(report: &Report, rows: usize, out: &mut dyn io::Write) -> Result<(), ReportError> {
    render("report.html", Value::from(Serde(page::page(report, rows))), out)
}

/// Writes the page of one run of probes.
pub(crate) fn write_probe(report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
    render("probe.html", Value::from(Serde(probe_page::page(report))), out)
}

fn render(template: &str, page: Value, out: &mut dyn io::Write) -> Result<(), ReportError> {
    let fault = |error: minijinja::Error| ReportError::render("html", &format!("{error:#}"));
    let environment = environment().map_err(fault)?;
    let context = minijinja::context! {
        page => page,
        policy => policy(),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    };
    let text = environment.get_template(template).and_then(|template| template.render(context)).map_err(fault)?;
    Ok(out.write_all(text.as_bytes())?)
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_formatter(emit);
    environment.add_filter("number", label::number);
    environment.add_filter("prose", prose);
    for (name, template) in TEMPLATES {
        environment.add_template(name, template)?;
    }
    Ok(environment)
}

/// Writes one value of the template, escaped; text also loses what could hide or reorder it, but for line breaks.
fn emit(out: &mut Output, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => escape_formatter(out, state, &Value::from(visible(text))),
        _ => escape_formatter(out, state, value),
    }
}

/// A sentence whose backticks become code marks; the only place that makes tags of a value.
fn prose(text: &str) -> Value {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, code, after)) = quoted(rest) {
        html.push_str(&format!("{}<code>{}</code>", HtmlEscape(&visible(before)), HtmlEscape(&visible(code))));
        rest = after;
    }
    html.push_str(&HtmlEscape(&visible(rest)).to_string());
    Value::from_safe_string(html)
}

/// What stands before the first pair of backticks, between them and behind.
fn quoted(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    Some((before, code, after))
}

fn visible(text: &str) -> String {
    text.split('\n').map(for_terminal).collect::<Vec<_>>().join("\n")
}

fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
