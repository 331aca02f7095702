//! JSON → [`Policy`]. What cannot be read makes its statement uncertain; nothing is guessed, nothing is dropped.

use super::{Actions, Policy, PrincipalPattern, Principals, Resources, Statement};
use crate::condition::Clause;
use crate::document::Effect;
use crate::template::Template;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The documents' versions. Variables are read in the newer alone.
const WITH_VARIABLES: &str = "2012-10-17";
const WITHOUT_VARIABLES: &str = "2008-10-17";

impl Policy {
    /// Reads a document. Never fails: what is not a policy is one uncertain statement.
    pub fn read(id: &str, document: &Value) -> Self {
        // Some operations answer a policy as text within JSON.
        if let Value::String(text) = document {
            return Self::read_text(id, text);
        }
        let Value::Object(map) = document else {
            return Self::unreadable(id, "the document is not an object");
        };
        let version = version(map);
        let statements = match map.get("Statement") {
            Some(Value::Array(all)) => all.iter().map(|one| read_statement(one, &version)).collect(),
            Some(one @ Value::Object(_)) => vec![read_statement(one, &version)],
            _ => return Self::unreadable(id, "the document has no `Statement`"),
        };
        let id = map.get("Id").and_then(Value::as_str).filter(|_| id.is_empty()).unwrap_or(id);
        Self { id: id.to_owned(), statements }
    }

    /// Reads a document's text.
    pub fn read_text(id: &str, text: &str) -> Self {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::String(_)) => Self::unreadable(id, "the document is text within text"),
            Ok(value) => Self::read(id, &value),
            Err(error) => Self::unreadable(id, &format!("the document is not JSON: {error}")),
        }
    }

    fn unreadable(id: &str, why: &str) -> Self {
        let statement = Statement { uncertain: Some(why.to_owned()), ..Statement::anything() };
        Self { id: id.to_owned(), statements: vec![statement] }
    }

    /// What could not be read: the statement's place (from 0) and why.
    pub fn uncertainties(&self) -> impl Iterator<Item = (usize, &str)> {
        let statements = self.statements.iter().enumerate();
        statements.filter_map(|(at, statement)| Some((at, statement.uncertain.as_deref()?)))
    }
}

impl Statement {
    fn anything() -> Self {
        Self {
            sid: None,
            effect: None,
            principals: None,
            actions: None,
            resources: None,
            conditions: Vec::new(),
            uncertain: None,
        }
    }

    fn doubt(&mut self, why: String) {
        self.uncertain.get_or_insert(why);
    }
}

struct Version {
    has_variables: bool,
    unknown: Option<String>,
}

fn version(map: &Map<String, Value>) -> Version {
    match map.get("Version") {
        Some(Value::String(text)) if text == WITH_VARIABLES => Version { has_variables: true, unknown: None },
        None => Version { has_variables: false, unknown: None },
        Some(Value::String(text)) if text == WITHOUT_VARIABLES => Version { has_variables: false, unknown: None },
        Some(other) => Version { has_variables: true, unknown: Some(format!("version `{other}` is not known")) },
    }
}

fn read_statement(value: &Value, version: &Version) -> Statement {
    let mut out = Statement::anything();
    let Value::Object(map) = value else {
        out.doubt("the statement is not an object".into());
        return out;
    };
    if let Some(why) = &version.unknown {
        out.doubt(why.clone());
    }
    for (element, value) in map {
        if let Err(why) = read_element(&mut out, element, value, version.has_variables) {
            out.doubt(why);
        }
    }
    check_whole(&mut out, map);
    out
}

fn read_element(out: &mut Statement, element: &str, value: &Value, has_variables: bool) -> Result<(), String> {
    match element {
        "Sid" => out.sid = value.as_str().map(str::to_owned),
        "Effect" => {
            out.effect = match value.as_str() {
                Some("Allow") => Some(Effect::Allow),
                Some("Deny") => Some(Effect::Deny),
                _ => return Err(format!("effect `{value}` is neither `Allow` nor `Deny`")),
            }
        }
        "Principal" | "NotPrincipal" => {
            out.principals = Some(Principals { negated: element == "NotPrincipal", patterns: read_principals(value)? });
        }
        "Action" | "NotAction" => {
            let patterns = texts(value).ok_or_else(|| format!("`{element}` is neither text nor a list of texts"))?;
            if let Some(bad) = patterns.iter().find(|pattern| !is_action(pattern)) {
                return Err(format!("`{bad}` is not an action"));
            }
            out.actions = Some(Actions { negated: element == "NotAction", patterns });
        }
        "Resource" | "NotResource" => {
            let texts = texts(value).ok_or_else(|| format!("`{element}` is neither text nor a list of texts"))?;
            let patterns = texts.iter().map(|text| Template::parse(text, has_variables)).collect::<Result<_, _>>()?;
            out.resources = Some(Resources { negated: element == "NotResource", patterns });
        }
        "Condition" => out.conditions = read_conditions(value, has_variables)?,
        other => return Err(format!("`{}` is not an element of a statement", sightline_model::untrusted::shortened(other, 100))),
    }
    Ok(())
}

/// What holds of the statement as a whole.
fn check_whole(out: &mut Statement, map: &Map<String, Value>) {
    for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
        if map.contains_key(one) && map.contains_key(other) {
            out.doubt(format!("both `{one}` and `{other}`"));
            match one {
                "Action" => out.actions = None,
                "Resource" => out.resources = None,
                _ => out.principals = None,
            }
        }
    }
    if out.effect.is_none() {
        out.doubt("no `Effect`".into());
    }
    if out.actions.is_none() {
        out.doubt("no `Action`".into());
    }
}

fn is_action(pattern: &str) -> bool {
    pattern == "*" || pattern.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
}

/// One text or many.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(all) => all.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn read_principals(value: &Value) -> Result<Vec<PrincipalPattern>, String> {
    match value {
        Value::String(text) => Ok(vec![PrincipalPattern::parse("AWS", text)?]),
        Value::Object(map) => {
            let mut out = Vec::new();
            for (kind, value) in map {
                for text in texts(value).ok_or_else(|| format!("principals of `{kind}` are not texts"))? {
                    out.push(PrincipalPattern::parse(kind, &text)?);
                }
            }
            Ok(out)
        }
        _ => Err("`Principal` is neither text nor an object".into()),
    }
}

fn read_conditions(value: &Value, has_variables: bool) -> Result<Vec<Arc<Clause>>, String> {
    let Value::Object(operators) = value else {
        return Err("`Condition` is not an object".into());
    };
    let mut out = Vec::new();
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return Err(format!("`{operator}` has no keys"));
        };
        for (key, values) in keys {
            let values = scalars(values).ok_or_else(|| format!("the values of `{key}` are not texts"))?;
            out.push(Arc::new(Clause::read(operator, key, &values, has_variables)?));
        }
    }
    Ok(out)
}

/// Values may be written as texts, numbers and booleans.
fn scalars(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(all) => all.iter().map(one).collect(),
        other => one(other).map(|one| vec![one]),
    }
}
