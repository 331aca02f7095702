//! The layers one by one: taken out of the policies, and put in changed.

use super::{decided, in_words};
use crate::document::Effect;
use crate::formula::Formula;
use crate::interpret::{Bearing, LayerName, Outcome, interpret};
use crate::policy::Policy;
use crate::request::{Layer, Level, Policies, Request};
use crate::solve::Tri;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// What one layer says of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerSaid {
    /// Which.
    pub layer: LayerName,
    /// Of an organization's policies: the root's, unit's or account's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// What it says.
    pub says: Says,
    /// Whether the answer rests on it.
    pub decides: bool,
    /// Why it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// The statements that bear on the request.
    pub statements: Vec<StatementSaid>,
}

/// What a layer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// There is no such policy, or it does not bind this request.
    NotBound,
    /// It could not be read.
    Unread,
    /// Nothing.
    Silent,
    /// It allows.
    Allows,
    /// It denies.
    Denies,
    /// It allows or denies under conditions that are open.
    Depends,
}

/// A statement that bears on the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementSaid {
    /// The policy's id.
    pub policy: String,
    /// The statement's place in it, from 1.
    pub number: usize,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whether it allows or denies; none where it could not be read.
    pub effect: Option<Effect>,
    /// When it applies, in words.
    pub when: String,
}

/// Where a layer stands in [`Policies`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    layer: LayerName,
    /// Which level of an organization's policies; none where there are none, or they could not be read.
    level: Option<usize>,
}

impl Place {
    /// Every layer, in the order of evaluation.
    pub(super) fn all(policies: &Policies) -> Vec<Self> {
        let plain = |layer| vec![Self { layer, level: None }];
        let levels = |layer, levels: &Layer<Vec<Level>>| match levels {
            Layer::Known(levels) if !levels.is_empty() => {
                (0..levels.len()).map(|level| Self { layer, level: Some(level) }).collect()
            }
            _ => plain(layer),
        };
        let mut out = levels(LayerName::ServiceControl, &policies.scp);
        out.extend(levels(LayerName::ResourceControl, &policies.rcp));
        for layer in
            [LayerName::Identity, LayerName::Boundary, LayerName::Session, LayerName::VpcEndpoint, LayerName::Resource]
        {
            out.extend(plain(layer));
        }
        out
    }

    /// Whether an Allow there may be what grants a request; the others only limit.
    pub(super) fn grants(self) -> bool {
        matches!(self.layer, LayerName::Identity | LayerName::Resource)
    }

    /// Whether its statements name principals.
    pub(super) fn names_principals(self) -> bool {
        matches!(self.layer, LayerName::Resource | LayerName::VpcEndpoint | LayerName::ResourceControl)
    }

    /// What the layer says.
    pub(super) fn said(self, request: &Request, policies: &Policies) -> LayerSaid {
        let unread = self.unread(policies);
        let statements = match (self.level, self.levels(policies)) {
            (Some(level), Some(levels)) => {
                // Levels are told apart by asking one at a time; the boundary stays, for NotPrincipal looks at it.
                let only = levels.get(level).cloned().into_iter().collect();
                let mut alone = Policies { boundary: policies.boundary.clone(), ..Policies::default() };
                *self.levels_mut(&mut alone) = Layer::Known(only);
                interpret(request, &alone).statements
            }
            _ => interpret(request, policies).statements,
        };
        let statements: Vec<Bearing> = statements.into_iter().filter(|bearing| bearing.layer == self.layer).collect();
        let says = match () {
            () if unread.is_some() => Says::Unread,
            () if !self.is_set(policies) || !self.binds(request, policies) => Says::NotBound,
            () => says(&statements, request),
        };
        let level = self.level.zip(self.levels(policies)).and_then(|(at, levels)| levels.get(at));
        LayerSaid {
            layer: self.layer,
            level: level.map(|level| level.id.clone()),
            says,
            decides: false,
            unread: unread.map(|why| why.to_string()),
            statements: statements.into_iter().map(|bearing| said(bearing, request)).collect(),
        }
    }

    /// The decision without the layer's policies.
    pub(super) fn without(self, request: &Request, policies: &Policies) -> Outcome {
        let mut changed = policies.clone();
        if let Some(layer) = self.plain_mut(&mut changed) {
            *layer = Layer::default();
        }
        interpret(request, &changed)
    }

