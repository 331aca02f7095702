//! Residuals as people say them.

use super::Way;
use crate::condition::{Clause, Family, Qualifier};
use crate::formula::Atom;
use crate::template::Template;

/// Parts of one way that are said; the rest is counted.
const MOST_PARTS: usize = 12;

/// What must hold, in words: ways joined by "or". `complete`: whether these are all.
pub fn phrase(ways: &[Way], complete: bool) -> String {
    let mut out: Vec<String> = ways.iter().map(one_way).collect();
    out.dedup();
    if !complete {
        out.push("in further ways".to_owned());
    }
    if out.is_empty() { "never".to_owned() } else { out.join(", or ") }
}

fn one_way(way: &Way) -> String {
    if way.is_empty() {
        return "always".to_owned();
    }
    let mut parts: Vec<String> = way.iter().take(MOST_PARTS).map(|(atom, holds)| literal(atom, *holds)).collect();
    if way.len() > MOST_PARTS {
        parts.push(format!("{} more", way.len() - MOST_PARTS));
    }
    parts.join(" and ")
}

fn literal(atom: &Atom, holds: bool) -> String {
    match atom {
        Atom::Unknown(what) if holds => format!("if {what}"),
        Atom::Unknown(what) => format!("unless {what}"),
        Atom::Resource { pattern, .. } if holds => format!("if `{}` names the resource", pattern.text()),
        Atom::Resource { pattern, .. } => format!("unless `{}` names the resource", pattern.text()),
        Atom::Clause(clause) => self::clause(clause, holds),
    }
}

/// `only through vpce-1`, `with guardrail g1`, `aws:SourceIp in 10.0.0.0/8`.
fn clause(clause: &Clause, holds: bool) -> String {
    let operator = clause.operator;
    let values = list(&clause.values);
    if operator.family == Family::Null {
        let absent = clause.values.iter().any(|value| value.text().eq_ignore_ascii_case("true"));
        return if absent == holds {
            format!("without {}", clause.written)
        } else {
            format!("with {}", clause.written)
        };
    }
    let positive = operator.negated != holds;
    let or_absent = match (operator.if_exists || (operator.negated && operator.qualifier.is_none()), holds) {
        (true, true) => " or absent",
        _ => "",
    };
    let which = match (operator.qualifier, holds) {
        (None, _) => String::new(),
        (Some(Qualifier::All), true) => "every value of ".to_owned(),
        (Some(Qualifier::Any), true) | (Some(Qualifier::All), false) => "some value of ".to_owned(),
        (Some(Qualifier::Any), false) => "no value of ".to_owned(),
    };
    // "No value of … in" says the negation itself.
    let positive = if operator.qualifier == Some(Qualifier::Any) && !holds { !operator.negated } else { positive };
    if which.is_empty()
        && or_absent.is_empty()
        && positive
        && let Some(known) = known_phrase(&clause.key, &values)
    {
        return known;
    }
    format!("{which}{} {} {values}{or_absent}", clause.written, relation(operator.family, positive))
}

/// What people say of keys that decide paths and controls.
fn known_phrase(key: &str, values: &str) -> Option<String> {
    Some(match key {
        "aws:sourcevpce" => format!("through {values}"),
        "aws:sourcevpc" => format!("from {values}"),
        "aws:sourceip" => format!("from address {values}"),
        "bedrock:guardrailidentifier" => format!("with guardrail {values}"),
        "bedrock:inferenceprofilearn" => format!("through inference profile {values}"),
        "aws:multifactorauthpresent" if values == "true" => "with MFA".to_owned(),
        "aws:securetransport" if values == "true" => "over TLS".to_owned(),
        "aws:requestedregion" => format!("in region {values}"),
        "sts:externalid" => format!("with external id {values}"),
        _ => return None,
    })
}

fn relation(family: Family, positive: bool) -> &'static str {
    match (family, positive) {
        (Family::Like | Family::Arn, true) => "like",
        (Family::Like | Family::Arn, false) => "not like",
        (Family::Address, true) => "in",
        (Family::Address, false) => "not in",
        (Family::Number(orderings) | Family::Date(orderings), true) => orderings.symbol(),
        (Family::Number(orderings) | Family::Date(orderings), false) => orderings.opposite(),
        (_, true) => "=",
        (_, false) => "≠",
    }
}

fn list(values: &[Template]) -> String {
    let texts: Vec<&str> = values.iter().map(Template::text).collect();
    let shown = texts.iter().take(5).map(|text| sightline_model::untrusted::shortened(text, 120));
    let mut out = shown.collect::<Vec<_>>().join(" or ");
    if texts.len() > 5 {
        out.push_str(&format!(" or {} more", texts.len() - 5));
    }
    if out.is_empty() { "nothing".to_owned() } else { out }
}
