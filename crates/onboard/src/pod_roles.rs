//! Which roles the pods of the clusters get, by which way, and what these let them invoke.

use crate::clusters::{self, Found};
use crate::compare;
use crate::context::{Asked, Context, list, text};
use crate::instances::{self, Instance};
use crate::invoker::{self, Invoker, step_put};
use crate::parameters::Parameters;
use crate::pods::Pod;
use crate::prerequisite::eks_access::api;
use crate::prerequisite::pod_model_role::{
    ACTIONS, CONTROL_PLANE, Declared, ID, PODS, associate, bound_to, pod_identity, subject,
};
use crate::render::policy;
use crate::render::shell::Step;
use crate::role::{self, Role};
use crate::trust;
use crate::verdict::{Judge, State, Verdict};
use crate::workload_trust::{self, Binding};
use serde_json::{Value, json};
use sightline_iam::PolicyDocument;
use std::collections::{BTreeMap, BTreeSet};

/// Looks.
pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let (looked, roles) = futures::join!(clusters::look(context, ID), role::all(context));
    let mut verdicts = looked.verdicts;
    let own = Judge::new(ID, context.parameters.arn_of_role(&context.parameters.pod_role));
    let roles = match roles {
        Ok(roles) => roles,
        Err(unanswered) => {
            verdicts.push(own.unanswered(&unanswered));
            return verdicts;
        }
    };
    let mut clusters = Vec::new();
    for found in &looked.found {
        match Cluster::read(context, found).await {
            Ok(cluster) => clusters.push(cluster),
            Err(unanswered) => verdicts.push(Judge::new(ID, found.at.shown()).unanswered(&unanswered)),
        }
    }
    let ours = Own {
        context,
        judge: &own,
        call: format!("{} in {}", role::ACTION, context.parameters.home),
        is_sure: verdicts.is_empty(),
    };
    verdicts.extend(ours.verdicts(&roles, &clusters).await);
    for cluster in &clusters {
        verdicts.extend(Others { context, cluster, roles: &roles }.verdicts().await);
    }
    verdicts
}

/// A cluster, and the ways by which its pods get roles.
struct Cluster<'a> {
    found: &'a Found,
    issuer: &'a str,
    associations: Vec<Association>,
    has_agent: bool,
    /// ARNs of the roles of managed nodes
    node_roles: BTreeSet<String>,
    instances: Vec<Instance>,
    /// where somebody can ask the cluster
    pods: Option<Vec<Pod>>,
}

struct Association {
    id: String,
    namespace: String,
    service_account: String,
    role_arn: String,
}

impl Association {
    fn shown(&self) -> String {
        format!("{}/{}", self.namespace, self.service_account)
    }
}

impl<'a> Cluster<'a> {
    async fn read(context: &Context, found: &'a Found) -> Asked<Self> {
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

    fn judge(&self) -> Judge {
        Judge::new(ID, self.found.at.shown())
    }

    fn call(&self, operation: &str) -> String {
        format!("eks:{operation} in {}", self.found.at.region)
    }

    /// The association of the parameters' service account.
    fn association(&self, parameters: &Parameters) -> Option<&Association> {
        self.associations
            .iter()
            .find(|one| one.namespace == parameters.namespace && one.service_account == parameters.service_account)
    }

    /// How many pods run as a service account, in brackets, where the cluster could be asked.
    fn pods_as(&self, namespace: &str, service_account: &str) -> String {
        let is_its = |pod: &&Pod| pod.namespace == namespace && pod.service_account == service_account;
        match self.pods.as_ref().map(|pods| pods.iter().filter(is_its).count()) {
            None => String::new(),
            Some(1) => " (1 pod)".to_owned(),
            Some(count) => format!(" ({count} pods)"),
        }
    }

    fn step(&self, operation: &'static str) -> Step {
        self.found.at.step("", operation)
    }
}

/// The role that is rendered.
struct Own<'a> {
    context: &'a Context,
    judge: &'a Judge,
    call: String,
    /// whether all clusters were seen
    is_sure: bool,
}

