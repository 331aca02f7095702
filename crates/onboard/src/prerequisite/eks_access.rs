//! The scanner's way into EKS clusters.

use crate::clusters::{self, Found, InTerraform, condition};
use crate::context::{Context, or_absent, text};
use crate::endpoint::{self, Endpoint};
use crate::error::OnboardError;
use crate::parameters::{Cluster, Parameters};
use crate::pods::{Cause, ClusterApi, NotListed, Pod};
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::Template;
use crate::render::hcl::{self, Block};
use crate::render::node::{Entry, Node};
use crate::render::shell::{Step, only_if, script};
use crate::verdict::{Judge, State, Unanswered, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};

/// The unit.
pub static UNIT: EksAccess = EksAccess;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct EksAccess;

const ID: &str = "eks-access";
const HEAD: &str = "Sightline: the scanner's way into EKS clusters, to list pods, services and the like.";
const VIEW: &str = "AmazonEKSViewPolicy";
const BOTH: &str = "API_AND_CONFIG_MAP";
const WHY_ENTRY: &str = "The cluster then knows the scanner's role. By itself the entry allows nothing.";
const WHY_VIEW: &str = "Lists and reads pods, deployments, services, service accounts and the like in all namespaces; no secrets, no nodes, and it \
                        changes nothing. Not AmazonEKSAdminViewPolicy, which reads secrets.";
const WHY_MODE: &str = "Access entries take the authentication mode API or API_AND_CONFIG_MAP. The change is one-way: a cluster never goes back to \
                        the ConfigMap alone. It keeps whom the ConfigMap lets in.";
const NOT_HERE: &str = "The clusters themselves are managed elsewhere: this file does not touch them. They must have the authentication mode API or \
                        API_AND_CONFIG_MAP (a one-way change from CONFIG_MAP).";
const NOT_HERE_ENDPOINT: &str =
    "The scanner's addresses must be let into their public endpoints: the `cli` rendering has that step.";
/// What other policies of EKS let in, and what is wrong with it for a scanner.
const BROADER: [(&str, &str); 4] = [
    ("AmazonEKSClusterAdminPolicy", "it may change everything in the cluster"),
    ("AmazonEKSAdminPolicy", "it may change nearly everything in the cluster"),
    ("AmazonEKSEditPolicy", "it may change workloads and read secrets"),
    ("AmazonEKSAdminViewPolicy", "it reads secrets"),
];

