//! A cluster, and the ways by which its pods get roles.

use crate::clusters::Found;
use crate::context::{Asked, Context, text};
use crate::instances::{self, Instance};
use crate::parameters::Parameters;
use crate::pods::Pod;
use crate::prerequisite::eks_access::api;
use crate::prerequisite::pod_model_role::ID;
use crate::render::shell::Step;
use crate::verdict::Judge;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A cluster, and the ways by which its pods get roles.
pub(super) struct Cluster<'a> {
    pub(super) found: &'a Found,
    pub(super) issuer: &'a str,
    pub(super) associations: Vec<Association>,
    pub(super) has_agent: bool,
    /// ARNs of the roles of managed nodes
    pub(super) node_roles: BTreeSet<String>,
    pub(super) instances: Vec<Instance>,
    /// where somebody can ask the cluster
    pub(super) pods: Option<Vec<Pod>>,
}

pub(super) struct Association {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) service_account: String,
    pub(super) role_arn: String,
}

impl Association {
    pub(super) fn shown(&self) -> String {
        format!("{}/{}", self.namespace, self.service_account)
    }
}

impl<'a> Cluster<'a> {
    pub(super) async fn read(context: &Context, found: &'a Found) -> Asked<Self> {
        let (region, name) = (found.at.region.as_str(), found.at.name.as_str());
        let input = || json!({"clusterName": name});
        let listed = |operation: &'static str, key: &'static str, action: &'static str| {
            context.ask_all(region, "eks", operation, input(), (key, action))
        };
        let (listed_associations, addons, groups, instances) = futures::join!(
            listed("ListPodIdentityAssociations", "associations", "eks:ListPodIdentityAssociations"),
            listed("ListAddons", "addons", "eks:ListAddons"),
            listed("ListNodegroups", "nodegroups", "eks:ListNodegroups"),
            instances::all(context, region),
        );
        let mut associations = Vec::new();
        for one in listed_associations? {
            let input = json!({"clusterName": name, "associationId": text(&one, "/associationId")});
            let (operation, action) = ("DescribePodIdentityAssociation", "eks:DescribePodIdentityAssociation");
            let answer = context.ask(region, "eks", operation, input, action).await?;
            let field = |field: &str| text(&answer, &format!("/association/{field}")).to_owned();
            let (id, namespace) = (field("associationId"), field("namespace"));
            associations.push(Association {
                id,
                namespace,
                service_account: field("serviceAccount"),
                role_arn: field("roleArn"),
            });
        }
        let mut node_roles = BTreeSet::new();
        for group in groups? {
            let input = json!({"clusterName": name, "nodegroupName": group});
            let answer = context.ask(region, "eks", "DescribeNodegroup", input, "eks:DescribeNodegroup").await?;
            node_roles.insert(text(&answer, "/nodegroup/nodeRole").to_owned());
        }
        let is_auto = found.described.pointer("/computeConfig/enabled").and_then(Value::as_bool) == Some(true);
        let has_agent = is_auto || addons?.iter().any(|addon| addon.as_str() == Some("eks-pod-identity-agent"));
        let pods = match &context.pods {
            None => None,
            Some(pods) => pods.list(&context.aws, &api(found)).await.ok(),
        };
        let issuer = found.text("/identity/oidc/issuer").trim_start_matches("https://");
        Ok(Self { found, issuer, associations, has_agent, node_roles, instances: instances?, pods })
    }

    pub(super) fn judge(&self) -> Judge {
        Judge::new(ID, self.found.at.shown())
    }

    pub(super) fn call(&self, operation: &str) -> String {
        format!("eks:{operation} in {}", self.found.at.region)
    }

    /// The association of the parameters' service account.
    pub(super) fn association(&self, parameters: &Parameters) -> Option<&Association> {
        self.associations
            .iter()
            .find(|one| one.namespace == parameters.namespace && one.service_account == parameters.service_account)
    }

    /// How many pods run as a service account, in brackets, where the cluster could be asked.
    pub(super) fn pods_as(&self, namespace: &str, service_account: &str) -> String {
        let is_its = |pod: &&Pod| pod.namespace == namespace && pod.service_account == service_account;
        match self.pods.as_ref().map(|pods| pods.iter().filter(is_its).count()) {
            None => String::new(),
            Some(1) => " (1 pod)".to_owned(),
            Some(count) => format!(" ({count} pods)"),
        }
    }

    pub(super) fn step(&self, operation: &'static str) -> Step {
        self.found.at.step("", operation)
    }
}