    /// The policies with this one in the layer's place.
    pub(super) fn replaced(self, policies: &Policies, policy: Arc<Policy>) -> Policies {
        let mut changed = policies.clone();
        if let Some(layer) = self.plain_mut(&mut changed) {
            *layer = Layer::Known(vec![policy]);
            return changed;
        }
        let layer = self.levels_mut(&mut changed);
        match (layer, self.level) {
            (Layer::Known(levels), Some(at)) => {
                if let Some(level) = levels.get_mut(at) {
                    level.policies = vec![policy];
                }
            }
            (layer, _) => *layer = Layer::Known(vec![Level { id: String::new(), policies: vec![policy] }]),
        }
        changed
    }

    /// Whether a denial in the layer would count for this request.
    fn binds(self, request: &Request, policies: &Policies) -> bool {
        let mut statement = json!({"Effect": "Deny", "Action": "*", "Resource": "*"});
        if let (true, Some(fields)) = (self.names_principals(), statement.as_object_mut()) {
            fields.insert("Principal".to_owned(), json!("*"));
        }
        let deny_all = Policy::read("none", &json!({"Version": "2012-10-17", "Statement": [statement]}));
        interpret(request, &self.replaced(policies, Arc::new(deny_all))).denied == Formula::True
    }

    /// Identity policies and those of resources are there even where nobody wrote any: they allow nothing.
    fn is_set(self, policies: &Policies) -> bool {
        match self.layer {
            LayerName::Identity | LayerName::Resource => true,
            LayerName::Boundary => policies.boundary.known().is_none_or(|all| !all.is_empty()),
            LayerName::Session => policies.session.known().is_none_or(|all| !all.is_empty()),
            LayerName::VpcEndpoint => policies.vpce.known().is_none_or(|all| !all.is_empty()),
            LayerName::ServiceControl | LayerName::ResourceControl => {
                self.level.is_some() || self.levels(policies).is_none()
            }
        }
    }

    fn unread(self, policies: &Policies) -> Option<Arc<str>> {
        let why = |layer: &Layer<Vec<Arc<Policy>>>| match layer {
            Layer::Unknown(why) => Some(Arc::clone(why)),
            Layer::Known(_) => None,
        };
        let of_levels = |layer: &Layer<Vec<Level>>| match layer {
            Layer::Unknown(why) => Some(Arc::clone(why)),
            Layer::Known(_) => None,
        };
        match self.layer {
            LayerName::Identity => why(&policies.identity),
            LayerName::Boundary => why(&policies.boundary),
            LayerName::Session => why(&policies.session),
            LayerName::Resource => why(&policies.resource),
            LayerName::VpcEndpoint => why(&policies.vpce),
            LayerName::ServiceControl => of_levels(&policies.scp),
            LayerName::ResourceControl => of_levels(&policies.rcp),
        }
    }

    fn levels(self, policies: &Policies) -> Option<&Vec<Level>> {
        match self.layer {
            LayerName::ServiceControl => policies.scp.known(),
            LayerName::ResourceControl => policies.rcp.known(),
            _ => None,
        }
    }

    fn levels_mut(self, policies: &mut Policies) -> &mut Layer<Vec<Level>> {
        if self.layer == LayerName::ServiceControl { &mut policies.scp } else { &mut policies.rcp }
    }

    fn plain_mut(self, policies: &mut Policies) -> Option<&mut Layer<Vec<Arc<Policy>>>> {
        match self.layer {
            LayerName::Identity => Some(&mut policies.identity),
            LayerName::Boundary => Some(&mut policies.boundary),
            LayerName::Session => Some(&mut policies.session),
            LayerName::Resource => Some(&mut policies.resource),
            LayerName::VpcEndpoint => Some(&mut policies.vpce),
            LayerName::ServiceControl | LayerName::ResourceControl => None,
        }
    }
}

fn says(statements: &[Bearing], request: &Request) -> Says {
    // A statement whose effect could not be read may be either.
    let of = |effect: Effect| {
        let those = statements.iter().filter(|bearing| bearing.effect.is_none_or(|own| own == effect));
        let when = those.map(|bearing| match bearing.effect {
            Some(_) => bearing.when.clone(),
            None => bearing.when.and(&Formula::unknown("the effect is known")),
        });
        decided(&Formula::any(when), request)
    };
    match (of(Effect::Deny), of(Effect::Allow)) {
        (Tri::Allow, _) => Says::Denies,
        (Tri::Conditional, _) | (Tri::Deny, Tri::Conditional) => Says::Depends,
        (Tri::Deny, Tri::Allow) => Says::Allows,
        (Tri::Deny, Tri::Deny) => Says::Silent,
    }
}

fn said(bearing: Bearing, request: &Request) -> StatementSaid {
    StatementSaid {
        when: in_words(&bearing.when, request),
        policy: bearing.policy,
        number: bearing.statement + 1,
        sid: bearing.sid,
        effect: bearing.effect,
    }
}
