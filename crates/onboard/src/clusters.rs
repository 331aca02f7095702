//! The EKS clusters that a prerequisite is about: those that were named, or all that are there.

use crate::context::{Asked, Context, or_absent, text};
use crate::parameters::{Cluster, Parameters};
use crate::render::cloudformation::capitalised;
use crate::render::hcl::Block;
use crate::render::node::Node;
use crate::render::shell::Step;
use crate::verdict::{Judge, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A cluster that is there.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) at: Cluster,
    /// as `DescribeCluster` tells
    pub(crate) described: Value,
}

/// What there is to look at, and what is to be said of the rest.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    pub(crate) found: Vec<Found>,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Cluster {
    /// `apps in eu-west-1`
    pub(crate) fn shown(&self) -> String {
        format!("{} in {}", self.name, self.region)
    }

    /// `eks <operation>` for this cluster.
    pub(crate) fn step(&self, why: &str, operation: &'static str) -> Step {
        Step::aws(why, ["eks", operation]).option("region", &self.region).option("cluster-name", &self.name)
    }

    /// The operations on the cluster itself call its name otherwise.
    pub(crate) fn own_step(&self, why: &str, operation: &'static str) -> Step {
        Step::aws(why, ["eks", operation]).option("region", &self.region).option("name", &self.name)
    }

    /// Until a change of its configuration is through.
    pub(crate) fn wait(&self) -> Step {
        Step::aws("", ["eks", "wait", "cluster-active"]).option("region", &self.region).option("name", &self.name)
    }
}

/// Looks at the named clusters, or at all of the regions.
pub(crate) async fn look(context: &Context, id: &'static str) -> Looked {
    let mut looked = Looked::default();
    let mut all = context.parameters.clusters.clone();
    if all.is_empty() {
        for region in &context.parameters.regions {
            match listed(context, region).await {
                Ok(names) => all.extend(names.into_iter().map(|name| Cluster { region: region.clone(), name })),
                Err(unanswered) => {
                    looked.verdicts.push(Judge::new(id, format!("clusters in {region}")).unanswered(&unanswered));
                }
            }
        }
    }
    for at in all {
        let judge = Judge::new(id, at.shown());
        match described(context, &at).await {
            Err(unanswered) => looked.verdicts.push(judge.unanswered(&unanswered)),
            Ok(None) => {
                let call = format!("eks:DescribeCluster in {}", at.region);
                looked.verdicts.push(judge.missing(&call, "no cluster of this name is here", ""));
            }
            Ok(Some(described)) => looked.found.push(Found { at, described }),
        }
    }
    looked
}

async fn listed(context: &Context, region: &str) -> Asked<Vec<String>> {
    let names = context.ask_all(region, "eks", "ListClusters", json!({}), ("clusters", "eks:ListClusters")).await?;
    Ok(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

async fn described(context: &Context, at: &Cluster) -> Asked<Option<Value>> {
    let input = json!({"name": at.name});
    let asked = context.ask(&at.region, "eks", "DescribeCluster", input, "eks:DescribeCluster").await;
    Ok(or_absent(asked, "ResourceNotFoundException")?.and_then(|answer| answer.get("cluster").cloned()))
}

impl Found {
    pub(crate) fn text(&self, pointer: &str) -> &str {
        text(&self.described, pointer)
    }
}

/// The named clusters by region, home first where it has any.
pub(crate) fn by_region(parameters: &Parameters) -> BTreeMap<&str, Vec<&str>> {
    let mut regions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Cluster { region, name } in &parameters.clusters {
        regions.entry(region).or_default().push(name);
    }
    regions
}

/// How a Terraform file speaks of a region: the ending of names, and the provider where it is not the default one.
pub(crate) struct InTerraform {
    pub(crate) ending: String,
    alias: Option<String>,
    region: String,
}

impl InTerraform {
    pub(crate) fn of(parameters: &Parameters, region: &str) -> Self {
        let word = region.replace('-', "_");
        let is_home = region == parameters.home;
        let (ending, alias) = if is_home { (String::new(), None) } else { (format!("_{word}"), Some(word)) };
        Self { ending, alias, region: region.to_owned() }
    }

    /// The provider's declaration, where it takes one.
    pub(crate) fn provider(&self) -> Option<Block> {
        let alias = self.alias.as_ref()?;
        Some(Block::new("provider", ["aws"]).with("alias", alias).with("region", &self.region))
    }

    /// The resource in that region.
    pub(crate) fn place(&self, block: Block) -> Block {
        match &self.alias {
            None => block,
            Some(alias) => block.with("provider", Node::code(format!("aws.{alias}"))),
        }
    }
}

/// The name and text of the condition under which a CloudFormation resource is made in this region alone.
pub(crate) fn condition(region: &str) -> (String, Node) {
    let name = format!("In{}", region.split('-').map(capitalised).collect::<String>());
    let here = Node::list([crate::render::cloudformation::reference("AWS::Region"), region.into()]);
    (name, Node::call("Equals", here))
}
