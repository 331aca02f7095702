//! Resources whose own policies were not read, or could not be: what the inventory does not have there is unknown, not absent.

use std::collections::BTreeSet;
use std::sync::Arc;

/// A kind of resource of one account, and where policies of its resources were not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadPolicies {
    /// The account that owns the resources.
    pub account: String,
    /// The service in their ARNs, `lambda`.
    pub service: String,
    /// What the last part of their ARNs begins with, `function:`; empty: every resource of the service.
    pub prefix: String,
    /// The regions in which they were read.
    pub read_in: BTreeSet<String>,
    /// Why not elsewhere, as the end of a sentence: `was not read (denied: lambda:ListFunctions)`.
    pub why: Arc<str>,
}

impl UnreadPolicies {
    /// Whether the policy of `resource`, of `account`, was not read.
    pub fn covers(&self, resource: &str, account: &str) -> bool {
        let mut parts = resource.splitn(6, ':').skip(2);
        let (Some(service), Some(region), _, Some(rest)) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        self.account == account
            && self.service == service
            && rest.starts_with(self.prefix.as_str())
            && !self.read_in.contains(region)
    }
}
