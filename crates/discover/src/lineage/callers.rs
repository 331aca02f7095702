//! Who calls models, as the logs show it, and who may, as the policies say: the end of the path.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use sightline_lake::Session;

use super::graph::{Call, Link, LinkKind, Node};
use crate::DiscoverError;
use crate::query::{Query, query};

/// ARNs in one statement.
const AT_ONCE: usize = 500;

/// A row of `sql/lineage/edges.sql`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Seen {
    workload_arn: String,
    workload_kind: String,
    workload_title: String,
    account_id: String,
    model_arn: String,
    model_kind: String,
    model_title: String,
    region: String,
    calls: i64,
}

/// A row of `sql/lineage/may_call.sql`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct May {
    resource_arn: String,
    caller_arn: String,
    caller_kind: String,
    account_id: String,
    decision: String,
}

/// The newest map, from both ends.
pub(super) struct Callers {
    edges: Vec<Seen>,
    of_model: HashMap<String, Vec<usize>>,
    of_workload: HashMap<String, Vec<usize>>,
}

impl Callers {
    pub(super) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let edges: Vec<Seen> = query!("lineage/edges").rows(session).await?;
        let (mut of_model, mut of_workload): (HashMap<String, Vec<usize>>, HashMap<String, Vec<usize>>) =
            Default::default();
        for (at, edge) in edges.iter().enumerate() {
            of_model.entry(edge.model_arn.clone()).or_default().push(at);
            of_workload.entry(edge.workload_arn.clone()).or_default().push(at);
        }
        Ok(Self { edges, of_model, of_workload })
    }

    /// That nobody has looked.
    pub(super) fn note(&self) -> Option<String> {
        let said = "no map has been made, or it has no calls: `sightline ingest` and `sightline map` show who calls";
        self.edges.is_empty().then(|| said.to_owned())
    }

    fn places(&self, arn: &str, up: bool) -> Option<&Vec<usize>> {
        if up { self.of_workload.get(arn) } else { self.of_model.get(arn) }
    }

    /// Whether the resource makes calls (`up`), or calls are made to it.
    pub(super) fn has(&self, arn: &str, up: bool) -> bool {
        self.places(arn, up).is_some()
    }

    /// The calls that this resource makes (`up`), or that are made to it.
    pub(super) fn links(&self, arn: &str, up: bool, nodes: &mut BTreeMap<String, Node>) -> Vec<Link> {
        let edges = self.places(arn, up).into_iter().flatten().filter_map(|at| self.edges.get(*at));
        edges
            .map(|edge| {
                nodes.entry(edge.workload_arn.clone()).or_insert_with(|| edge.workload());
                nodes.entry(edge.model_arn.clone()).or_insert_with(|| edge.model());
                Link {
                    source: edge.model_arn.clone(),
                    target: edge.workload_arn.clone(),
                    kind: LinkKind::Call(Call::Calls),
                    detail: edge.calls.to_string(),
                }
            })
            .collect()
    }
}

impl Seen {
    fn workload(&self) -> Node {
        Node {
            arn: self.workload_arn.clone(),
            table: self.workload_kind.clone(),
            title: self.workload_title.clone(),
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            ..Node::default()
        }
    }

    fn model(&self) -> Node {
        Node {
            arn: self.model_arn.clone(),
            table: self.model_kind.clone(),
            title: self.model_title.clone(),
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            ..Node::default()
        }
    }
}

/// Who may call these, as the newest evaluation of policies says.
pub(super) async fn may_call(session: &Session, arns: &[String]) -> Result<Vec<(Link, Node)>, DiscoverError> {
    let rows: Vec<May> = over(session, query!("lineage/may_call"), arns).await?;
    Ok(rows.into_iter().map(May::link).collect())
}

impl May {
    fn link(self) -> (Link, Node) {
        let title = self.caller_arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        let link = Link {
            source: self.resource_arn,
            target: self.caller_arn.clone(),
            kind: LinkKind::Call(Call::MayCall),
            detail: self.decision,
        };
        let caller = Node {
            arn: self.caller_arn,
            table: self.caller_kind,
            title,
            account_id: self.account_id,
            ..Node::default()
        };
        (link, caller)
    }
}

/// Texts as SQL's literals, in a list.
fn quoted(texts: &[String]) -> String {
    texts.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect::<Vec<_>>().join(", ")
}

/// All rows of a query over many ARNs, some hundreds at a time.
pub(super) async fn over<T: serde::de::DeserializeOwned>(
    session: &Session,
    query: Query,
    arns: &[String],
) -> Result<Vec<T>, DiscoverError> {
    let mut rows = Vec::new();
    for some in arns.chunks(AT_ONCE) {
        rows.extend(query.rows_of(session, &query.sql.replace("$arns", &quoted(some))).await?);
    }
    Ok(rows)
}
