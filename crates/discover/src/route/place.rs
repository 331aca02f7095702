//! Where a workload is: the subnets whose routes its traffic takes.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use sightline_lake::Session;
use sightline_model::Arn;

use super::network::Network;
use super::row::PlaceRow;
use crate::DiscoverError;
use crate::query::{Query, query};

/// Where a workload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// in these subnets
    Subnets {
        /// their ids
        subnets: BTreeSet<String>,
        /// what leaves for the internet goes by an interface of AWS
        internet_by_aws: bool,
    },
    /// in a network of AWS
    OfAws,
    /// nobody can tell: why
    Unknown(String),
}

/// Kinds of ARNs, and the tables that tell where such things are.
const KINDS: &[(&str, &str, &[&str])] = &[
    ("ec2", "instance/", &["aws_ec2_instance"]),
    ("lambda", "function:", &["aws_lambda_function"]),
    ("eks", "pod/", &["kubernetes_pod", "aws_eks_cluster", "aws_vpc_subnet"]),
    ("ecs", "task/", &["aws_ecs_task", "aws_ecs_container_instance", "aws_ec2_instance"]),
    ("ecs", "service/", &["aws_ecs_service"]),
    ("sagemaker", "notebook-instance/", &["aws_sagemaker_notebook_instance"]),
    ("sagemaker", "endpoint/", &["aws_sagemaker_endpoint", "aws_sagemaker_endpoint_config", "aws_sagemaker_model"]),
    ("sagemaker", "training-job/", &["aws_sagemaker_training_job"]),
    ("sagemaker", "processing-job/", &["aws_sagemaker_processing_job"]),
    ("sagemaker", "user-profile/", &["aws_sagemaker_user_profile", "aws_sagemaker_domain"]),
    ("codebuild", "project/", &["aws_codebuild_project"]),
    ("bedrock-agentcore", "runtime/", &["aws_bedrock_agentcore_runtime"]),
];

/// What runs in AWS's own network alone.
const OF_AWS: &[(&str, &str)] =
    &[("bedrock", "agent/"), ("bedrock", "agent-alias/"), ("bedrock", "flow/"), ("bedrock", "knowledge-base/")];

pub(super) async fn read(session: &Session, network: &Network) -> Result<HashMap<String, Place>, DiscoverError> {
    let queries: [Query; 13] = [
        query!("route/place/instance"),
        query!("route/place/function"),
        query!("route/place/pod"),
        query!("route/place/task"),
        query!("route/place/task_on_instance"),
        query!("route/place/service"),
        query!("route/place/notebook"),
        query!("route/place/endpoint"),
        query!("route/place/training_job"),
        query!("route/place/processing_job"),
        query!("route/place/studio_user"),
        query!("route/place/build"),
        query!("route/place/runtime"),
    ];
    let mut places = HashMap::new();
    for query in queries {
        for row in query.rows::<PlaceRow>(session).await? {
            add(&mut places, row, network);
        }
    }
    Ok(places)
}

fn add(places: &mut HashMap<String, Place>, row: PlaceRow, network: &Network) {
    if row.is_aws {
        places.entry(row.arn).or_insert(Place::OfAws);
        return;
    }
    let addresses = [&row.address, &row.node_address];
    let by_address = addresses.into_iter().filter_map(|address| network.subnet_with(&row.vpc_id, address));
    let given = row.subnet_ids.iter().chain([&row.subnet_id]).filter(|id| !id.is_empty());
    let found: BTreeSet<String> = given.cloned().chain(by_address).collect();
    if found.is_empty() {
        return;
    }
    match places.entry(row.arn).or_insert_with(|| Place::Subnets { subnets: BTreeSet::new(), internet_by_aws: false }) {
        Place::Subnets { subnets, internet_by_aws } => {
            subnets.extend(found);
            *internet_by_aws |= row.internet_by_aws;
        }
        other => *other = Place::Subnets { subnets: found, internet_by_aws: row.internet_by_aws },
    }
}

impl Network {
    /// Where the workload is, by its ARN.
    pub fn place(&self, workload: &str) -> Place {
        let parsed: Option<Arn> = workload.parse().ok();
        let of = |service: &str, prefix: &str| {
            parsed.as_ref().is_some_and(|arn| arn.service() == service && arn.resource().starts_with(prefix))
        };
        if OF_AWS.iter().any(|(service, prefix)| of(service, prefix)) {
            return Place::OfAws;
        }
        let Some((.., tables)) = KINDS.iter().find(|(service, prefix, _)| of(service, prefix)) else {
            return Place::Unknown("where its calls come from is not known: it is no workload with a place".to_owned());
        };
        let (account, region) = parsed.as_ref().map_or(("", ""), |arn| (arn.account_id(), arn.region()));
        if let Some(gap) = tables.iter().find_map(|table| self.need(table, account, region).err()) {
            return Place::Unknown(gap);
        }
        let known = self.places.get(workload).cloned();
        known.unwrap_or_else(|| Place::Unknown("the inventory does not tell which subnet it is in".to_owned()))
    }

    /// The subnet of the network that has the address.
    fn subnet_with(&self, vpc: &str, address: &str) -> Option<String> {
        let address: IpAddr = address.parse().ok()?;
        let subnets = self.vpcs.get(vpc)?.iter().filter_map(|id| self.subnets.get(id));
        let has = |net: &ipnet::IpNet| net.contains(&address);
        let found = subnets.filter(|subnet| subnet.v4.as_ref().is_some_and(has) || subnet.v6.as_ref().is_some_and(has));
        found.map(|subnet| subnet.id.clone()).next()
    }
}