impl Prerequisite for EksAccess {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Access to EKS clusters"
    }

    fn about(&self) -> &'static str {
        "Which pods call models, and as whom, is known to the cluster alone. An access entry lets the scanner's role in, and \
         `AmazonEKSViewPolicy`, for the whole cluster, lets it list pods, services and service accounts: no secrets, no nodes, nothing \
         changed. Entries take the authentication mode `API_AND_CONFIG_MAP` or `API`; the change from `CONFIG_MAP` is one-way, it keeps \
         whom the ConfigMap lets in. A scanner inside the cluster's network uses the private endpoint and needs no change of the network. \
         Outside, `--scanner-cidr` adds its own address to those that may call the public endpoint, and the ranges that are there stay; \
         nobody else's address has to be let in. Pods on a ConfigMap-only cluster, or behind a closed endpoint, are not seen: verification \
         says which of these it is, and lists the pods to prove the contrary."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ROLE: Parameter =
            Parameter { name: "scanner-role", about: "the role to let in; default `sightline-scanner`" };
        const CIDR: Parameter = Parameter {
            name: "scanner-cidr",
            about: "addresses from which the scanner calls, if it is outside the cluster's network, such as `203.0.113.7/32`; default none",
        };
        &[given::ACCOUNT_ID, given::REGIONS, ROLE, given::CLUSTERS, CIDR]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("eks:ListClusters", "which clusters there are"),
            Permission::account("eks:DescribeCluster", "the authentication mode, and who may call the endpoint"),
            Permission::account("eks:DescribeAccessEntry", "whether the cluster knows the scanner's role"),
            Permission::account("eks:ListAssociatedAccessPolicies", "what the scanner's role may do in the cluster"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        if format == Format::Policy {
            let why = "what the scanner may do in a cluster is an access policy of EKS, which the other renderings associate; \
                       the IAM actions of verification are in scanner-identity";
            return Err(OnboardError::NoForm { prerequisite: ID, format: format.as_str(), why });
        }
        if parameters.clusters.is_empty() {
            let about = "the clusters to let the scanner into, such as `apps` or `eu-west-1/apps`";
            return Err(OnboardError::Needed { prerequisite: ID, parameter: "eks-cluster", about });
        }
        Ok(match format {
            Format::Terraform => terraform(parameters),
            Format::CloudFormation => cloudformation(parameters),
            Format::Cli | Format::Policy => cli(parameters),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        verify(context).boxed()
    }
}

/// The access policy, which AWS has in every partition.
fn view_arn(parameters: &Parameters) -> String {
    access_policy(parameters, VIEW)
}

fn access_policy(parameters: &Parameters, name: &str) -> String {
    format!("arn:{}:eks::aws:cluster-access-policy/{name}", parameters.partition)
}

fn head(parameters: &Parameters) -> String {
    let endpoint = if parameters.scanner_cidrs.is_empty() { String::new() } else { format!("\n{NOT_HERE_ENDPOINT}") };
    format!("{HEAD}\n{NOT_HERE}{endpoint}")
}

fn terraform(parameters: &Parameters) -> String {
    let mut blocks = Vec::new();
    for (region, names) in clusters::by_region(parameters) {
        let place = InTerraform::of(parameters, region);
        let name = format!("scanner{}", place.ending);
        blocks.extend(place.provider());
        let entry = place
            .place(Block::resource("aws_eks_access_entry", &name).because(WHY_ENTRY))
            .with("for_each", Node::call("toset", Node::list(names.iter().copied())))
            .with("cluster_name", Node::code("each.value"))
            .with("principal_arn", parameters.role_arn())
            .with("type", "STANDARD");
        let scope = Block::new("access_scope", []).with("type", "cluster");
        let view = place
            .place(Block::resource("aws_eks_access_policy_association", &name).because(WHY_VIEW))
            .with("for_each", Node::code(format!("aws_eks_access_entry.{name}")))
            .with("cluster_name", Node::code("each.value.cluster_name"))
            .with("principal_arn", Node::code("each.value.principal_arn"))
            .with("policy_arn", view_arn(parameters))
            .block(scope);
        blocks.extend([entry, view]);
    }
    hcl::file(&format!("{}\nThe provider's region is {}.", head(parameters), parameters.home), &blocks)
}

/// One template serves every region: it makes the entries of the region in which the stack stands.
fn cloudformation(parameters: &Parameters) -> String {
    let regions = clusters::by_region(parameters);
    let several = regions.len() > 1;
    let mut template = Template::new(HEAD);
    for region in regions.keys().filter(|_| several) {
        let (name, test) = condition(region);
        template = template.condition(&name, test);
    }
    for (index, Cluster { region, name }) in parameters.clusters.iter().enumerate() {
        let scope = Node::map([("Type", "cluster".into())]);
        let view = Node::map([("PolicyArn", view_arn(parameters).into()), ("AccessScope", scope)]);
        let properties = vec![
            Entry::new("ClusterName", name),
            Entry::new("PrincipalArn", parameters.role_arn()),
            Entry::new("Type", "STANDARD"),
            Entry::new("AccessPolicies", Node::list([view])).because(WHY_VIEW),
        ];
        let (logical, kind) = (format!("ScannerEntry{}", index + 1), "AWS::EKS::AccessEntry");
        template = if several {
            template.resource_with(&logical, kind, WHY_ENTRY, properties, [("Condition", condition(region).0.into())])
        } else {
            template.resource(&logical, kind, WHY_ENTRY, properties)
        };
    }
    let all: Vec<&str> = regions.into_keys().collect();
    template.render(&format!("{}\nMake one stack of it in each of: {}.", head(parameters), all.join(", ")))
}

fn cli(parameters: &Parameters) -> String {
    let mut text = script(HEAD, &[]);
    for at in &parameters.clusters {
        let question = at.own_step("", "describe-cluster").option("query", "cluster.accessConfig.authenticationMode");
        let question = question.option("output", "text");
        text.push('\n');
        text.push_str(&only_if(WHY_MODE, &question, "CONFIG_MAP", &mode_steps(at)));
        for step in entry_steps(parameters, at) {
            text.push('\n');
            text.push_str(&step.text());
        }
        if !parameters.scanner_cidrs.is_empty() {
            text.push('\n');
            text.push_str(&endpoint::opening(at, parameters));
        }
    }
    text
}

fn mode_steps(at: &Cluster) -> [Step; 2] {
    [at.own_step("", "update-cluster-config").option("access-config", format!("authenticationMode={BOTH}")), at.wait()]
}

fn entry_steps(parameters: &Parameters, at: &Cluster) -> [Step; 2] {
    let create = at.step(WHY_ENTRY, "create-access-entry").option("principal-arn", parameters.role_arn());
    [create.option("type", "STANDARD"), associate(parameters, at)]
}

fn associate(parameters: &Parameters, at: &Cluster) -> Step {
    at.step(WHY_VIEW, "associate-access-policy")
        .option("principal-arn", parameters.role_arn())
        .option("policy-arn", view_arn(parameters))
        .option("access-scope", "type=cluster")
}

fn disassociate(parameters: &Parameters, at: &Cluster, policy: &str) -> Step {
    at.step("", "disassociate-access-policy")
        .option("principal-arn", parameters.role_arn())
        .option("policy-arn", policy)
}

fn commands<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    steps.into_iter().map(Step::command).collect::<Vec<_>>().join("\n")
}

