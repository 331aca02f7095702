//! The format of cases: one JSON object a line.

use crate::caller::{Caller, UnknownCaller};
use crate::context::{Context, Fact, Values};
use crate::interpret::Decision;
use crate::policy::Policy;
use crate::request::{Layer, Level, Policies, Request};
use crate::solve::Tri;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a line is not a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Not JSON, or not of the form.
    #[error("not a case: {0}")]
    Form(#[from] serde_json::Error),
    /// The request's principal.
    #[error(transparent)]
    Caller(#[from] UnknownCaller),
    /// A completion has another number of values than there are unknown keys.
    #[error("a completion has {values} values for {keys} unknown keys")]
    Completion {
        /// How many values.
        values: usize,
        /// How many keys.
        keys: usize,
    },
    /// The expectation says neither `decision` nor `tri`.
    #[error("`expected` has neither `decision` nor `tri`")]
    Expectation,
}

/// A question and its answer.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: String,
    request: RawRequest,
    policies: RawPolicies,
    #[serde(default)]
    unknown_keys: Vec<String>,
    #[serde(default)]
    completions: Vec<(Vec<Option<RawValue>>, Decision)>,
    expected: Expected,
}

#[derive(Debug, Clone, Deserialize)]
struct Expected {
    decision: Option<Decision>,
    tri: Option<Tri>,
}

#[derive(Debug, Clone, Deserialize)]
struct RawRequest {
    principal: String,
    action: String,
    resource: String,
    #[serde(default)]
    resource_account: String,
    #[serde(default)]
    context: BTreeMap<String, RawValue>,
    #[serde(default)]
    wildcard_only_action: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum RawValue {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Clone, Deserialize)]
struct RawPolicies {
    #[serde(default)]
    identity: Vec<Value>,
    #[serde(default)]
    boundary: Vec<Value>,
    session: Option<Value>,
    #[serde(default)]
    scp: Vec<RawLevel>,
    #[serde(default)]
    rcp: Vec<RawLevel>,
    resource: Option<Value>,
    #[serde(default)]
    vpce: Vec<Value>,
}

#[derive(Debug, Clone, Deserialize)]
struct RawLevel {
    id: String,
    policies: Vec<Value>,
}

/// What is expected.
pub(super) enum Wanted {
    Decision(Decision),
    Tri(Tri),
}

impl Case {
    /// Reads one line.
    ///
    /// # Errors
    /// It is not a case.
    pub fn read(line: &str) -> Result<Self, CaseError> {
        let case: Self = serde_json::from_str(line)?;
        let keys = case.unknown_keys.len();
        if let Some((values, _)) = case.completions.iter().find(|(values, _)| values.len() != keys) {
            return Err(CaseError::Completion { values: values.len(), keys });
        }
        case.wanted()?;
        case.request()?;
        Ok(case)
    }

    pub(super) fn wanted(&self) -> Result<Wanted, CaseError> {
        match (self.expected.decision, self.expected.tri) {
            (Some(decision), _) => Ok(Wanted::Decision(decision)),
            (None, Some(tri)) => Ok(Wanted::Tri(tri)),
            (None, None) => Err(CaseError::Expectation),
        }
    }

    /// The request, unknown keys left open.
    ///
    /// # Errors
    /// The principal is none.
    pub fn request(&self) -> Result<Request, CaseError> {
        let raw = &self.request;
        let mut context = Context::closed();
        for (key, value) in &raw.context {
            context.set(key, fact(value));
        }
        for key in &self.unknown_keys {
            context.set(key, Fact::Unknown);
        }
        let caller = match raw.principal.parse()? {
            Caller::Session { arn, .. } => Caller::Session { role: role_behind(&context), arn },
            other => other,
        };
        Ok(Request {
            caller,
            action: raw.action.clone(),
            resource: if raw.wildcard_only_action { "*".to_owned() } else { raw.resource.clone() },
            resource_account: raw.resource_account.clone(),
            context,
        })
    }

    /// All layers.
    pub fn policies(&self) -> Policies {
        let raw = &self.policies;
        let all = |layer: &str, documents: &[Value]| {
            let named = documents.iter().enumerate();
            named
                .map(|(at, document)| Arc::new(Policy::read(&format!("{layer} {}", at + 1), document)))
                .collect::<Vec<_>>()
        };
        let levels = |levels: &[RawLevel]| {
            let read =
                levels.iter().map(|level| Level { id: level.id.clone(), policies: all(&level.id, &level.policies) });
            Layer::Known(read.collect())
        };
        Policies {
            identity: Layer::Known(all("identity policy", &raw.identity)),
            boundary: Layer::Known(all("boundary", &raw.boundary)),
            session: Layer::Known(all("session policy", raw.session.as_slice())),
            scp: levels(&raw.scp),
            rcp: levels(&raw.rcp),
            resource: Layer::Known(all("resource policy", raw.resource.as_slice())),
            vpce: Layer::Known(all("endpoint policy", &raw.vpce)),
        }
    }

    /// Every completion of the unknown keys, and its decision.
    pub(super) fn completions(&self) -> impl Iterator<Item = (Context, Decision)> {
        self.completions.iter().map(|(values, decision)| {
            let mut context = Context::closed();
            for (key, value) in self.unknown_keys.iter().zip(values) {
                context.set(key, value.as_ref().map_or(Fact::Absent, fact));
            }
            (context, *decision)
        })
    }
}

fn fact(value: &RawValue) -> Fact {
    Fact::Known(match value {
        RawValue::One(one) => one.as_str().into(),
        RawValue::Many(many) => Values { values: many.clone(), is_list: true },
    })
}

/// A session's role with its path, where the request says it.
fn role_behind(context: &Context) -> Option<String> {
    context.value("aws:principalarn").filter(|arn| arn.contains(":role/")).map(str::to_owned)
}
