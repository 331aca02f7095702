//! The clusters of a scan, and the connections to them, which all kinds share.

use super::client::Client;
use super::cluster::Cluster;
use super::kubeconfig::{self, KubeconfigError};
use super::refusal::Refusal;
use crate::scan::Visit;
use sightline_model::Arn;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

/// Pages of lists that are read, or that rows are made of, at once: they are what takes memory.
const PAGES: usize = 8;

/// Clusters that are read beside those of EKS, and what is known of all of them by now. Clones share it.
#[derive(Clone)]
pub struct Clusters {
    named: Arc<Vec<Cluster>>,
    /// by the cluster's ARN
    reached: Arc<Mutex<Reachable>>,
    /// those that are scanned
    regions: Arc<OnceLock<Vec<String>>>,
    pages: Arc<Semaphore>,
}

type Reachable = BTreeMap<String, Arc<OnceCell<Reached>>>;

/// A cluster that answers, or why it does not.
type Reached = Result<Arc<Client>, Refusal>;

/// A cluster to read, or the ARN of one of which too little is known.
pub(super) type Known = Result<Cluster, (String, Refusal)>;

impl Default for Clusters {
    fn default() -> Self {
        let (named, reached, regions) = Default::default();
        Self { named, reached, regions, pages: Arc::new(Semaphore::new(PAGES)) }
    }
}

impl Clusters {
    /// A place for one page, for as long as it is held. Nothing of what holds one may wait for another.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        self.pages.clone().acquire_owned().await.ok()
    }

    /// The clusters of a kubeconfig beside those of EKS: of these contexts, or of the current one where none is named. Programs that
    /// the file names run only where `run_programs` says so.
    ///
    /// # Errors
    /// The file, or a context of it, cannot be used.
    pub async fn of_kubeconfig(path: &Path, contexts: &[String], run_programs: bool) -> Result<Self, KubeconfigError> {
        let named = kubeconfig::clusters(path, contexts, run_programs).await?;
        Ok(Self { named: Arc::new(named), ..Self::default() })
    }

    /// Which regions are scanned: each cluster of the kubeconfig is read with one of them.
    pub(crate) fn tell_regions(&self, regions: &[String]) {
        // Whoever goes on with a scan is told the same.
        let _ = self.regions.set(regions.to_vec());
    }

    /// INVARIANT: a cluster is read with one region, and the same one each time: its own, or the first where it has none that is scanned.
    fn is_read_with(&self, named: &Cluster, region: &str) -> bool {
        let regions = self.regions.get().map_or(&[][..], Vec::as_slice);
        let own = named.region.as_ref().filter(|own| regions.contains(own));
        own.or(regions.first()).is_some_and(|home| home == region)
    }

    /// The clusters that a visit reads: those of EKS in its region, and those of the kubeconfig that are read with it.
    pub(super) fn of_visit(&self, visit: &Visit<'_>) -> Vec<Known> {
        let region = visit.call_region();
        let rows = visit.above().iter().map(|row| {
            let arn = row.get("arn").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            Cluster::of_eks(row, region).map_err(|refusal| (arn, refusal))
        });
        let mut known: Vec<Known> = rows.collect();
        for named in self.named.iter().filter(|named| self.is_read_with(named, region)) {
            let place = |cluster: &Cluster| {
                (cluster.server.host_str().map(str::to_owned), cluster.server.port_or_known_default())
            };
            let same = |other: &&mut Known| other.as_ref().is_ok_and(|other| place(other) == place(named));
            match known.iter_mut().find(same) {
                // Who gives a kubeconfig wants it used; the ARN is the account's.
                Some(Ok(row)) => *row = Cluster { arn: row.arn.clone(), ..named.clone() },
                _ => known.push(Ok(named.clone())),
            }
        }
        known
    }

    /// The connection to a cluster, made by whoever asks first. Nothing where the scan was cancelled.
    pub(super) async fn reach(&self, visit: &Visit<'_>, cluster: Cluster) -> Option<Reached> {
        let cell = lock(&self.reached).entry(cluster.arn.clone()).or_default().clone();
        let reached =
            cell.get_or_try_init(|| async { visit.unless_cancelled(reach(visit, cluster)).await.ok_or(()) }).await;
        reached.ok().cloned()
    }
}

/// Asks for the version, which everybody may know that the cluster knows.
async fn reach(visit: &Visit<'_>, cluster: Cluster) -> Reached {
    let client = Client::new(cluster)?;
    let request = http::Request::get("/version").body(Vec::new());
    let request = request.map_err(|error| Refusal::failed("Invalid", error))?;
    let version = client.get(visit.aws(), &|| visit.now(), request, "get its version").await;
    match version {
        // Some clusters tell their version to nobody: the lists will say what may be read.
        Err(refusal) if !["Forbidden", "TooOld"].contains(&refusal.code) => Err(refusal),
        _ => Ok(Arc::new(client)),
    }
}

/// The account's own name of a cluster: the last part of its ARN.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The region of a cluster's rows.
pub(super) fn region_of(cluster: &Cluster) -> String {
    let own = cluster.arn.parse::<Arn>().ok().map(|arn| arn.region().to_owned()).filter(|region| !region.is_empty());
    own.unwrap_or_else(|| sightline_model::resource::GLOBAL.to_owned())
}

fn lock(reached: &Mutex<Reachable>) -> MutexGuard<'_, Reachable> {
    reached.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Clusters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named: Vec<&str> = self.named.iter().map(|cluster| cluster.arn.as_str()).collect();
        f.debug_struct("Clusters").field("named", &named).finish_non_exhaustive()
    }
}
