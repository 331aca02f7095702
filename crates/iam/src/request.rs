//! A request, and the policies that decide it.

use crate::caller::Caller;
use crate::context::Context;
use crate::policy::Policy;
use std::sync::Arc;

/// Who asks for what, on what.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who.
    pub caller: Caller,
    /// `service:Name`
    pub action: String,
    /// An ARN, or `*` for actions that have no resource.
    pub resource: String,
    /// The account that owns the resource; the caller's for resources that AWS owns. Empty where it is not known.
    pub resource_account: String,
    /// The condition keys.
    pub context: Context,
}

/// A layer of policies, or why it is not known.
#[derive(Debug, Clone)]
pub enum Layer<T> {
    /// It was read.
    Known(T),
    /// It could not be read: what would have to be known.
    Unknown(Arc<str>),
}

impl<T: Default> Default for Layer<T> {
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T> Layer<T> {
    /// What is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// The policies at one level of an organization: root, unit or account. Without a policy it allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Level {
    /// The root's, unit's or account's id.
    pub id: String,
    /// Attached there.
    pub policies: Vec<Arc<Policy>>,
}

/// All policies that bear on a request.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// Of the user (with its groups) or role.
    pub identity: Layer<Vec<Arc<Policy>>>,
    /// The permissions boundary; empty: none is set.
    pub boundary: Layer<Vec<Arc<Policy>>>,
    /// The session policy; empty: none was passed.
    pub session: Layer<Vec<Arc<Policy>>>,
    /// Service control policies from the root to the caller's account; empty: none apply.
    pub scp: Layer<Vec<Level>>,
    /// Resource control policies from the root to the resource's account; `RCPFullAWSAccess` is implied; empty: none apply.
    pub rcp: Layer<Vec<Level>>,
    /// The resource's own policy; for roles the trust policy; empty: it has none.
    pub resource: Layer<Vec<Arc<Policy>>>,
    /// The policy of the VPC endpoint that the request goes through; empty: through none.
    pub vpce: Layer<Vec<Arc<Policy>>>,
}
