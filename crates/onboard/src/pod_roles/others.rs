//! The roles of other service accounts than the rendered one, and of the nodes, which pods inherit.

use super::cluster::{Association, Cluster};
use super::{control_plane, control_plane_reason, detach, loosely, step_trust, trusts_pods};
use crate::context::Context;
use crate::instances::{self, Instance};
use crate::invoker::Invoker;
use crate::parameters::Parameters;
use crate::role::{self, Role};
use crate::trust;
use crate::verdict::{State, Verdict};
use crate::workload_trust::{self, Binding};
use sightline_iam::PolicyDocument;
use std::collections::{BTreeMap, BTreeSet};

/// The roles of other service accounts, and of the nodes.
pub(super) struct Others<'a> {
    pub(super) context: &'a Context,
    pub(super) cluster: &'a Cluster<'a>,
    pub(super) roles: &'a [Role],
}

impl<'a> Others<'a> {
    pub(super) async fn verdicts(&self) -> Vec<Verdict> {
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
            let unseen = if self.cluster.pods.is_none() {
                "; annotations were not seen: its pods could not be listed"
            } else {
                ""
            };
            let reason = format!(
                "{count} associations were followed; no pod inherits the right to invoke models from its node{unseen}"
            );
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