impl Own<'_> {
    async fn verdicts(&self, roles: &[Role], clusters: &[Cluster<'_>]) -> Vec<Verdict> {
        let parameters = &self.context.parameters;
        let declared = Declared::of(parameters);
        let is_asked = !parameters.models.is_empty() && (!parameters.clusters.is_empty() || parameters.irsa);
        let Some(role) = roles.iter().find(|role| role.name == parameters.pod_role) else {
            return vec![match declared {
                Ok(declared) if is_asked => {
                    let fix = self.from_nothing(&declared, clusters);
                    self.judge.missing(&self.call, "no role of this name is in the account", fix)
                }
                _ if !self.is_sure => self.judge.cannot_tell(
                    &self.call,
                    "not every cluster could be looked at: whether pods need the role is not known",
                ),
                _ => {
                    let reason = "nothing to do: `--model` and `--cluster` together ask for this role, by what pods shall be able to invoke";
                    self.judge.ok(&self.call, reason)
                }
            }];
        };
        let mut verdicts = vec![self.trusts(role, clusters), self.policies(role).await];
        if is_asked && !parameters.irsa {
            verdicts.extend(clusters.iter().map(|cluster| self.associated(cluster, role)));
        }
        if parameters.irsa {
            verdicts.extend(self.provider(clusters).await);
        }
        verdicts
    }

    fn from_nothing(&self, declared: &Declared, clusters: &[Cluster<'_>]) -> String {
        let parameters = &self.context.parameters;
        let mut steps = declared.role_steps(parameters);
        if !parameters.irsa {
            let bare = clusters.iter().filter(|cluster| cluster.association(parameters).is_none());
            steps.extend(bare.map(|cluster| associate(parameters, &cluster.found.at)));
        }
        steps.iter().map(Step::text).collect()
    }

    fn trusts(&self, role: &Role, clusters: &[Cluster<'_>]) -> Verdict {
        let parameters = &self.context.parameters;
        let document = match trust::document(&role.trust) {
            Ok(document) => document,
            Err(error) => {
                return self.judge.cannot_tell(&self.call, format!("the trust policy could not be read: {error}"));
            }
        };
        if !parameters.irsa {
            return trusts_pods(role, &document, self.judge, &self.call);
        }
        let named = parameters.oidc_provider.as_deref().into_iter();
        let issuers =
            named.chain(clusters.iter().map(|cluster| cluster.issuer).filter(|_| parameters.oidc_provider.is_none()));
        let mut seen = 0;
        for issuer in issuers.filter(|issuer| !issuer.is_empty()) {
            seen += 1;
            let wanted = subject(parameters);
            let fault = match workload_trust::binding(&document, issuer) {
                Binding::Exact(subjects) if subjects.contains(&wanted) => continue,
                Binding::Exact(_) | Binding::None => {
                    format!("the role does not trust `{wanted}` of the issuer {issuer}")
                }
                loose => loosely(&loose, issuer),
            };
            let ours = bound_to(parameters, issuer).document().statement;
            let fix =
                ours.into_iter().next().map(|ours| step_trust(role, &workload_trust::rebound(&document, issuer, ours)));
            return self.judge.wrong(&self.call, fault, fix.map(|step| step.command()).unwrap_or_default());
        }
        match seen {
            0 => self.judge.cannot_tell(
                &self.call,
                "which issuer the role should trust is not known: `--oidc-provider` or `--cluster` names it",
            ),
            _ => {
                self.judge.ok(&self.call, format!("the role trusts `{}` alone, by tokens for STS", subject(parameters)))
            }
        }
    }

    async fn policies(&self, role: &Role) -> Verdict {
        let parameters = &self.context.parameters;
        let invoker = match Invoker::read(self.context, role).await {
            Ok(invoker) => invoker,
            Err(not_read) => return not_read.verdict(self.judge),
        };
        if let Some(arn) = control_plane(&invoker) {
            let mut fix = detach(role, &arn).command();
            if !parameters.models.is_empty() {
                fix = format!("{}\n{fix}", step_put("", &role.name, &invoker::policy(parameters)).command());
            }
            return self.judge.wrong(&self.call, control_plane_reason(&role.name), fix);
        }
        if parameters.models.is_empty() && invoker.broad().is_empty() {
            return self.judge.ok(&self.call, format!("the role may invoke {}", invoker.told()));
        }
        invoker.verdict(self.judge, &self.call, parameters)
    }

    /// Whether the service account has the role in this cluster.
    fn associated(&self, cluster: &Cluster<'_>, role: &Role) -> Verdict {
        let parameters = &self.context.parameters;
        let Parameters { namespace, service_account, .. } = parameters;
        let call = cluster.call("DescribePodIdentityAssociation");
        let judge = cluster.judge();
        match cluster.association(parameters) {
            None => {
                let reason = format!(
                    "the service account {namespace}/{service_account} has no Pod Identity association: its pods get no role"
                );
                judge.missing(
                    &cluster.call("ListPodIdentityAssociations"),
                    reason,
                    associate(parameters, &cluster.found.at).command(),
                )
            }
            Some(association) if association.role_arn != role.arn => {
                let reason =
                    format!("the association of {} names another role, {}", association.shown(), association.role_arn);
                let fix = cluster
                    .step("update-pod-identity-association")
                    .option("association-id", &association.id)
                    .option("role-arn", &role.arn);
                judge.wrong(&call, reason, fix.command())
            }
            Some(_) if !cluster.has_agent => {
                let reason = "the add-on eks-pod-identity-agent is not there: associations have no effect";
                let fix = cluster.step("create-addon").option("addon-name", "eks-pod-identity-agent");
                judge.missing(&cluster.call("ListAddons"), reason, fix.command())
            }
            Some(association) => {
                let pods = cluster.pods_as(namespace, service_account);
                judge.ok(&call, format!("pods of {}{pods} get the role `{}`", association.shown(), role.name))
            }
        }
    }

    /// Whether IAM knows the issuers.
    async fn provider(&self, clusters: &[Cluster<'_>]) -> Vec<Verdict> {
        let parameters = &self.context.parameters;
        let home = &parameters.home;
        let action = "iam:ListOpenIDConnectProviders";
        let answer = match self.context.ask(home, "iam", "ListOpenIDConnectProviders", json!({}), action).await {
            Ok(answer) => answer,
            Err(unanswered) => return vec![self.judge.unanswered(&unanswered)],
        };
        let known: Vec<&str> = list(&answer, "/OpenIDConnectProviderList").map(|one| text(one, "/Arn")).collect();
        let issuers: BTreeSet<&str> = match parameters.oidc_provider.as_deref() {
            Some(named) => BTreeSet::from([named]),
            None => clusters.iter().map(|cluster| cluster.issuer).filter(|issuer| !issuer.is_empty()).collect(),
        };
        let unknown = issuers
            .into_iter()
            .filter(|issuer| !known.iter().any(|arn| arn.ends_with(&format!("oidc-provider/{issuer}"))));
        let verdict = |issuer: &str| {
            let fix = Step::aws("", ["iam", "create-open-id-connect-provider"])
                .option("url", format!("https://{issuer}"))
                .options("client-id-list", ["sts.amazonaws.com".to_owned()]);
            let reason = format!("IAM does not know the issuer {issuer}: no token of the cluster opens a role");
            self.judge.missing(&format!("{action} in {home}"), reason, fix.command())
        };
        unknown.map(verdict).collect()
    }
}

fn step_trust(role: &Role, document: &PolicyDocument) -> Step {
    Step::aws("", ["iam", "update-assume-role-policy"])
        .option("role-name", &role.name)
        .option("policy-document", policy::json(document))
}

fn detach(role: &Role, arn: &str) -> Step {
    Step::aws("", ["iam", "detach-role-policy"]).option("role-name", &role.name).option("policy-arn", arn)
}

/// Whether EKS Pod Identity may hand the role to pods.
fn trusts_pods(role: &Role, document: &PolicyDocument, judge: &Judge, call: &str) -> Verdict {
    let lacking = workload_trust::lacking(document, &[PODS.to_owned()], &ACTIONS);
    let reason = match lacking.as_slice() {
        [] => return judge.ok(call, format!("EKS Pod Identity may hand the role `{}` to pods", role.name)),
        ["sts:TagSession"] => format!(
            "the trust of `{}` lacks `sts:TagSession`: EKS tags every session, so no pod gets credentials",
            role.name
        ),
        lacking => format!(
            "the trust of `{}` does not let {PODS} do {}: no pod gets credentials",
            role.name,
            lacking.join(" and ")
        ),
    };
    judge.wrong(call, reason, step_trust(role, &compare::merged(document, &pod_identity())).command())
}

/// The guide's policy, by its ARN, if the role has it.
fn control_plane(invoker: &Invoker<'_>) -> Option<String> {
    let held = invoker.held.iter().find(|held| held.name == CONTROL_PLANE)?;
    held.arn.clone().filter(|arn| arn.contains(":iam::aws:policy/"))
}

fn control_plane_reason(role: &str) -> String {
    format!(
        "`{role}` has `{CONTROL_PLANE}`, the policy of the control plane of EKS: it grants no Bedrock, and rights over the network that no pod needs"
    )
}

fn loosely(binding: &Binding, issuer: &str) -> String {
    match binding {
        Binding::SubjectPattern(pattern) => {
            format!("the trust asks `:sub` by the pattern `{pattern}`: every service account that fits gets the role")
        }
        Binding::NoSubject => format!(
            "the trust asks no `:sub` of the tokens of {issuer}: every service account of the cluster gets the role"
        ),
        _ => {
            format!("the trust asks no `:aud` of the tokens of {issuer}: tokens made for others than STS get the role")
        }
    }
}

/// The roles of other service accounts, and of the nodes.
struct Others<'a> {
    context: &'a Context,
    cluster: &'a Cluster<'a>,
    roles: &'a [Role],
}

impl<'a> Others<'a> {
    async fn verdicts(&self) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let parameters = &self.context.parameters;
        for (arn, associations) in self.by_role() {
            if arn != parameters.arn_of_role(&parameters.pod_role) {
                verdicts.extend(self.associated(arn, &associations).await);
            }
        }
        for role in self.roles.iter().filter(|role| role.name != parameters.pod_role) {
            verdicts.extend(self.bound(role).await);
        }
        verdicts.extend(self.annotated().await);
        for role in self.roles.iter().filter(|role| self.is_of_nodes(role)) {
            verdicts.extend(self.inherited(role).await);
        }
        if verdicts.iter().all(|verdict| verdict.status == State::Ok) {
            let count = self.cluster.associations.len();
            let reason =
                format!("{count} associations were followed; no pod inherits the right to invoke models from its node");
            verdicts.push(self.cluster.judge().ok(&self.cluster.call("ListPodIdentityAssociations"), reason));
        }
        verdicts
    }

    fn by_role(&self) -> BTreeMap<&'a str, Vec<&'a Association>> {
        let mut by_role: BTreeMap<&str, Vec<&Association>> = BTreeMap::new();
        for association in &self.cluster.associations {
            by_role.entry(&association.role_arn).or_default().push(association);
        }
        by_role
    }

    async fn invoker(&self, role: &'a Role) -> Result<Invoker<'a>, Verdict> {
        Invoker::read(self.context, role).await.map_err(|not_read| not_read.verdict(&self.cluster.judge()))
    }

    /// A role that associations name. Those that have nothing to do with models are left alone.
    async fn associated(&self, arn: &str, associations: &[&Association]) -> Option<Verdict> {
        let judge = self.cluster.judge();
        let call = self.cluster.call("DescribePodIdentityAssociation");
        let who: Vec<String> = associations
            .iter()
            .take(5)
            .map(|one| one.shown() + &self.cluster.pods_as(&one.namespace, &one.service_account))
            .collect();
        let who = who.join(", ");
        let Some(role) = self.roles.iter().find(|role| role.arn == arn) else {
            return Some(judge.wrong(
                &call,
                format!("the association of {who} names {arn}, which is not there: its pods get no credentials"),
                "",
            ));
        };
        let invoker = match self.invoker(role).await {
            Ok(invoker) => invoker,
            Err(verdict) => return Some(verdict),
        };
        if let Some(arn) = control_plane(&invoker) {
            return Some(judge.wrong(
                &call,
                format!("{who}: {}", control_plane_reason(&role.name)),
                detach(role, &arn).command(),
            ));
        }
        self.invokes(&invoker, &who, &call).map(|told| match (told.status, trust::document(&role.trust)) {
            (State::Ok, Ok(document)) => {
                let trusts = trusts_pods(role, &document, &judge, &call);
                if trusts.status == State::Ok { told } else { trusts }
            }
            _ => told,
        })
    }

    /// What somebody may invoke, if anything.
    fn invokes(&self, invoker: &Invoker<'_>, who: &str, call: &str) -> Option<Verdict> {
        let judge = self.cluster.judge();
        let (broad, name) = (invoker.broad(), &invoker.role.name);
        if !broad.is_empty() {
            let reason = format!("{who} may invoke any model through the role `{name}`, by {}", Invoker::names(&broad));
            return Some(judge.wrong(call, reason, invoker.narrowed(&self.context.parameters)));
        }
        let is_any = !invoker.reach().is_empty();
        is_any.then(|| judge.ok(call, format!("{who} may invoke {} through the role `{name}`", invoker.told())))
    }

    /// A role that trusts the cluster's tokens, and may invoke models.
    async fn bound(&self, role: &'a Role) -> Option<Verdict> {
        let issuer = self.cluster.issuer;
        let id = issuer.rsplit('/').next().filter(|id| !id.is_empty())?;
        if !role.trust.contains(id) {
            return None;
        }
        let document = trust::document(&role.trust).ok()?;
        let binding = workload_trust::binding(&document, issuer);
        if binding == Binding::None {
            return None;
        }
        let invoker = match self.invoker(role).await {
            Ok(invoker) => invoker,
            Err(verdict) => return Some(verdict),
        };
        let call = format!("{} in {}", role::ACTION, self.context.parameters.home);
        let told = self.invokes(&invoker, &self.who(&binding), &call)?;
        if matches!(binding, Binding::Exact(_)) {
            return Some(told);
        }
        let reason = format!("{}; the role `{}` may invoke {}", loosely(&binding, issuer), role.name, invoker.told());
        Some(self.cluster.judge().wrong(&call, reason, self.tightened(role, &document)))
    }

    /// Service accounts whose annotation names a role that does not trust them.
    async fn annotated(&self) -> Vec<Verdict> {
        let annotated = self.cluster.pods.iter().flatten().filter(|pod| !pod.irsa_role.is_empty());
        let accounts: BTreeSet<(&str, &str, &str)> = annotated
            .map(|pod| (pod.irsa_role.as_str(), pod.namespace.as_str(), pod.service_account.as_str()))
            .collect();
        let mut verdicts = Vec::new();
        for (arn, namespace, account) in accounts {
            // The role that is rendered is judged by itself.
            let role = self.roles.iter().find(|role| role.arn == arn && role.name != self.context.parameters.pod_role);
            let Some((role, document)) = role.and_then(|role| Some((role, trust::document(&role.trust).ok()?))) else {
                continue;
            };
            let subject = format!("system:serviceaccount:{namespace}:{account}");
            let is_trusted = match workload_trust::binding(&document, self.cluster.issuer) {
                Binding::Exact(subjects) => subjects.contains(&subject),
                // What is bound too loosely is said of the role.
                loose => loose != Binding::None,
            };
            if is_trusted || !self.invoker(role).await.is_ok_and(|invoker| !invoker.reach().is_empty()) {
                continue;
            }
            let reason = format!(
                "{namespace}/{account} is annotated with the role `{}`, which does not trust it: its pods get no credentials",
                role.name
            );
            let fix = self.trusting(role, &document, BTreeSet::from([subject]));
            verdicts.push(self.cluster.judge().wrong("list pods", reason, fix));
        }
        verdicts
    }

    fn who(&self, binding: &Binding) -> String {
        match binding {
            Binding::Exact(subjects) => {
                let shown =
                    subjects.iter().take(5).map(|subject| match subject.split(':').collect::<Vec<_>>().as_slice() {
                        [_, _, namespace, account] => {
                            format!("{namespace}/{account}{}", self.cluster.pods_as(namespace, account))
                        }
                        _ => subject.clone(),
                    });
                shown.collect::<Vec<_>>().join(", ")
            }
            _ => "service accounts of the cluster".to_owned(),
        }
    }

    /// The same trust for the service accounts that have the role by their pods; which these are only the cluster tells.
    fn tightened(&self, role: &Role, document: &PolicyDocument) -> String {
        let issuer = self.cluster.issuer;
        let pods = self.cluster.pods.iter().flatten().filter(|pod| pod.irsa_role == role.arn);
        let subjects: BTreeSet<String> =
            pods.map(|pod| format!("system:serviceaccount:{}:{}", pod.namespace, pod.service_account)).collect();
        if subjects.is_empty() {
            return format!(
                "# name the one service account in the trust policy of {}:\n\"StringEquals\": {{\"{issuer}:aud\": \"sts.amazonaws.com\", \"{issuer}:sub\": \"system:serviceaccount:NAMESPACE:NAME\"}}",
                role.name
            );
        }
        self.trusting(role, document, subjects)
    }

    /// Lets these service accounts of the cluster have the role.
    fn trusting(&self, role: &Role, document: &PolicyDocument, subjects: BTreeSet<String>) -> String {
        let Parameters { partition, account_id, .. } = &self.context.parameters;
        let issuer = self.cluster.issuer;
        let provider = format!("arn:{partition}:iam::{account_id}:oidc-provider/{issuer}");
        let ours = workload_trust::web_identity(provider, issuer, String::new());
        let ours = ours.when("StringEquals", &format!("{issuer}:sub"), subjects);
        step_trust(role, &workload_trust::rebound(document, issuer, ours)).command()
    }

    fn is_of_nodes(&self, role: &Role) -> bool {
        self.cluster.node_roles.contains(&role.arn) || self.nodes(role).next().is_some()
    }

    fn nodes(&self, role: &'a Role) -> impl Iterator<Item = &'a Instance> {
        let name = &self.cluster.found.at.name;
        self.cluster.instances.iter().filter(move |one| one.is_node_of(name) && role.profiles.contains(&one.profile))
    }

    /// What pods get from the role of their node.
    async fn inherited(&self, role: &'a Role) -> Option<Verdict> {
        let judge = self.cluster.judge();
        let invoker = match self.invoker(role).await {
            Ok(invoker) => invoker,
            Err(verdict) => return Some(verdict),
        };
        if invoker.reach().is_empty() {
            return None;
        }
        let call = format!("{} in {}", instances::ACTION, self.cluster.found.at.region);
        let may = format!("the node role `{}` may invoke {}", role.name, invoker.told());
        let lending: Vec<&str> =
            self.nodes(role).filter(|node| node.lends_its_role).map(|node| node.id.as_str()).collect();
        if !lending.is_empty() {
            let reason = format!(
                "{may}, and every pod on {} inherits it: the metadata service answers pods there (a hop limit above 1, or requests without a \
                 token)",
                instances::some(&lending)
            );
            return Some(judge.wrong(&call, reason, invoker.disarmed()));
        }
        if self.nodes(role).next().is_none() {
            return Some(
                judge
                    .cannot_tell(&call, format!("{may}; whether pods inherit it was not seen, for no node of it runs")),
            );
        }
        Some(judge.ok(
            &call,
            format!("{may}; pods do not inherit it: the metadata service of their nodes does not answer them"),
        ))
    }
}
