//! The role of pods that call models.

use crate::clusters::{self, InTerraform, condition};
use crate::context::Context;
use crate::error::OnboardError;
use crate::instances;
use crate::invoke;
use crate::invoker::{self, step_put};
use crate::manifest;
use crate::parameters::{Cluster, Parameters};
use crate::pod_roles;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::Template;
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::role;
use crate::verdict::Verdict;
use crate::workload_trust;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sightline_iam::{Principal, Statement};

/// The unit.
pub static UNIT: PodModelRole = PodModelRole;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct PodModelRole;

pub(crate) const ID: &str = "pod-model-role";
/// The service that hands roles to pods.
pub(crate) const PODS: &str = "pods.eks.amazonaws.com";
/// What that service does with a role.
pub(crate) const ACTIONS: [&str; 2] = ["sts:AssumeRole", "sts:TagSession"];
/// The guide's policy.
pub(crate) const CONTROL_PLANE: &str = "AmazonEKSClusterPolicy";
const HEAD: &str = "Sightline: the role of pods that call models, in place of keys.";
const AGENT: &str = "The cluster needs the add-on eks-pod-identity-agent (Auto Mode has it):\n\
                     aws eks create-addon --cluster-name NAME --addon-name eks-pod-identity-agent";
const PROVIDER: &str =
    "The cluster's issuer must be known to IAM (aws iam create-open-id-connect-provider), once for each cluster.";
const WHY_ROLE: &str = "Credentials reach the pods of one service account, expire within hours, and CloudTrail names the pod. Without a role of \
                        their own, pods use the node's, which then must hold the rights of all of them.";
const WHY_TRUST: &str = "EKS Pod Identity hands the role to pods. sts:TagSession is not optional: EKS tags every session with cluster, namespace, \
                         service account and pod, and without it no pod gets credentials.";
const WHY_IRSA: &str = "The cluster's tokens open the role for this service account alone (:sub, exact, no pattern), and only tokens that were made for \
                        STS (:aud). Without :sub every service account of the cluster could have the role.";
const WHY_ASSOCIATION: &str = "Pods of this service account get the role; the service account needs no annotation.";
const WHY_DOCUMENTED: &str = "What the guide asks for, to the letter. What is wrong with it: AmazonEKSClusterPolicy is what the control plane of EKS \
                              works with (load balancers, network interfaces, instances). It grants nothing of Bedrock, so pods with this \
                              role cannot call a model, and they could describe and tag the account's network. Without --as-documented \
                              the listed models are allowed instead.";

