//! Which service account pods ran as, by their names, over time.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Deserialize;
use sightline_lake::Session;

use crate::DiscoverError;
use crate::query::query;

/// Characters of a session's name: what is longer was cut.
const LONGEST_SESSION: usize = 64;
/// Characters of a UUID with the dash before it.
const UUID: usize = 37;

/// A service account of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account {
    pub(crate) account_id: String,
    pub(crate) cluster: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
}

/// A row of `sql/workload/pod_name.sql` and of `sql/workload/pod_call.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    cluster: String,
    namespace: String,
    service_account: String,
    pod: String,
}

/// What the names of sessions say between `eks-` and their UUID → the service accounts of the pods that it fits.
#[derive(Debug, Default)]
pub(crate) struct PodNames(HashMap<String, BTreeSet<Account>>);

impl PodNames {
    /// Looks up the pods that these sessions may be of.
    pub(crate) async fn add(&mut self, session: &Session, sessions: &HashSet<String>) -> Result<(), DiscoverError> {
        let wanted: HashMap<&str, bool> = sessions
            .iter()
            .filter_map(|name| middle(name))
            .filter(|(middle, _)| !self.0.contains_key(*middle))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        for middle in wanted.keys() {
            self.0.entry((*middle).to_owned()).or_default();
        }
        let cut: Vec<&str> = wanted.iter().filter(|(_, is_cut)| **is_cut).map(|(middle, _)| *middle).collect();
        for query in [query!("workload/pod_name"), query!("workload/pod_call")] {
            let rows: Vec<Row> = query.rows(session).await?;
            for row in rows.into_iter().filter(|row| !row.service_account.is_empty()) {
                let whole = format!("{}-{}", row.cluster, row.pod);
                let account = Account {
                    account_id: row.account_id,
                    cluster: row.cluster,
                    namespace: row.namespace,
                    service_account: row.service_account,
                };
                if wanted.contains_key(whole.as_str()) {
                    self.0.entry(whole.clone()).or_default().insert(account.clone());
                }
                for middle in cut.iter().filter(|middle| is_cut_of(middle, &account.cluster, &row.pod)) {
                    self.0.entry((*middle).to_owned()).or_default().insert(account.clone());
                }
            }
        }
        Ok(())
    }

    /// The service accounts of the pods that a session of this name may be of.
    pub(crate) fn of_session(&self, name: &str) -> impl Iterator<Item = &Account> {
        middle(name).and_then(|(middle, _)| self.0.get(middle)).into_iter().flatten()
    }
}

/// `eks-<cluster>-<pod>-<UUID>`: what stands between, and whether it may have been cut for the sake of the length.
fn middle(session: &str) -> Option<(&str, bool)> {
    let rest = session.strip_prefix("eks-")?;
    let (middle, uuid) = rest.split_at_checked(rest.len().checked_sub(UUID)?)?;
    let is_uuid = uuid.starts_with('-') && uuid.bytes().filter(|byte| *byte == b'-').count() == 5;
    is_uuid.then_some((middle, session.len() >= LONGEST_SESSION))
}

/// Whether the parts around one of its dashes begin the cluster's and the pod's name.
fn is_cut_of(middle: &str, cluster: &str, pod: &str) -> bool {
    middle.match_indices('-').any(|(dash, _)| {
        let (of_cluster, of_pod) = (middle.get(..dash).unwrap_or_default(), middle.get(dash + 1..).unwrap_or_default());
        !of_cluster.is_empty() && !of_pod.is_empty() && cluster.starts_with(of_cluster) && pod.starts_with(of_pod)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let uuid = "8d2e1f0a-3b4c-4d5e-8f90-a1b2c3d4e5f6";
        assert_eq!(middle(&format!("eks-prod-chat-7f-{uuid}")), Some(("prod-chat-7f", false)));
        assert_eq!(middle(&format!("eks-production-e-chat-summari-{uuid}")).map(|(_, is_cut)| is_cut), Some(true));
        assert_eq!(middle("eks-prod-chat"), None);
        assert_eq!(middle("botocore-session-1"), None);
        assert!(is_cut_of("production-e-chat-summari", "production-eu", "chat-summarizer-7f"));
        assert!(!is_cut_of("production-e-chat-summari", "production-eu", "chat-reporter-7f"));
        assert!(!is_cut_of("production-e-chat-summari", "staging", "chat-summarizer-7f"));
    }
}
