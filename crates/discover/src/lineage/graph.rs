//! The path of data around one resource.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::Serialize;
use sightline_lake::Session;
use sightline_model::{DataFlow, Relation, RelationKind};

use super::callers::Callers;
use super::find::Found;
use super::related::TableRelations;
use super::unseen::Gaps;
use crate::DiscoverError;

/// Callers of one model that are listed; the others are counted.
const MORE: usize = 20;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// where its data comes from
    pub up: bool,
    /// who gets data from it
    pub down: bool,
    /// how many steps are gone in each direction
    pub depth: usize,
}

/// A resource on the path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Node {
    /// its ARN; of what is dangling, its name as another resource has it
    pub arn: String,
    /// its table; of what calls, its kind
    pub table: String,
    /// its name for people
    pub title: String,
    /// twelve digits; empty where nobody knows
    pub account_id: String,
    /// the region's name, or `global`
    pub region: String,
    /// the inventory does not have it
    pub dangling: bool,
    /// what could not be read, so that something may be missing here
    pub unseen: Vec<Unseen>,
    /// callers beyond those that are listed
    pub more_callers: usize,
}

/// A table that may hold more, and could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unseen {
    /// what is wrong, as what is said of the table; of what dangles, why it may
    pub reason: String,
    /// the table; empty where the reason speaks of the resource itself
    pub table: String,
}

/// What two nodes are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum LinkKind {
    /// as a table declares it
    Declared(RelationKind),
    /// as logs or policies show it
    Call(Call),
}

/// What callers are to what they call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// logs show it
    Calls,
    /// policies allow it
    MayCall,
}

/// Data goes from `source` to `target`; beside the path, `source` is the resource that names the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Link {
    /// an ARN, as in [`Node::arn`]
    pub source: String,
    /// likewise
    pub target: String,
    /// what they are to each other
    pub kind: LinkKind,
    /// the column that tells; of a call, how many, or on what it depends
    pub detail: String,
}

/// The path of data around one resource.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Lineage {
    /// the resource's ARN
    pub root: String,
    /// all resources that links name, by ARN
    pub nodes: BTreeMap<String, Node>,
    /// where its data comes from
    pub up: Vec<Link>,
    /// who gets data from it
    pub down: Vec<Link>,
    /// role, keys, networks, guardrails and logs of the resource itself, and what has it for one
    pub beside: Vec<Link>,
    /// the path goes on beyond the depth that was asked for
    pub cut: bool,
    /// what no scan, log or evaluation has looked at yet
    pub notes: Vec<String>,
}

impl Lineage {
    /// Whether something could not be seen.
    pub fn is_incomplete(&self) -> bool {
        self.nodes.values().any(|node| !node.unseen.is_empty())
    }
}

/// Relations as links between resources, found from both ends.
struct Graph<'r> {
    into: HashMap<&'r str, Vec<&'r Relation>>,
    out_of: HashMap<&'r str, Vec<&'r Relation>>,
    beside: HashMap<&'r str, Vec<&'r Relation>>,
}

impl<'r> Graph<'r> {
    fn of(relations: &'r [Relation]) -> Self {
        let mut graph = Self { into: HashMap::new(), out_of: HashMap::new(), beside: HashMap::new() };
        for relation in relations {
            match ends(relation) {
                Some((source, target)) => {
                    graph.out_of.entry(source).or_default().push(relation);
                    graph.into.entry(target).or_default().push(relation);
                }
                None => {
                    graph.beside.entry(&relation.from_arn).or_default().push(relation);
                    graph.beside.entry(&relation.to_arn).or_default().push(relation);
                }
            }
        }
        graph
    }
}

/// Where the data comes from and where it goes; nothing for a relation beside the path.
fn ends(relation: &Relation) -> Option<(&str, &str)> {
    match relation.kind.data_flow() {
        DataFlow::FromNamed => Some((&relation.to_arn, &relation.from_arn)),
        DataFlow::ToNamed => Some((&relation.from_arn, &relation.to_arn)),
        DataFlow::Beside => None,
    }
}

