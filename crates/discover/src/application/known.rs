//! Workloads of the inventory, as far as criteria ask about them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};
use sightline_lake::Session;
use sightline_model::Arn;

use crate::DiscoverError;
use crate::query::query;

/// A workload, and what applications are told by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) arn: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) account_id: String,
    pub(super) vpc_id: String,
    pub(super) cluster: String,
    pub(super) namespace: String,
    pub(super) tags: BTreeMap<String, String>,
}

/// By ARN.
#[derive(Debug, Default)]
pub(super) struct Workloads(HashMap<String, Known>);

/// A row of `workload.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    arn: String,
    kind: String,
    title: String,
    account_id: String,
    vpc_id: String,
    subnet_id: String,
    /// of a task's network interface: names and values
    details: Value,
    cluster_arn: String,
    tags: Value,
}

/// A row of `pod.sql` or `service_account.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PodRow {
    account_id: String,
    region: String,
    cluster_arn: String,
    cluster: String,
    namespace: String,
    service_account: String,
    labels: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClusterRow {
    arn: String,
    vpc_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SubnetRow {
    subnet_id: String,
    vpc_id: String,
}

impl Workloads {
    pub(super) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let subnets: Vec<SubnetRow> = query!("application/subnet").rows(session).await?;
        let subnets: HashMap<String, String> = subnets.into_iter().map(|row| (row.subnet_id, row.vpc_id)).collect();
        let clusters: Vec<ClusterRow> = query!("application/cluster").rows(session).await?;
        let clusters: HashMap<String, String> = clusters.into_iter().map(|row| (row.arn, row.vpc_id)).collect();
        let rows: Vec<Row> = query!("application/workload").rows(session).await?;
        let mut workloads = Self(rows.into_iter().map(|row| row.known(&subnets)).map(by_arn).collect());
        // An account's own labels hold for its pods; of pods' labels those that all of them have.
        let accounts: Vec<PodRow> = query!("application/service_account").rows(session).await?;
        let pods: Vec<PodRow> = query!("application/pod").rows(session).await?;
        let mut common: HashMap<String, Known> = HashMap::new();
        for pod in pods.iter().map(|row| row.known(&clusters)) {
            match common.get_mut(&pod.arn) {
                Some(known) => known.tags.retain(|key, value| pod.tags.get(key) == Some(value)),
                None => drop(common.insert(pod.arn.clone(), pod)),
            }
        }
        for account in accounts.iter().map(|row| row.known(&clusters)) {
            let known =
                common.entry(account.arn.clone()).or_insert_with(|| Known { tags: BTreeMap::new(), ..account.clone() });
            known.tags.extend(account.tags);
        }
        workloads.0.extend(common);
        Ok(workloads)
    }

    pub(super) fn get(&self, arn: &str) -> Option<&Known> {
        self.0.get(arn)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.values()
    }
}

impl Known {
    /// What an ARN alone tells. `account`: whose it is, where the ARN does not say.
    pub(super) fn of_arn(arn: &str, account: &str) -> Self {
        let parsed = arn.parse::<Arn>().ok();
        let of_arn = parsed.as_ref().map(Arn::account_id).filter(|account| !account.is_empty());
        let mut known =
            Self { arn: arn.to_owned(), account_id: of_arn.unwrap_or(account).to_owned(), ..Self::default() };
        // `pod/<cluster>/<namespace>/<service account>`
        if let Some(parsed) = parsed.as_ref().filter(|parsed| parsed.service() == "eks") {
            let mut parts = parsed.resource().split('/');
            if parts.next() == Some("pod") {
                known.cluster = parts.next().unwrap_or_default().to_owned();
                known.namespace = parts.next().unwrap_or_default().to_owned();
            }
        }
        known
    }
}

impl Row {
    fn known(self, subnets: &HashMap<String, String>) -> Known {
        let details = parsed(&self.details);
        let of_task = details.as_array().into_iter().flatten().find(|detail| text(detail, "name") == "subnetId");
        let subnet = if self.subnet_id.is_empty() {
            of_task.map_or("", |detail| text(detail, "value"))
        } else {
            &self.subnet_id
        };
        let vpc_id = if self.vpc_id.is_empty() { subnets.get(subnet).cloned() } else { Some(self.vpc_id) };
        Known {
            cluster: self.cluster_arn.rsplit_once('/').map_or("", |(_, name)| name).to_owned(),
            tags: tags(&self.tags),
            vpc_id: vpc_id.unwrap_or_default(),
            arn: self.arn,
            kind: self.kind,
            title: self.title,
            account_id: self.account_id,
            namespace: String::new(),
        }
    }
}

impl PodRow {
    /// As an edge of pods has it: the workload is the service account.
    fn known(&self, clusters: &HashMap<String, String>) -> Known {
        let Self { account_id, region, cluster, namespace, service_account, .. } = self;
        let partition = self.cluster_arn.split(':').nth(1).filter(|word| !word.is_empty()).unwrap_or("aws");
        Known {
            arn: format!("arn:{partition}:eks:{region}:{account_id}:pod/{cluster}/{namespace}/{service_account}"),
            kind: "pod".to_owned(),
            title: format!("{namespace}/{service_account}"),
            account_id: account_id.clone(),
            vpc_id: clusters.get(&self.cluster_arn).cloned().unwrap_or_default(),
            cluster: cluster.clone(),
            namespace: namespace.clone(),
            tags: tags(&self.labels),
        }
    }
}

fn by_arn(known: Known) -> (String, Known) {
    (known.arn.clone(), known)
}

fn tags(value: &Value) -> BTreeMap<String, String> {
    let parsed = parsed(value);
    let empty = Map::new();
    let tags = parsed.as_object().unwrap_or(&empty).iter();
    tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// JSON that went through a grouping comes back as text.
fn parsed(value: &Value) -> Value {
    match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => value.clone(),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
