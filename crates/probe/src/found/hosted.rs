//! Models that workloads serve themselves, as discovery found them.

use super::row::{Row, Rows};
use super::{Found, Pricing};
use serde_json::Value;
use sightline_lake::{LakeError, Session};
use sightline_model::SelfHostedModel;
use std::collections::BTreeSet;

/// What discovery calls a model of Amazon SageMaker AI.
const SAGEMAKER: &str = "sagemaker_model";
/// Addresses that are told of one workload.
const MOST: usize = 3;

/// The newest discovery's rows.
#[derive(Debug, Default)]
pub(super) struct Hosted(Vec<SelfHostedModel>);

impl Hosted {
    pub(super) async fn read(session: &Session) -> Result<Self, LakeError> {
        let sql = "SELECT * FROM current_self_hosted_model ORDER BY workload_arn, container";
        Ok(Self(session.sql(sql).await?.rows_as()?))
    }

    /// What serves a model of SageMaker, by its name, where that is a container that is known.
    pub(super) fn engine_of_model(&self, beside: &Row, name: &str) -> Option<String> {
        let is_it = |one: &&SelfHostedModel| {
            one.workload_kind == SAGEMAKER
                && one.workload_title == name
                && (&one.account_id, &one.region) == (&beside.account_id, &beside.region)
        };
        self.0.iter().find(is_it).map(|one| one.engine.clone())
    }

    /// Each workload that serves a model outside of SageMaker. It is asked by its address, which only whoever stands in its network
    /// can reach.
    pub(super) fn targets(&self, rows: &Rows) -> Vec<Found> {
        let own = self.0.iter().filter(|one| one.workload_kind != SAGEMAKER);
        own.map(|one| {
            let urls = urls(one, rows);
            let obstacle = match urls.is_empty() {
                true => "it is asked by its address: from inside its network, name it with `--url`".to_owned(),
                false => format!(
                    "it is asked by its address: from inside its network, try `--url {}`",
                    urls.into_iter().take(MOST).collect::<Vec<_>>().join("` or `--url ")
                ),
            };
            Found {
                arn: one.workload_arn.clone(),
                kind: "self-hosted".to_owned(),
                title: one.workload_title.clone(),
                account_id: one.account_id.clone(),
                region: one.region.clone(),
                engine: one.engine.clone(),
                pricing: Pricing::Paid,
                obstacle,
                ..Found::default()
            }
        })
        .collect()
    }
}

/// Services of the workload's namespace that lead to one of its ports. A service may lead to other pods of the namespace with the same
/// port: these are names to try.
fn urls(model: &SelfHostedModel, rows: &Rows) -> BTreeSet<String> {
    let Some((namespace, _)) = model.workload_title.split_once('/').filter(|_| !model.cluster_arn.is_empty()) else {
        return BTreeSet::new();
    };
    let ports: Vec<&Value> = model.ports.as_array().into_iter().flatten().collect();
    let beside = rows
        .of("kubernetes_service")
        .iter()
        .filter(|service| service.text("cluster_arn") == model.cluster_arn && service.text("namespace") == namespace);
    let url = |service: &Row, port: &Value| {
        let number = port.get("port")?.as_u64()?;
        let leads = port.get("targetPort").is_none_or(|inner| ports.contains(&inner) || !inner.is_number());
        leads.then(|| format!("http://{}.{namespace}.svc:{number}/v1", service.text("name")))
    };
    beside.flat_map(|service| service.list("ports").filter_map(move |port| url(service, port))).collect()
}
