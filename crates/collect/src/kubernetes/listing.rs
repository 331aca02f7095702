//! A kind of object as an inventory table.

use super::client::Client;
use super::cluster::EKS_COLUMNS;
use super::clusters::{Known, name_of, region_of};
use super::list::Pages;
use super::object::{Object, columns};
use super::owner::{BETWEEN, Owners};
use crate::catalogue::{Call, KUBERNETES, Scope};
use crate::scan::{Found, Visit};
use crate::special::Special;
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Json, Text, Time};
use sightline_model::path::Path;
use sightline_model::untrusted::shortened;
use sightline_model::{Column, ColumnType, RelationKind, RelationRule};
use std::sync::LazyLock;

/// Clusters of one region that are read side by side.
const CLUSTERS: usize = 8;

/// Names and types of columns.
pub(crate) type Columns = &'static [(&'static str, ColumnType)];

/// Columns of every object.
const OBJECT_COLUMNS: Columns = &[
    ("cluster_arn", Text),
    ("cluster_name", Text),
    ("namespace", Text),
    ("name", Text),
    ("uid", Text),
    ("labels", Json),
    ("annotations", Json),
    ("owner_kind", Text),
    ("owner_name", Text),
    ("created_at", Time),
    ("deleted_at", Time),
];

/// Columns of objects whose workload is looked for.
const WORKLOAD_COLUMNS: Columns = &[("workload_kind", Text), ("workload_name", Text)];

/// A kind: where its objects are listed, and what becomes of one.
pub(crate) struct Listing {
    /// the table
    pub(crate) table: &'static str,
    /// one sentence for the catalogue
    pub(crate) about: &'static str,
    /// in ARN-shaped ids, such as `pod`
    pub(crate) kind: &'static str,
    /// of the list over all namespaces
    pub(crate) path: &'static str,
    /// made by [`calls`], or by [`calls_with_owners`] where the workload is looked for
    pub(crate) calls: LazyLock<Vec<Call>>,
    /// beside those of every object
    pub(crate) columns: &'static [Columns],
    /// the kind's own columns of an object; nothing for one that is left out
    pub(crate) row: fn(Object<'_>) -> Option<Map<String, Value>>,
}

/// The call that lists a kind, such as `list pods`. The words are those of Kubernetes' own permissions.
pub(crate) fn calls(operation: &str) -> Vec<Call> {
    vec![call(operation)]
}

/// With the calls that tell which workloads pods are of.
pub(crate) fn calls_with_owners(operation: &str) -> Vec<Call> {
    std::iter::once(operation).chain(BETWEEN.iter().map(|(operation, _)| *operation)).map(call).collect()
}

fn call(operation: &str) -> Call {
    Call {
        service: KUBERNETES.to_owned(),
        operation: operation.to_owned(),
        action: format!("{KUBERNETES}: {operation}"),
    }
}

impl Listing {
    fn has_workload(&self) -> bool {
        self.calls.len() > 1
    }

    async fn read(&self, visit: &Visit<'_>, list: &Call, known: Known) {
        let cluster = match known {
            Ok(cluster) => cluster,
            Err((arn, refusal)) => {
                return visit.missed(list, &arn, refusal.outcome, refusal.code, &refusal.message);
            }
        };
        let arn = cluster.arn.clone();
        match visit.clusters().reach(visit, cluster).await {
            None => visit.not_asked(list, &arn),
            Some(Err(refusal)) => visit.refused(list, &arn, refusal.outcome, refusal.code, &refusal.message),
            Some(Ok(client)) => self.rows(visit, list, &client).await,
        }
    }

    async fn rows(&self, visit: &Visit<'_>, list: &Call, client: &Client) {
        let between = self.calls.get(1..).unwrap_or_default();
        let owners = Owners::read(visit, client, between).await;
        let mut pages = Pages::of(visit, client, list, self.path);
        while let Some(objects) = pages.next().await {
            for item in &objects.items {
                if let Some(found) = self.found(Object(item), client, &owners) {
                    visit.emit(list, found).await;
                }
            }
        }
    }

    fn found(&self, object: Object<'_>, client: &Client, owners: &Owners) -> Option<Found> {
        let arn = &client.cluster.arn;
        let text = |name| shortened(object.at(&["metadata", name]).as_str(), 253);
        let (namespace, name) = (text("namespace"), text("name"));
        let own = (self.row)(object)?;
        let (owner_kind, owner_name) = object.controller().map_or((Value::Null, Value::Null), |(kind, name, _)| {
            (shortened(kind, 100).into(), shortened(name, 253).into())
        });
        let path = if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") };
        let mut config = columns([
            ("cluster_arn", arn.as_str().into()),
            ("cluster_name", name_of(arn).into()),
            ("namespace", if namespace.is_empty() { Value::Null } else { namespace.into() }),
            ("name", name.into()),
            ("uid", object.text(&["metadata", "uid"])),
            ("labels", object.labels()),
            ("annotations", object.annotations()),
            ("owner_kind", owner_kind),
            ("owner_name", owner_name),
            ("created_at", object.time(&["metadata", "creationTimestamp"])),
            ("deleted_at", object.time(&["metadata", "deletionTimestamp"])),
        ]);
        if self.has_workload() {
            let (kind, name) = owners.workload(object);
            config.extend(columns([("workload_kind", kind), ("workload_name", name)]));
        }
        config.extend(own);
        Some(Found {
            arn: format!("{arn}/{}/{path}", self.kind),
            title: path,
            config,
            region: Some(region_of(&client.cluster)),
            ..Found::default()
        })
    }
}

impl Special for Listing {
    fn table(&self) -> &'static str {
        self.table
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn scope(&self) -> Scope {
        Scope::Regional
    }

    fn columns(&self) -> Vec<Column> {
        let workload = if self.has_workload() { WORKLOAD_COLUMNS } else { &[] };
        let all = [OBJECT_COLUMNS, workload].into_iter().chain(self.columns.iter().copied()).flatten();
        all.map(|(name, kind)| Column::new(*name, *kind)).collect()
    }

    fn relations(&self) -> Vec<RelationRule> {
        let has_role = self.columns.iter().copied().flatten().any(|(name, _)| *name == "role_arn");
        let column = Path::parse("role_arn").ok().filter(|_| has_role);
        let to_role = |column| RelationRule {
            kind: RelationKind::RunsAs,
            column,
            to: vec!["aws_iam_role".to_owned()],
            key: "arn".to_owned(),
        };
        column.map(to_role).into_iter().collect()
    }

    fn parent(&self) -> Option<(&'static str, &'static [&'static str])> {
        Some(("aws_eks_cluster", EKS_COLUMNS))
    }

    fn calls(&self) -> &[Call] {
        &self.calls
    }

    fn collect<'v>(&'v self, visit: &'v Visit<'v>) -> BoxFuture<'v, ()> {
        Box::pin(async move {
            let Some(list) = self.calls.first() else { return };
            let known = visit.clusters().of_visit(visit);
            if known.is_empty() {
                visit.nothing_to_ask(list);
            }
            stream::iter(known).for_each_concurrent(CLUSTERS, |known| self.read(visit, list, known)).await;
        })
    }
}
