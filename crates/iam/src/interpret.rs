//! The rules of evaluation as code: small, slow, and meant to be read beside AWS's pages.
//!
//! The fast engine is held against this one. Sources:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>.

mod layers;
mod matching;
mod principals;

pub use layers::Gates;
pub(crate) use layers::{may_have_boundary, own_may_deny, resource_may_deny, supports_resource_control};
pub(crate) use matching::{doubt, holds, may_allow, may_deny, names_nobody, open, without_value};
pub(crate) use principals::{Naming, naming};

use crate::caller::Caller;
use crate::formula::Formula;
use crate::request::{Policies, Request};
use layers::{Layers, ResourcePolicy};

/// What the policies say of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// When some statement denies it.
    pub denied: Formula,
    /// When every layer that must allow it does.
    pub granted: Formula,
    /// Statements that bear on it, in the order of layers.
    pub statements: Vec<Bearing>,
}

/// A statement that bears on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearing {
    /// Which layer.
    pub layer: LayerName,
    /// The policy's id.
    pub policy: String,
    /// The statement's place in it, from 0.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Whether it allows, denies, or cannot be told.
    pub effect: Option<crate::document::Effect>,
    /// When it applies.
    pub when: Formula,
}

/// The layers of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerName {
    /// Identity policies, with those of groups.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
    /// Service control policies.
    ServiceControl,
    /// Resource control policies.
    ResourceControl,
    /// The resource's policy, the trust policy of a role.
    Resource,
    /// The VPC endpoint's policy.
    VpcEndpoint,
}

/// What becomes of a request of which all is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// Nothing denies it, but not all that must allow it does.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
}

impl Outcome {
    /// When the request is allowed.
    pub fn allowed(&self) -> Formula {
        self.granted.and(&self.denied.negated())
    }

    /// The decision, where nothing is open.
    pub fn decision(&self) -> Option<Decision> {
        match (&self.denied, &self.granted) {
            (Formula::True, _) => Some(Decision::ExplicitlyDenied),
            (Formula::False, Formula::True) => Some(Decision::Allowed),
            (Formula::False, Formula::False) => Some(Decision::ImplicitlyDenied),
            _ => None,
        }
    }
}

/// Decides a request.
pub fn interpret(request: &Request, policies: &Policies) -> Outcome {
    let layers = Layers::new(request, policies);
    Outcome { denied: layers.denied(), granted: granted(request, &layers), statements: layers.statements }
}

fn granted(request: &Request, layers: &Layers) -> Formula {
    let Gates { identity, boundary, session, organization, endpoint } = &layers.gates;
    let own = Formula::all([boundary.clone(), session.clone()]);
    let resource = &layers.resource;
    let same_account = match &request.caller {
        Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) => resource.direct.clone(),
        Caller::Root { .. } => within(request, resource, &Formula::True, &Formula::True),
        _ => within(request, resource, identity, &own),
    };
    Formula::all([organization.clone(), endpoint.clone(), same_account])
}

/// The rule for principals of accounts: one account or two.
fn within(request: &Request, resource: &ResourcePolicy, identity: &Formula, own: &Formula) -> Formula {
    let owner = request.resource_account.as_str();
    if owner.is_empty() || request.caller.account() == Some(owner) {
        let trust = if trusts_alone(request) { resource.account.clone() } else { Formula::True };
        return Formula::any([
            resource.direct.clone(),
            Formula::all([resource.role.clone(), own.clone()]),
            Formula::all([identity.clone(), own.clone(), trust]),
        ]);
    }
    let theirs = Formula::any([resource.direct.clone(), resource.role.clone(), resource.account.clone()]);
    Formula::all([theirs, identity.clone(), own.clone()])
}

/// Whether the resource's policy alone says who may use it: an identity policy counts only where it delegates to the account.
///
/// Sources: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>.
pub fn trusts_alone(request: &Request) -> bool {
    is_trusted_alone(&request.action, &request.resource)
}

/// The same of an action on a resource.
pub(crate) fn is_trusted_alone(action: &str, resource: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else { return false };
    let name = name.to_ascii_lowercase();
    match service.to_ascii_lowercase().as_str() {
        "kms" => resource.contains(":key/"),
        "sts" => {
            resource.contains(":role/")
                && (name.starts_with("assumerole") || name == "tagsession" || name == "setsourceidentity")
        }
        _ => false,
    }
}