impl Prerequisite for PodModelRole {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "A role for pods that call models"
    }

    fn about(&self) -> &'static str {
        "Pods that call models should do so by a role that is theirs. EKS Pod Identity hands it to the pods of one service account by an \
         association; the role trusts `pods.eks.amazonaws.com` with `sts:AssumeRole` and `sts:TagSession`, and allows the listed models \
         (`--model`) and no other. `--irsa` binds the service account by the cluster's own tokens instead, exactly and for STS alone. The \
         guide attaches `AmazonEKSClusterPolicy`, which is for the control plane of EKS and grants no Bedrock, and mixes an association \
         with the variables of IRSA. The manifest of service account and deployment is in the renderings, as comments. Verification \
         follows each association and each IRSA trust to its role and to what that may invoke, and looks whether pods inherit the rights \
         of their node through the metadata service: they do where it takes requests without a token, or lets answers go two hops."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ROLE: Parameter =
            Parameter { name: "pod-role", about: "the role's name; default `sightline-pod-models`" };
        const NAMESPACE: Parameter =
            Parameter { name: "namespace", about: "the Kubernetes namespace of the pods; default `default`" };
        const ACCOUNT: Parameter =
            Parameter { name: "service-account", about: "their service account; default `model-caller`" };
        const IRSA: Parameter =
            Parameter { name: "irsa", about: "bind the service account by IRSA instead of Pod Identity" };
        const OIDC: Parameter = Parameter {
            name: "oidc-provider",
            about: "the issuer of the cluster's tokens without `https://`, for IRSA",
        };
        &[
            given::ACCOUNT_ID,
            given::REGIONS,
            given::CLUSTERS,
            ROLE,
            NAMESPACE,
            ACCOUNT,
            IRSA,
            OIDC,
            given::MODELS,
            given::GUARDRAIL,
            given::AS_DOCUMENTED,
        ]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("eks:ListClusters", "which clusters there are"),
            Permission::account("eks:DescribeCluster", "the issuer of the cluster's tokens"),
            Permission::account("eks:ListAddons", "whether the agent that hands roles to pods is there"),
            Permission::account("eks:ListPodIdentityAssociations", "which service accounts have a role"),
            Permission::account("eks:DescribePodIdentityAssociation", "which role that is"),
            Permission::account("eks:ListNodegroups", "which nodes there are"),
            Permission::account("eks:DescribeNodegroup", "which role the nodes have, which pods inherit"),
            Permission::account(
                "iam:ListOpenIDConnectProviders",
                "whether IAM knows the issuer of the cluster's tokens",
            ),
            Permission::account(role::ACTION, "which roles instances and pods hold, and what these allow"),
            Permission::account("iam:GetPolicy", "which version of a policy is in force"),
            Permission::account("iam:GetPolicyVersion", "what the policies of those roles allow"),
            Permission::account(instances::ACTION, "whether nodes lend their role to pods"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        let declared = Declared::of(parameters)?;
        if parameters.clusters.is_empty() && !declared.is_irsa && format != Format::Policy {
            let about = "the clusters whose pods get the role, such as `apps` or `eu-west-1/apps`";
            return Err(OnboardError::Needed { prerequisite: ID, parameter: "eks-cluster", about });
        }
        Ok(match format {
            Format::Terraform => declared.terraform(parameters) + &declared.manifest(parameters),
            Format::CloudFormation => declared.cloudformation(parameters) + &declared.manifest(parameters),
            Format::Cli => script(&declared.head(), &declared.steps(parameters)) + &declared.manifest(parameters),
            Format::Policy => policy::json_of(&declared.policies()),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        pod_roles::verify(context).boxed()
    }
}

/// What the role shall be.
pub(crate) struct Declared {
    pub(crate) trust: Policy,
    /// nothing where the guide's managed policy stands in its place
    invoke: Option<Policy>,
    is_irsa: bool,
}

impl Declared {
    pub(crate) fn of(parameters: &Parameters) -> Result<Self, OnboardError> {
        if parameters.as_documented {
            return Ok(Self { trust: pod_identity(), invoke: None, is_irsa: false });
        }
        invoke::needs_models(parameters, ID)?;
        let trust = if parameters.irsa { irsa(parameters)? } else { pod_identity() };
        Ok(Self { trust, invoke: Some(invoker::policy(parameters)), is_irsa: parameters.irsa })
    }

    fn head(&self) -> String {
        format!("{HEAD}\n{}", if self.is_irsa { PROVIDER } else { AGENT })
    }

    fn manifest(&self, parameters: &Parameters) -> String {
        if self.invoke.is_none() { manifest::as_documented(parameters) } else { manifest::workload(parameters) }
    }

    fn policies(&self) -> Vec<Policy> {
        std::iter::once(&self.trust).chain(&self.invoke).cloned().collect()
    }

    fn terraform(&self, parameters: &Parameters) -> String {
        let role = Block::resource("aws_iam_role", "pod_models")
            .because(WHY_ROLE)
            .with("name", &parameters.pod_role)
            .with("assume_role_policy", jsonencode(self.trust.node()));
        let allowed = match &self.invoke {
            Some(policy) => Block::resource("aws_iam_role_policy", "pod_models")
                .with("name", &policy.name)
                .with("role", Node::code("aws_iam_role.pod_models.id"))
                .with("policy", jsonencode(policy.node())),
            None => Block::resource("aws_iam_role_policy_attachment", "pod_models")
                .because(WHY_DOCUMENTED)
                .with("role", Node::code("aws_iam_role.pod_models.name"))
                .with("policy_arn", parameters.aws_policy_arn(CONTROL_PLANE)),
        };
        let mut blocks = vec![role, allowed];
        for (region, names) in clusters::by_region(parameters).into_iter().filter(|_| !self.is_irsa) {
            let place = InTerraform::of(parameters, region);
            blocks.extend(place.provider());
            let name = format!("models{}", place.ending);
            let association = Block::resource("aws_eks_pod_identity_association", &name).because(WHY_ASSOCIATION);
            blocks.push(
                place
                    .place(association)
                    .with("for_each", Node::call("toset", Node::list(names.iter().copied())))
                    .with("cluster_name", Node::code("each.value"))
                    .with("namespace", &parameters.namespace)
                    .with("service_account", &parameters.service_account)
                    .with("role_arn", Node::code("aws_iam_role.pod_models.arn")),
            );
        }
        hcl::file(&format!("{}\nThe provider's region is {}.", self.head(), parameters.home), &blocks)
    }

    /// One template serves every region: the role is made in the first, the associations where their clusters are.
    fn cloudformation(&self, parameters: &Parameters) -> String {
        let elsewhere =
            clusters::by_region(parameters).into_keys().filter(|region| !self.is_irsa && *region != parameters.home);
        let regions: Vec<&str> = std::iter::once(parameters.home.as_str()).chain(elsewhere).collect();
        let several = regions.len() > 1;
        let mut template = Template::new(HEAD);
        for region in regions.iter().filter(|_| several) {
            let (name, test) = condition(region);
            template = template.condition(&name, test);
        }
        let mut role = vec![
            Entry::new("RoleName", &parameters.pod_role),
            Entry::new("AssumeRolePolicyDocument", self.trust.node()),
        ];
        role.push(match &self.invoke {
            Some(policy) => {
                let inline = Node::map([("PolicyName", (&policy.name).into()), ("PolicyDocument", policy.node())]);
                Entry::new("Policies", Node::list([inline]))
            }
            None => Entry::new("ManagedPolicyArns", Node::list([parameters.aws_policy_arn(CONTROL_PLANE)]))
                .because(WHY_DOCUMENTED),
        });
        let only_in = |region: &str| Some(("Condition", Node::from(condition(region).0))).filter(|_| several);
        template = match only_in(&parameters.home) {
            Some(home) => template.resource_with("PodModelsRole", "AWS::IAM::Role", WHY_ROLE, role, [home]),
            None => template.resource("PodModelsRole", "AWS::IAM::Role", WHY_ROLE, role),
        };
        for (index, Cluster { region, name }) in parameters.clusters.iter().enumerate().filter(|_| !self.is_irsa) {
            let properties = vec![
                Entry::new("ClusterName", name),
                Entry::new("Namespace", &parameters.namespace),
                Entry::new("ServiceAccount", &parameters.service_account),
                Entry::new("RoleArn", parameters.arn_of_role(&parameters.pod_role)),
            ];
            let (logical, kind) = (format!("ModelsAssociation{}", index + 1), "AWS::EKS::PodIdentityAssociation");
            let after = ("DependsOn", Node::from("PodModelsRole"));
            template = match only_in(region) {
                Some(here) if *region == parameters.home => {
                    template.resource_with(&logical, kind, WHY_ASSOCIATION, properties, [here, after])
                }
                Some(here) => template.resource_with(&logical, kind, WHY_ASSOCIATION, properties, [here]),
                None => template.resource_with(&logical, kind, WHY_ASSOCIATION, properties, [after]),
            };
        }
        let where_to = match regions.as_slice() {
            [_, _, ..] => format!("Make one stack of it in each of: {}, in this order.", regions.join(", ")),
            _ => format!("Make the stack in {}.", regions.join(", ")),
        };
        let names = "IAM resources with names: create the stack with --capabilities CAPABILITY_NAMED_IAM.";
        template.render(&format!("{}\n{where_to}\n{names}", self.head()))
    }

    fn steps(&self, parameters: &Parameters) -> Vec<Step> {
        let mut steps = self.role_steps(parameters);
        if !self.is_irsa {
            steps.extend(parameters.clusters.iter().map(|at| associate(parameters, at)));
        }
        steps
    }

    /// The role alone.
    pub(crate) fn role_steps(&self, parameters: &Parameters) -> Vec<Step> {
        let create = Step::aws(format!("{WHY_ROLE}\n{}", self.trust.reasons()), ["iam", "create-role"])
            .option("role-name", &parameters.pod_role)
            .option("assume-role-policy-document", self.trust.json());
        let allow = match &self.invoke {
            Some(policy) => step_put(&policy.reasons(), &parameters.pod_role, policy),
            None => Step::aws(WHY_DOCUMENTED, ["iam", "attach-role-policy"])
                .option("role-name", &parameters.pod_role)
                .option("policy-arn", parameters.aws_policy_arn(CONTROL_PLANE)),
        };
        vec![create, allow]
    }
}

/// Gives the role to the pods of the service account.
pub(crate) fn associate(parameters: &Parameters, at: &Cluster) -> Step {
    at.step(WHY_ASSOCIATION, "create-pod-identity-association")
        .option("namespace", &parameters.namespace)
        .option("service-account", &parameters.service_account)
        .option("role-arn", parameters.arn_of_role(&parameters.pod_role))
}

pub(crate) fn pod_identity() -> Policy {
    let statement = Statement::allow("PodIdentity", ACTIONS.map(str::to_owned).to_vec(), Vec::new());
    Policy::new("trust-policy", vec![Reasoned::new(WHY_TRUST, statement.of(Principal::service(PODS)))])
}

fn irsa(parameters: &Parameters) -> Result<Policy, OnboardError> {
    let about = "the issuer of the cluster's tokens, which `aws eks describe-cluster` tells, without `https://`";
    let needed = || OnboardError::Needed { prerequisite: ID, parameter: "oidc-provider", about };
    let issuer = parameters.oidc_provider.as_deref().ok_or_else(needed)?;
    Ok(bound_to(parameters, issuer))
}

/// Trust in the tokens of an issuer, for the one service account.
pub(crate) fn bound_to(parameters: &Parameters, issuer: &str) -> Policy {
    let provider = format!("arn:{}:iam::{}:oidc-provider/{issuer}", parameters.partition, parameters.account_id);
    let statement = workload_trust::web_identity(provider, issuer, subject(parameters));
    Policy::new("trust-policy", vec![Reasoned::new(WHY_IRSA, statement)])
}

/// The service account as the cluster's tokens name it.
pub(crate) fn subject(parameters: &Parameters) -> String {
    format!("system:serviceaccount:{}:{}", parameters.namespace, parameters.service_account)
}