async fn verify(context: &Context) -> Vec<Verdict> {
    let looked = clusters::look(context, ID).await;
    let mut verdicts = looked.verdicts;
    for cluster in &looked.found {
        verdicts.extend(verify_cluster(context, cluster).await);
    }
    if verdicts.is_empty() {
        let regions = context.parameters.regions.join(", ");
        let call = format!("eks:ListClusters in {}", context.parameters.home);
        let reason = format!("nothing to do: no cluster is in {regions}; `--eks-cluster` names those that must be there");
        verdicts.push(Judge::new(ID, "clusters").ok(&call, reason));
    }
    verdicts
}

async fn verify_cluster(context: &Context, cluster: &Found) -> Vec<Verdict> {
    let judge = Judge::new(ID, cluster.at.shown());
    let status = cluster.text("/status");
    if !matches!(status, "ACTIVE" | "UPDATING") {
        let call = format!("eks:DescribeCluster in {}", cluster.at.region);
        return vec![
            judge.cannot_tell(&call, format!("the cluster's status is `{status}`: nothing can be asked of it")),
        ];
    }
    let (entry, listed) = futures::join!(verify_entry(context, cluster, &judge), list_pods(context, cluster));
    let mut verdicts = vec![entry];
    verdicts.extend(
        Doors { context, cluster, judge: &judge, is_known: verdicts.iter().all(|one| one.status == State::Ok) }
            .verdicts(listed)
            .await,
    );
    verdicts
}

