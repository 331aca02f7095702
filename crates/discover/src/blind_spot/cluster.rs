//! EKS clusters: their audit logs, which tell of pods that no scan saw, and what could not be listed in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sightline_model::Sight;

use super::Ground;
use super::row::{About, Spots, Told, plane, telemetry};
use super::verdict::Made;
use crate::DiscoverError;
use crate::query::query;

/// Without these no call of a pod is joined with it.
const NEEDED: [&str; 2] = ["kubernetes_pod", "kubernetes_service_account"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cluster {
    account_id: String,
    region: String,
    arn: String,
    name: String,
    logging: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Scans {
    account_id: String,
    first_seen: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Gap {
    account_id: String,
    region: String,
    target: String,
    table_name: String,
    gap: String,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let clusters: Vec<Cluster> = query!("blind_spot/cluster").rows(ground.session).await?;
    let scans: Vec<Scans> = query!("blind_spot/scan").rows(ground.session).await?;
    let scanned = |account: &str| scans.iter().find(|scans| scans.account_id == account)?.first_seen;
    for cluster in &clusters {
        let place = (cluster.account_id.clone(), cluster.region.clone());
        let span = ground.seen.audits.get(&(place, cluster.name.clone())).copied();
        let made = match cluster.is_audited() {
            true => Made::Yes("the cluster writes its audit log".to_owned()),
            false => Made::No("the cluster writes no audit log".to_owned()),
        };
        let lost = format!("pods of cluster {} that lived between two scans", cluster.name);
        let about = cluster.about(plane::NETWORK, telemetry::AUDIT);
        spots.weigh(about, &made, span, &lost, &cluster.enable());
        // Pods are told when they begin: those that ran before are known where a scan saw them.
        let begin =
            span.map(|span| span.first).filter(|first| scanned(&cluster.account_id).is_none_or(|scan| scan > *first));
        if let Some(first) = begin {
            let told = Told {
                span,
                blind_until: Some(first),
                lost: format!(
                    "pods of cluster {} that began before the audit log's first record, and ended before a scan",
                    cluster.name
                ),
                reason: format!("what was read of the audit log begins at {first}; no scan is older"),
                ..Told::default()
            };
            spots.add(about, Sight::Partial, told);
        }
    }
    let gaps: Vec<Gap> = query!("blind_spot/cluster_gap").rows(ground.session).await?;
    let mut by_target: BTreeMap<(&str, &str, &str), Vec<&Gap>> = BTreeMap::new();
    for gap in &gaps {
        by_target.entry((&gap.account_id, &gap.region, &gap.target)).or_default().push(gap);
    }
    for ((account, region, target), gaps) in by_target {
        let is_needed = gaps.iter().any(|gap| NEEDED.contains(&gap.table_name.as_str()));
        let what = if target.is_empty() { region } else { target };
        let (sight, lost) = match is_needed {
            true => (Sight::Unknown, format!("pods of {what}: which of them call models, and which serve one")),
            false => (Sight::Partial, format!("parts of {what} that name pods and what stands before them")),
        };
        let named: Vec<String> = gaps.iter().map(|gap| format!("{} ({})", gap.table_name, gap.gap)).collect();
        let reason = format!("could not be listed: {}", named.join(", "));
        let told = Told { lost, reason, fix: "eks-access".to_owned(), ..Told::default() };
        let about =
            About { account, region, plane: plane::SELF_HOSTED, telemetry: telemetry::INVENTORY, subject: target };
        spots.add(about, sight, told);
    }
    Ok(())
}

impl Cluster {
    fn about(&self, plane: &'static str, telemetry: &'static str) -> About<'_> {
        About { account: &self.account_id, region: &self.region, plane, telemetry, subject: &self.arn }
    }

    fn is_audited(&self) -> bool {
        let groups = self.logging.get("clusterLogging").and_then(Value::as_array);
        groups.into_iter().flatten().any(|group| {
            let types = group.get("types").and_then(Value::as_array);
            group.get("enabled") == Some(&Value::Bool(true)) && types.into_iter().flatten().any(|kind| kind == "audit")
        })
    }

    /// The command that turns the log on.
    fn enable(&self) -> String {
        // Names come from accounts: what is no plain word is not put into a command.
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let name = if is_plain(&self.name) { self.name.as_str() } else { "NAME" };
        let region = if is_plain(&self.region) { self.region.as_str() } else { "REGION" };
        format!(
            "aws eks update-cluster-config --region {region} --name {name} --logging '{{\"clusterLogging\":[{{\"types\":[\"audit\"],\"enabled\":true}}]}}'"
        )
    }
}
