//! Which roles the pods of the clusters get, by which way, and what these let them invoke.

mod cluster;
mod others;

use crate::clusters;
use crate::compare;
use crate::context::{Context, list, text};
use crate::invoker::{self, Invoker, step_put};
use crate::parameters::Parameters;
use crate::prerequisite::pod_model_role::{
    ACTIONS, CONTROL_PLANE, Declared, ID, PODS, associate, bound_to, pod_identity, subject,
};
use crate::render::policy;
use crate::render::shell::Step;
use crate::role::{self, Role};
use crate::trust;
use crate::verdict::{Judge, Verdict};
use crate::workload_trust::{self, Binding};
use cluster::Cluster;
use others::Others;
use serde_json::json;
use sightline_iam::PolicyDocument;
use std::collections::BTreeSet;

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
                    let fix = self.made_anew(&declared, clusters);
                    self.judge.missing(&self.call, "no role of this name is in the account", fix)
                }
                _ if !self.is_sure => self.judge.cannot_tell(
                    &self.call,
                    "not every cluster could be looked at: whether pods need the role is not known",
                ),
                _ => {
                    let reason = "nothing to do: `--model` and `--eks-cluster` together ask for this role, by what pods shall be able to invoke";
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

    fn made_anew(&self, declared: &Declared, clusters: &[Cluster<'_>]) -> String {
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
                "which issuer the role should trust is not known: `--oidc-provider` or `--eks-cluster` names it",
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
