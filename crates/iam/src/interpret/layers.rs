//! What each layer of policies says.

use super::principals::naming;
use super::{Bearing, LayerName, matching};
use crate::caller::Caller;
use crate::document::Effect;
use crate::formula::Formula;
use crate::policy::{Policy, Statement};
use crate::request::{Layer, Level, Policies, Request};
use std::sync::Arc;

/// All layers of one request.
pub(super) struct Layers {
    denials: Vec<Formula>,
    pub(super) gates: Gates,
    pub(super) resource: ResourcePolicy,
    /// Whether a permissions boundary is attached to the caller.
    has_boundary: Formula,
    pub(super) statements: Vec<Bearing>,
}

/// When each layer that must allow does; true where a layer does not limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gates {
    /// Identity policies allow.
    pub identity: Formula,
    /// No boundary, or it allows.
    pub boundary: Formula,
    /// No session policy, or it allows.
    pub session: Formula,
    /// Every level of the organization allows.
    pub organization: Formula,
    /// No endpoint, or its policy allows.
    pub endpoint: Formula,
}

/// When the resource's policy allows, by how it names the caller.
pub(super) struct ResourcePolicy {
    pub(super) direct: Formula,
    pub(super) role: Formula,
    pub(super) account: Formula,
}

impl Layers {
    pub(super) fn new(request: &Request, policies: &Policies) -> Self {
        let mut out = Self {
            denials: Vec::new(),
            gates: Gates {
                identity: Formula::False,
                boundary: Formula::True,
                session: Formula::True,
                organization: Formula::True,
                endpoint: Formula::True,
            },
            resource: ResourcePolicy { direct: Formula::False, role: Formula::False, account: Formula::False },
            has_boundary: match &policies.boundary {
                Layer::Known(set) => Formula::from(!set.is_empty()),
                Layer::Unknown(why) => may_have_boundary(why),
            },
            statements: Vec::new(),
        };
        out.own(request, policies);
        out.organization(request, policies);
        out.resource(request, policies);
        out.endpoint(request, policies);
        out
    }

    pub(super) fn denied(&self) -> Formula {
        Formula::any(self.denials.iter().cloned())
    }

    /// Identity, boundary and session: those of callers that have them. A resource's policy may go past what they allow, never
    /// past what they deny: one that could not be read stands in the way of all.
    fn own(&mut self, request: &Request, policies: &Policies) {
        match &request.caller {
            Caller::Service(_) | Caller::Federated(_) | Caller::Anonymous => return,
            Caller::Root { .. } => {
                self.gates.identity = Formula::True;
                return;
            }
            // GetFederationToken without a session policy gives what resources' policies give; the user's denials hold.
            // Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>.
            Caller::FederatedUser { .. } if !is_set(&policies.session) => {
                self.layer(LayerName::Identity, &policies.identity, request);
            }
            _ => self.gates.identity = self.layer(LayerName::Identity, &policies.identity, request),
        }
        if is_set(&policies.boundary) {
            self.gates.boundary = self.layer(LayerName::Boundary, &policies.boundary, request);
        }
        if is_set(&policies.session) {
            self.gates.session = self.layer(LayerName::Session, &policies.session, request);
        }
        for layer in [&policies.identity, &policies.boundary, &policies.session] {
            if let Layer::Unknown(why) = layer {
                self.denials.push(own_may_deny(why));
            }
        }
    }

    fn organization(&mut self, request: &Request, policies: &Policies) {
        if request.caller.is_service_linked() {
            return;
        }
        // Service control policies bind principals of the organization's accounts alone.
        if request.caller.account().is_some() {
            let gates = self.levels(LayerName::ServiceControl, &policies.scp, request);
            self.gates.organization = Formula::all(gates);
        }
        if supports_resource_control(&request.action) {
            let unread = matches!(policies.rcp, Layer::Unknown(_));
            let gates = self.levels(LayerName::ResourceControl, &policies.rcp, request);
            // `RCPFullAWSAccess` is attached everywhere: only denials tell.
            if unread {
                self.gates.organization = Formula::all(gates.into_iter().chain([self.gates.organization.clone()]));
            }
        }
    }

    fn levels(&mut self, name: LayerName, layer: &Layer<Vec<Level>>, request: &Request) -> Vec<Formula> {
        match layer {
            Layer::Unknown(why) => vec![Formula::unknown(why)],
            Layer::Known(levels) => levels.iter().map(|level| self.policies(name, &level.policies, request)).collect(),
        }
    }