/// Follows the relations from one resource. `tables` are those that the relations were made of.
///
/// # Errors
/// A query fails. That something was not collected is no error: it is told at the resource.
pub async fn lineage(
    session: &Session,
    root: &Found,
    relations: &[Relation],
    tables: &[TableRelations],
    wanted: Wanted,
) -> Result<Lineage, DiscoverError> {
    let graph = Graph::of(relations);
    let callers = Callers::read(session).await?;
    let mut lineage = Lineage { root: root.arn.clone(), ..Lineage::default() };
    lineage.nodes.insert(root.arn.clone(), root.node());
    if wanted.up {
        lineage.follow(&graph, &callers, true, wanted.depth);
    }
    if wanted.down {
        lineage.follow(&graph, &callers, false, wanted.depth);
        let reached: Vec<String> = lineage.reached(&lineage.down);
        lineage.add_may_call(super::callers::may_call(session, &reached).await?);
        lineage.notes.extend(callers.note());
    }
    lineage.beside(&graph);
    super::find::describe(session, &mut lineage.nodes).await?;
    Gaps::read(session, tables, &lineage.nodes).await?.tell(&mut lineage, wanted);
    Ok(lineage)
}

impl Lineage {
    fn follow(&mut self, graph: &Graph<'_>, callers: &Callers, up: bool, depth: usize) {
        let mut seen = BTreeSet::from([self.root.clone()]);
        let mut queue = VecDeque::from([(self.root.clone(), 0)]);
        let mut links = BTreeSet::new();
        while let Some((arn, steps)) = queue.pop_front() {
            let relations = if up { graph.into.get(arn.as_str()) } else { graph.out_of.get(arn.as_str()) };
            if steps == depth {
                self.cut |= relations.is_some() || callers.has(&arn, up);
                continue;
            }
            let declared = relations.into_iter().flatten().filter_map(|relation| self.link(relation));
            let declared: Vec<Link> = declared.collect();
            for link in declared.into_iter().chain(callers.links(&arn, up, &mut self.nodes)) {
                let next = if up { link.source.clone() } else { link.target.clone() };
                if seen.insert(next.clone()) {
                    queue.push_back((next, steps + 1));
                }
                links.insert(link);
            }
        }
        let links = links.into_iter().collect();
        if up {
            self.up = links;
        } else {
            self.down = links;
        }
    }

    fn link(&mut self, relation: &Relation) -> Option<Link> {
        self.know(relation);
        let (source, target) = ends(relation)?;
        Some(link(relation, source, target))
    }

    fn know(&mut self, relation: &Relation) {
        let ends = [
            (&relation.from_arn, &relation.from_table, false),
            (&relation.to_arn, &relation.to_table, relation.dangling),
        ];
        for (arn, table, dangling) in ends {
            // Whoever names it is of its account and region as far as anybody knows.
            self.nodes.entry(arn.clone()).or_insert_with(|| Node {
                arn: arn.clone(),
                table: table.clone(),
                title: arn.clone(),
                account_id: relation.account_id.clone(),
                region: relation.region.clone(),
                dangling,
                ..Node::default()
            });
        }
    }

    fn beside(&mut self, graph: &Graph<'_>) {
        let root = self.root.clone();
        let relations: Vec<&Relation> = graph.beside.get(root.as_str()).into_iter().flatten().copied().collect();
        for relation in relations {
            self.know(relation);
            self.beside.push(link(relation, &relation.from_arn, &relation.to_arn));
        }
        self.beside.sort();
        self.beside.dedup();
    }

    /// The resources that links lead to, and where they begin.
    fn reached(&self, links: &[Link]) -> Vec<String> {
        let ends = links.iter().flat_map(|link| [&link.source, &link.target]);
        ends.chain([&self.root]).collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    /// Who may call joins only where nothing shows that they do.
    fn add_may_call(&mut self, may: Vec<(Link, Node)>) {
        let mut listed: BTreeMap<String, usize> = BTreeMap::new();
        for (link, caller) in may {
            if self.down.iter().any(|other| other.source == link.source && other.target == link.target) {
                continue;
            }
            let count = listed.entry(link.source.clone()).or_default();
            *count += 1;
            if *count > MORE {
                if let Some(node) = self.nodes.get_mut(&link.source) {
                    node.more_callers += 1;
                }
                continue;
            }
            self.nodes.entry(caller.arn.clone()).or_insert(caller);
            self.down.push(link);
        }
        self.down.sort();
    }
}

fn link(relation: &Relation, source: &str, target: &str) -> Link {
    Link {
        source: source.to_owned(),
        target: target.to_owned(),
        kind: LinkKind::Declared(relation.kind),
        detail: relation.column.clone(),
    }
}
