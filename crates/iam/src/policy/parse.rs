//! JSON → [`Policy`]. What cannot be read makes its statement uncertain; nothing is guessed, nothing is dropped.

use super::json::{Json, Object};
use super::{Interner, Policy, PrincipalPattern, Principals, Statement};
use crate::condition::{Clause, Operator};
use crate::document::Effect;
use serde_json::Value;
use sightline_model::untrusted::shortened;
use std::sync::Arc;

/// The documents' versions. Variables are read in the newer alone.
const WITH_VARIABLES: &str = "2012-10-17";
const WITHOUT_VARIABLES: &str = "2008-10-17";

impl Policy {
    /// Reads a document. Never fails: what is not a policy is one uncertain statement.
    pub fn read(id: &str, document: &Value) -> Self {
        Self::of_json(id, &Json::from(document), &mut Interner::default())
    }

    /// Its parts are those of the policies before it, where they are equal.
    pub(crate) fn of_json(id: &str, document: &Json<'_>, parts: &mut Interner) -> Self {
        // Some operations answer a policy as text within JSON.
        if let Json::Text(text) = document {
            return Self::read_text(id, text);
        }
        let Json::Object(map) = document else {
            return Self::unreadable(id, "the document is not an object");
        };
        let version = version(map);
        let statements = match map.get("Statement") {
            Some(Json::List(all)) => all.iter().map(|one| read_statement(one, &version, parts)).collect(),
            Some(one @ Json::Object(_)) => vec![read_statement(one, &version, parts)],
            _ => return Self::unreadable(id, "the document has no `Statement`"),
        };
        let id = map.get("Id").and_then(Json::as_str).filter(|_| id.is_empty()).unwrap_or(id);
        Self { id: id.to_owned(), statements }
    }

    /// Reads a document's text.
    pub fn read_text(id: &str, text: &str) -> Self {
        match serde_json::from_str::<Json<'_>>(text) {
            Ok(Json::Text(_)) => Self::unreadable(id, "the document is text within text"),
            Ok(document) => Self::of_json(id, &document, &mut Interner::default()),
            Err(error) => Self::unreadable(id, &format!("the document is not JSON: {error}")),
        }
    }

    /// A policy of which no more is known than that it is there: `why`.
    pub fn unreadable(id: &str, why: &str) -> Self {
        let statement = Statement { uncertain: Some(why.into()), ..Statement::anything() };
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
            conditions: Arc::default(),
            uncertain: None,
        }
    }

    fn doubt(&mut self, why: String) {
        self.uncertain.get_or_insert(why.into());
    }
}

struct Version {
    has_variables: bool,
    unknown: Option<String>,
}

fn version(map: &Object<'_>) -> Version {
    match map.get("Version") {
        Some(Json::Text(text)) if text == WITH_VARIABLES => Version { has_variables: true, unknown: None },
        None => Version { has_variables: false, unknown: None },
        Some(Json::Text(text)) if text == WITHOUT_VARIABLES => Version { has_variables: false, unknown: None },
        Some(other) => Version {
            has_variables: true,
            unknown: Some(format!("version `{}` is not known", shortened(&other.to_string(), 100))),
        },
    }
}

fn read_statement(value: &Json<'_>, version: &Version, parts: &mut Interner) -> Statement {
    let mut out = Statement::anything();
    let Json::Object(map) = value else {
        out.doubt("the statement is not an object".into());
        return out;
    };
    if let Some(why) = &version.unknown {
        out.doubt(why.clone());
    }
    for (element, value) in map.iter() {
        if let Err(why) = read_element(&mut out, element, value, version.has_variables, parts) {
            out.doubt(why);
        }
    }
    check_whole(&mut out, map);
    if version.unknown.is_some() {
        // Whether `${…}` is a variable nobody knows, nor what the rest would mean.
        out.resources = None;
        out.conditions = Arc::default();
    }
    out
}