/// Whether the cluster knows the scanner's role, and lets it see and no more. One verdict, of the first cause.
async fn verify_entry(context: &Context, cluster: &Found, judge: &Judge) -> Verdict {
    let (parameters, at) = (&context.parameters, &cluster.at);
    let call = format!("eks:DescribeCluster in {}", at.region);
    match cluster.text("/accessConfig/authenticationMode") {
        "API" | BOTH => {}
        "CONFIG_MAP" => {
            let steps: Vec<Step> = mode_steps(at).into_iter().chain(entry_steps(parameters, at)).collect();
            let reason = "the authentication mode is `CONFIG_MAP`: the cluster knows no access entries. The change to \
                          `API_AND_CONFIG_MAP` is one-way; it keeps whom the ConfigMap lets in";
            return judge.wrong(&call, reason, commands(&steps));
        }
        other => return judge.cannot_tell(&call, format!("the authentication mode `{other}` is not known here")),
    }
    match entry_of(context, at).await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(None) => {
            let call = format!("eks:DescribeAccessEntry in {}", at.region);
            let reason = format!("the cluster has no access entry for {}", parameters.role_arn());
            judge.missing(&call, reason, commands(&entry_steps(parameters, at)))
        }
        Ok(Some(policies)) => verify_policies(parameters, at, &policies, judge),
    }
}

/// The access policies of the scanner's entry, if there is one.
async fn entry_of(context: &Context, at: &Cluster) -> Result<Option<Vec<Value>>, Box<Unanswered>> {
    let input = json!({"clusterName": at.name, "principalArn": context.parameters.role_arn()});
    let asked = context.ask(&at.region, "eks", "DescribeAccessEntry", input.clone(), "eks:DescribeAccessEntry").await;
    if or_absent(asked, "ResourceNotFoundException")?.is_none() {
        return Ok(None);
    }
    let key = ("associatedAccessPolicies", "eks:ListAssociatedAccessPolicies");
    context.ask_all(&at.region, "eks", "ListAssociatedAccessPolicies", input, key).await.map(Some)
}

fn verify_policies(parameters: &Parameters, at: &Cluster, policies: &[Value], judge: &Judge) -> Verdict {
    let call = format!("eks:ListAssociatedAccessPolicies in {}", at.region);
    let view = view_arn(parameters);
    let ours = policies.iter().find(|policy| text(policy, "/policyArn") == view);
    let others: Vec<&str> =
        policies.iter().map(|policy| text(policy, "/policyArn")).filter(|arn| *arn != view).collect();
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let broader = others
        .iter()
        .filter_map(|arn| BROADER.iter().find(|(broad, _)| *broad == name(arn)).map(|known| (*arn, known.1)));
    let broader: Vec<(&str, &str)> = broader.collect();
    let let_go = || broader.iter().map(|(arn, _)| disassociate(parameters, at, arn));
    let told = || broader.iter().map(|(arn, why)| format!("`{}`: {why}", name(arn))).collect::<Vec<_>>().join("; ");
    match ours.map(|policy| text(policy, "/accessScope/type")) {
        None if others.is_empty() => judge.missing(
            &call,
            format!("the entry has no access policy: `{VIEW}` is missing"),
            associate(parameters, at).command(),
        ),
        None => {
            let names: Vec<String> = others.iter().map(|arn| format!("`{}`", name(arn))).collect();
            let more = if broader.is_empty() { String::new() } else { format!(" ({})", told()) };
            let reason =
                format!("the entry has the wrong access policy, {}, in place of `{VIEW}`{more}", names.join(", "));
            let steps: Vec<Step> = std::iter::once(associate(parameters, at)).chain(let_go()).collect();
            judge.wrong(&call, reason, commands(&steps))
        }
        Some("cluster") if broader.is_empty() => {
            judge.ok(&call, format!("the entry for {} has `{VIEW}` for the whole cluster", parameters.role_arn()))
        }
        Some("cluster") => {
            let steps: Vec<Step> = let_go().collect();
            judge.wrong(&call, format!("the entry lets the scanner do more than see: {}", told()), commands(&steps))
        }
        Some(_) => {
            let spaces =
                ours.map(|policy| crate::context::texts(policy, "/accessScope/namespaces")).unwrap_or_default();
            let reason =
                format!("`{VIEW}` is for the namespaces {} alone: pods elsewhere are not seen", spaces.join(", "));
            let steps: Vec<Step> =
                [disassociate(parameters, at, &view), associate(parameters, at)].into_iter().chain(let_go()).collect();
            judge.wrong(&call, reason, commands(&steps))
        }
    }
}