    fn endpoint(&mut self, request: &Request, policies: &Policies) {
        if is_set(&policies.vpce) {
            self.gates.endpoint = self.layer(LayerName::VpcEndpoint, &policies.vpce, request);
        }
    }

    /// When a layer allows; its denials are kept.
    fn layer(&mut self, name: LayerName, layer: &Layer<Vec<Arc<Policy>>>, request: &Request) -> Formula {
        match layer {
            Layer::Unknown(why) => Formula::unknown(why),
            Layer::Known(policies) => self.policies(name, policies, request),
        }
    }

    fn policies(&mut self, name: LayerName, policies: &[Arc<Policy>], request: &Request) -> Formula {
        let mut allows = Vec::new();
        for policy in policies {
            for (at, statement) in policy.statements.iter().enumerate() {
                let mut when = matching::applies(policy, at, statement, request);
                // Identity policies have no principals; the others' statements are about those that they name.
                if statement.principals.is_some() {
                    let naming = naming(statement, &request.caller, &self.has_boundary);
                    when = when.and(&naming.any());
                }
                self.note(name, policy, at, &when);
                let (allow, deny) = sides(policy, at, statement, when);
                allows.push(allow);
                self.denials.push(deny);
            }
        }
        Formula::any(allows)
    }

    fn resource(&mut self, request: &Request, policies: &Policies) {
        let all = match &policies.resource {
            Layer::Known(all) => all,
            Layer::Unknown(why) => {
                let unknown = Formula::unknown(why);
                self.resource = ResourcePolicy { direct: unknown.clone(), role: unknown.clone(), account: unknown };
                // What could not be read may also deny.
                self.denials.push(resource_may_deny(why));
                return;
            }
        };
        let (mut direct, mut role, mut account) = (Vec::new(), Vec::new(), Vec::new());
        for policy in all {
            for (at, statement) in policy.statements.iter().enumerate() {
                let when = matching::applies(policy, at, statement, request);
                let when = if statement.principals.is_none() && statement.uncertain.is_none() {
                    when.and(&matching::names_nobody(policy, at))
                } else {
                    when
                };
                let naming = naming(statement, &request.caller, &self.has_boundary);
                self.note(LayerName::Resource, policy, at, &when.and(&naming.any()));
                let (allow, deny) = sides(policy, at, statement, when);
                self.denials.push(deny.and(&naming.any()));
                direct.push(allow.and(&naming.direct));
                role.push(allow.and(&naming.role));
                account.push(allow.and(&naming.account));
            }
        }
        let [direct, role, account] = [direct, role, account].map(Formula::any);
        self.resource = ResourcePolicy { direct, role, account };
    }

    fn note(&mut self, layer: LayerName, policy: &Policy, at: usize, when: &Formula) {
        if let (false, Some(statement)) = (*when == Formula::False, policy.statements.get(at)) {
            self.statements.push(Bearing {
                layer,
                policy: policy.id.clone(),
                statement: at,
                sid: statement.sid.as_deref().map(str::to_owned),
                effect: statement.effect,
                when: when.clone(),
            });
        }
    }
}

/// When a statement that applies `when` allows, and when it denies.
fn sides(policy: &Policy, at: usize, statement: &Statement, when: Formula) -> (Formula, Formula) {
    match statement.effect {
        Some(Effect::Allow) => (when, Formula::False),
        Some(Effect::Deny) => (Formula::False, when),
        None => (when.and(&matching::may_allow(policy, at)), when.and(&matching::may_deny(policy, at))),
    }
}

/// Whether a boundary that could not be read is there.
pub(crate) fn may_have_boundary(why: &str) -> Formula {
    Formula::unknown(&format!("a boundary is set: {why}"))
}

/// When a resource's policy that could not be read denies.
pub(crate) fn resource_may_deny(why: &str) -> Formula {
    let denies = why.strip_suffix("allows").map(|subject| format!("{subject}denies it"));
    Formula::unknown(&denies.unwrap_or_else(|| format!("what could not be read denies it ({why})")))
}

/// When a policy of the caller that could not be read denies.
pub(crate) fn own_may_deny(why: &str) -> Formula {
    Formula::unknown(why).negated()
}

/// Whether a layer limits: it has policies, or may have.
fn is_set(layer: &Layer<Vec<Arc<Policy>>>) -> bool {
    layer.known().is_none_or(|policies| !policies.is_empty())
}

/// Whether resource control policies bind calls of the action's service.
pub(crate) fn supports_resource_control(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, _)| crate::catalogue::catalogue().supports_rcp(service))
}