fn read_element(
    out: &mut Statement,
    element: &str,
    value: &Json<'_>,
    has_variables: bool,
    parts: &mut Interner,
) -> Result<(), String> {
    match element {
        "Sid" => out.sid = value.as_str().map(|sid| parts.sid(sid)),
        "Effect" => {
            out.effect = match value.as_str() {
                Some("Allow") => Some(Effect::Allow),
                Some("Deny") => Some(Effect::Deny),
                _ => {
                    return Err(format!(
                        "effect `{}` is neither `Allow` nor `Deny`",
                        shortened(&value.to_string(), 100)
                    ));
                }
            }
        }
        "Principal" | "NotPrincipal" => {
            let patterns = read_principals(value)?;
            out.principals = Some(parts.principals(Principals { negated: element == "NotPrincipal", patterns }));
        }
        "Action" | "NotAction" => {
            let patterns = texts(value).ok_or_else(|| format!("`{element}` is neither text nor a list of texts"))?;
            let actions = parts.actions(element == "NotAction", &patterns, || {
                patterns.iter().map(|pattern| action(pattern)).collect()
            });
            out.actions = Some(actions?);
        }
        "Resource" | "NotResource" => {
            let texts = texts(value).ok_or_else(|| format!("`{element}` is neither text nor a list of texts"))?;
            out.resources = Some(parts.resources(element == "NotResource", &texts, has_variables)?);
        }
        "Condition" => out.conditions = parts.conditions(read_conditions(value, has_variables)?),
        other => return Err(format!("`{}` is not an element of a statement", shortened(other, 100))),
    }
    Ok(())
}

/// What holds of the statement as a whole.
fn check_whole(out: &mut Statement, map: &Object<'_>) {
    for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
        if map.get(one).is_some() && map.get(other).is_some() {
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
    // Trust policies have no resource; their statements have principals.
    if out.resources.is_none() && out.principals.is_none() {
        out.doubt("no `Resource`".into());
    }
    // AWS says of an empty list that it is without effect, and not what "all but none" would be.
    let all_but_none = [
        out.actions.as_ref().is_some_and(|actions| actions.negated && actions.patterns.is_empty()),
        out.resources.as_ref().is_some_and(|resources| resources.negated && resources.patterns.is_empty()),
        out.principals.as_ref().is_some_and(|principals| principals.negated && principals.patterns.is_empty()),
    ];
    if all_but_none.contains(&true) {
        out.doubt("all but an empty list".into());
    }
}

fn action(pattern: &str) -> Result<String, String> {
    let is_action = pattern == "*"
        || pattern.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if is_action { Ok(pattern.to_owned()) } else { Err(format!("`{}` is not an action", shortened(pattern, 100))) }
}

/// One text or many.
fn texts<'a>(value: &'a Json<'_>) -> Option<Vec<&'a str>> {
    match value {
        Json::Text(text) => Some(vec![text.as_ref()]),
        Json::List(all) => all.iter().map(Json::as_str).collect(),
        _ => None,
    }
}

fn read_principals(value: &Json<'_>) -> Result<Vec<PrincipalPattern>, String> {
    match value {
        Json::Text(text) => Ok(vec![PrincipalPattern::parse("AWS", text)?]),
        Json::Object(map) => {
            let mut out = Vec::new();
            for (kind, value) in map.iter() {
                for text in
                    texts(value).ok_or_else(|| format!("principals of `{}` are not texts", shortened(kind, 100)))?
                {
                    out.push(PrincipalPattern::parse(kind, text)?);
                }
            }
            Ok(out)
        }
        _ => Err("`Principal` is neither text nor an object".into()),
    }
}

fn read_conditions(value: &Json<'_>, has_variables: bool) -> Result<Vec<Arc<Clause>>, String> {
    let Json::Object(operators) = value else {
        return Err("`Condition` is not an object".into());
    };
    let mut out = Vec::new();
    for (operator, keys) in operators.iter() {
        let Json::Object(keys) = keys else {
            return Err(format!("`{}` has no keys", shortened(operator, 100)));
        };
        // A block without keys says nothing, as long as it is a block.
        Operator::read(operator)?;
        for (key, values) in keys.iter() {
            let values =
                scalars(values).ok_or_else(|| format!("the values of `{}` are not texts", shortened(key, 100)))?;
            out.push(Arc::new(Clause::read(operator, key, &values, has_variables)?));
        }
    }
    Ok(out)
}

/// Values may be written as texts, numbers and booleans.
fn scalars(value: &Json<'_>) -> Option<Vec<String>> {
    let one = |value: &Json<'_>| match value {
        Json::Text(text) => Some(text.clone().into_owned()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(value) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Json::List(all) => all.iter().map(one).collect(),
        other => one(other).map(|one| vec![one]),
    }
}