async fn list_pods(context: &Context, cluster: &Found) -> Option<Result<Vec<Pod>, NotListed>> {
    let pods = context.pods.as_ref()?;
    Some(pods.list(&context.aws, &api(cluster)).await)
}

/// Where the cluster's API is.
pub(crate) fn api(cluster: &Found) -> ClusterApi {
    ClusterApi {
        region: cluster.at.region.clone(),
        name: cluster.at.name.clone(),
        endpoint: cluster.text("/endpoint").to_owned(),
        certificate_authority: cluster.text("/certificateAuthority/data").to_owned(),
    }
}

/// Whether the endpoint lets us in, and the proof.
struct Doors<'a> {
    context: &'a Context,
    cluster: &'a Found,
    judge: &'a Judge,
    /// whether the cluster knows the scanner's role, as far as AWS tells
    is_known: bool,
}

impl Doors<'_> {
    async fn verdicts(&self, listed: Option<Result<Vec<Pod>, NotListed>>) -> Option<Verdict> {
        let parameters = &self.context.parameters;
        let endpoint = Endpoint::of(self.cluster);
        let fix = || endpoint.opened(&self.cluster.at, parameters);
        let call = format!("eks:DescribeCluster in {}", self.cluster.at.region);
        let told = endpoint.told();
        let closed = endpoint.left_out(&parameters.scanner_cidrs);
        if !closed.is_empty() {
            return Some(self.judge.wrong(
                &call,
                format!("the endpoint is closed to {}: {told}", closed.join(", ")),
                fix(),
            ));
        }
        let proof = "list pods";
        match listed {
            None => Some(
                self.judge.cannot_tell(&call, format!("{told}; whether it can be reached from here was not tried")),
            ),
            Some(Ok(pods)) => Some(
                self.judge
                    .ok(proof, format!("the endpoint can be reached from here, pods listed: {}; {told}", pods.len())),
            ),
            Some(Err(NotListed { cause: Cause::Unreachable, message })) if endpoint.is_open_to_all() => {
                Some(self.judge.cannot_tell(proof, format!("{told}, yet it cannot be reached from here: {message}")))
            }
            Some(Err(NotListed { cause: Cause::Unreachable, message })) => Some(self.judge.wrong(
                proof,
                format!("the endpoint is closed to this machine: {told} ({message})"),
                fix(),
            )),
            // The cluster does not know a role without an entry: that is said already.
            Some(Err(NotListed { cause: Cause::Unknown | Cause::Forbidden, .. })) if !self.is_known => None,
            Some(Err(NotListed { cause, message })) => Some(self.refused(cause, &message, proof).await),
        }
    }

    /// The entry is there, and the cluster refuses all the same.
    async fn refused(&self, cause: Cause, message: &str, proof: &str) -> Verdict {
        let role = &self.context.parameters.role;
        let caller = self.context.aws.caller().await;
        let is_scanner = caller.as_ref().is_ok_and(|caller| caller.arn.contains(&format!(":assumed-role/{role}/")));
        let reason = match (cause, caller) {
            (Cause::Other, _) => format!("pods could not be listed: {message}"),
            (_, Ok(caller)) if !is_scanner => {
                format!(
                    "pods were asked for as {}, not as the scanner's role `{role}`, and refused: {message}",
                    caller.arn
                )
            }
            _ => format!(
                "the cluster refuses the scanner's role although it has an entry, which may take a minute to hold: {message}"
            ),
        };
        let mut verdict = self.judge.cannot_tell(proof, reason);
        if !is_scanner && cause != Cause::Other {
            verdict.fix = format!("verify again with --role-arn {}", self.context.parameters.role_arn());
        }
        verdict
    }
}
