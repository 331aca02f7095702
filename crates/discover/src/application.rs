//! Applications: workloads that users put together by tags, namespaces, clusters, networks, accounts or names.
//!
//! [`Criteria`] is one entry of a declaration. All that it asks for must hold; of several entries of one name any is enough. A
//! workload belongs to the first application that takes it. What the inventory does not have still has an ARN: its account,
//! and of a pod its cluster and namespace, are read there.

mod declared;
mod known;

use std::collections::{BTreeMap, HashSet};

use sightline_lake::Session;
use sightline_model::edge::Edge;
use sightline_model::untrusted::shortened;
use sightline_model::{Application, RunId};

use crate::DiscoverError;
pub use declared::Criteria;
use known::{Known, Workloads};

/// Kinds that stand in for a workload.
const IDENTITIES: [&str; 3] = ["role", "user", "interface"];

/// Which workload belongs to which application.
#[derive(Debug)]
pub(crate) struct Applications<'c> {
    criteria: &'c [Criteria],
    workloads: Workloads,
}

impl<'c> Applications<'c> {
    /// Reads of the inventory what the criteria ask for; nothing where there are none.
    pub(crate) async fn read(session: &Session, criteria: &'c [Criteria]) -> Result<Self, DiscoverError> {
        let workloads = if criteria.is_empty() { Workloads::default() } else { Workloads::read(session).await? };
        Ok(Self { criteria, workloads })
    }

    /// Names the application at both ends of each edge.
    pub(crate) fn mark(&self, edges: &mut [Edge]) {
        for edge in edges {
            edge.application = self.name_of(&edge.workload_arn, &edge.account_id).to_owned();
            edge.target_application = self.name_of(&edge.target_arn, "").to_owned();
        }
    }

    /// The application of this workload; empty where it belongs to none. `account`: whose it is, where its ARN does not tell.
    fn name_of(&self, arn: &str, account: &str) -> &'c str {
        if self.criteria.is_empty() || arn.is_empty() {
            return "";
        }
        let told = match self.workloads.get(arn) {
            Some(known) => self.told(known),
            None => self.told(&Known::of_arn(arn, account)),
        };
        told.map_or("", |(name, _)| name)
    }

    /// Every workload of an application: those of the inventory, and those that these edges alone tell of.
    pub(crate) fn rows(&self, run: &RunId, edges: &[Edge]) -> Vec<Application> {
        let mut rows = BTreeMap::new();
        let seen: HashSet<&str> =
            edges.iter().flat_map(|edge| [edge.workload_arn.as_str(), edge.target_arn.as_str()]).collect();
        // An identity or an interface is a workload where nothing else is known of what called.
        let is_workload =
            |known: &&Known| !IDENTITIES.contains(&known.kind.as_str()) || seen.contains(known.arn.as_str());
        for known in self.workloads.iter().filter(is_workload) {
            self.add(&mut rows, run, known);
        }
        if !self.criteria.is_empty() {
            let seen = edges.iter().filter(|edge| self.workloads.get(&edge.workload_arn).is_none());
            for edge in seen.filter(|edge| !edge.workload_arn.is_empty()) {
                let known = Known::of_arn(&edge.workload_arn, &edge.account_id);
                let kind = serde_json::to_value(edge.workload_kind).unwrap_or_default();
                let kind = kind.as_str().unwrap_or_default().to_owned();
                self.add(&mut rows, run, &Known { kind, title: edge.workload_title.clone(), ..known });
            }
        }
        rows.into_values().collect()
    }

    fn add(&self, rows: &mut BTreeMap<(String, String), Application>, run: &RunId, known: &Known) {
        let Some((name, criterion)) = self.told(known) else { return };
        rows.entry((name.to_owned(), known.arn.clone())).or_insert_with(|| Application {
            run_id: run.as_str().to_owned(),
            name: name.to_owned(),
            workload_arn: known.arn.clone(),
            workload_kind: known.kind.clone(),
            workload_title: shortened(&known.title, 200),
            criterion: shortened(&criterion, 500),
        });
    }

    /// The first application that takes it, and by what.
    fn told(&self, known: &Known) -> Option<(&'c str, String)> {
        self.criteria.iter().find_map(|one| Some((one.name.as_str(), one.takes(known)?)))
    }
}
