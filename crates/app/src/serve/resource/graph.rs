//! The map as nodes and edges with their places, ready to be drawn.

use super::edges::{EdgeFilter, EdgeQuery};
use crate::serve::answer::{Asked, Json};
use crate::serve::estate::{word, worse};
use crate::serve::layout::{Spot, places};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde::Serialize;
use sightline_discover::protected::Protected;
use sightline_model::edge::{Edge, TrafficClass, Tri};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Edges of the map that are drawn at most.
const MOST: usize = 20_000;
/// Where nothing is said.
const USUAL: usize = 5_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_graph))
}

/// What a node stands for, which is its layer from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Layer {
    /// An application of `sightline.toml`
    Application,
    /// What runs
    Workload,
    /// The role or user whose permissions are used
    Identity,
    /// A model, or what else is called
    Target,
}

/// A node.
#[derive(Debug, Serialize, ToSchema)]
struct Node {
    /// Names it among the nodes
    id: String,
    /// What it stands for
    layer: Layer,
    /// Its kind: `instance`, `pod`, `foundation-model` …
    kind: String,
    /// Its name for people
    title: String,
    /// Its ARN; empty for an application
    arn: String,
    /// Twelve digits; empty for what AWS owns
    account_id: String,
    /// Calls over it
    calls: i64,
    /// Whether all edges through it are protected; `no` where one is not
    #[schema(value_type = schema::Tri)]
    protected: Tri,
    /// From left to right
    x: f64,
    /// From top to bottom
    y: f64,
}

/// A line between two nodes.
#[derive(Debug, Serialize, ToSchema)]
struct Line {
    /// Names it among the lines
    id: String,
    /// The node where it begins
    source: String,
    /// The node where it ends
    target: String,
    /// Calls over it
    calls: i64,
    /// Calls that were refused or failed
    errors: i64,
    /// Whether all edges on it are protected; `no` where one is not
    #[schema(value_type = schema::Tri)]
    protected: Tri,
    /// Each control by name, as its worst edge has it
    #[schema(value_type = BTreeMap<String, schema::Tri>)]
    controls: BTreeMap<String, Tri>,
    /// The edges of the map that it stands for, the first 20
    edge_ids: Vec<String>,
    /// How many it stands for
    edges: usize,
}

/// The map, drawn.
#[derive(Debug, Serialize, ToSchema)]
struct Graph {
    /// Nodes, in order of layer and place
    nodes: Vec<Node>,
    /// Lines
    lines: Vec<Line>,
    /// Edges of the map that fit the filters
    total_edges: usize,
    /// Edges that were left out, those with fewest calls
    left_out: usize,
    /// What counts as protected
    protected_means: String,
}

/// Most lines name no more edges than this.
const NAMED: usize = 20;

/// The newest map as a picture: layers of applications, workloads, identities and models
#[utoipa::path(get, path = "/api/v1/graph", tag = "map", params(EdgeQuery), responses((status = 200, body = Graph)))]
async fn get_graph(State(app): State<App>, Asked(query): Asked<EdgeQuery>) -> Result<Json<Graph>, Problem> {
    let held = app.held();
    let most = query.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&most) {
        return Err(Problem::bad(format!("`limit` is {most}: it must be 1 to {MOST}")));
    }
    let filter = EdgeFilter::new(query, &app, &held).await?;
    let mut drawing = Drawing::default();
    let mut total = 0;
    for edge in filter.edges.iter().filter(|edge| filter.fits(edge)) {
        total += 1;
        if total <= most {
            drawing.add(edge, &filter.protected);
        }
    }
    Ok(Json(drawing.graph(total, total.saturating_sub(most), filter.protected.text())))
}

#[derive(Default)]
struct Drawing {
    /// by id, which begins with the layer
    nodes: BTreeMap<String, Node>,
    /// by their ends
    lines: BTreeMap<(String, String), Line>,
}

impl Drawing {
    fn add(&mut self, edge: &Edge, protected: &Protected) {
        let state = protected.of(edge);
        let mut way = Vec::new();
        let kind = word(edge.workload_kind);
        if !edge.application.is_empty() {
            way.push((Layer::Application, edge.application.as_str(), edge.application.as_str(), "application", ""));
        }
        let account = edge.account_id.as_str();
        way.push((Layer::Workload, edge.workload_arn.as_str(), edge.workload_title.as_str(), kind.as_str(), account));
        if edge.class == TrafficClass::ApplicationToModel
            && !edge.identity_arn.is_empty()
            && edge.identity_arn != edge.workload_arn
        {
            let name = edge.identity_arn.rsplit('/').next().unwrap_or_default();
            way.push((Layer::Identity, edge.identity_arn.as_str(), name, "identity", account));
        }
        let owner = edge.target_arn.split(':').nth(4).unwrap_or_default();
        way.push((
            Layer::Target,
            edge.target_arn.as_str(),
            edge.target_title.as_str(),
            edge.target_kind.as_str(),
            owner,
        ));
        let mut before: Option<String> = None;
        for (layer, arn, title, kind, account) in way {
            let id = format!("{}:{arn}", layer as u8);
            let node = self.nodes.entry(id.clone()).or_insert_with(|| Node {
                id: id.clone(),
                layer,
                kind: kind.to_owned(),
                title: title.to_owned(),
                arn: if layer == Layer::Application { String::new() } else { arn.to_owned() },
                account_id: account.to_owned(),
                calls: 0,
                protected: Tri::Yes,
                x: 0.0,
                y: 0.0,
            });
            node.calls = node.calls.saturating_add(edge.calls);
            node.protected = worse(node.protected, state);
            if let Some(from) = before.replace(id.clone()) {
                self.line(from, id, edge, state);
            }
        }
    }

    fn line(&mut self, source: String, target: String, edge: &Edge, state: Tri) {
        let line = self.lines.entry((source.clone(), target.clone())).or_insert_with(|| Line {
            id: format!("{source}>{target}"),
            source,
            target,
            calls: 0,
            errors: 0,
            protected: Tri::Yes,
            controls: BTreeMap::new(),
            edge_ids: Vec::new(),
            edges: 0,
        });
        line.calls = line.calls.saturating_add(edge.calls);
        line.errors = line.errors.saturating_add(edge.errors);
        line.protected = worse(line.protected, state);
        for control in &edge.controls {
            let known = line.controls.entry(control.name.clone()).or_insert(control.state);
            *known = worse(*known, control.state);
        }
        line.edges += 1;
        if line.edge_ids.len() < NAMED {
            line.edge_ids.push(edge.edge_id.clone());
        }
    }

    fn graph(self, total_edges: usize, left_out: usize, means: &str) -> Graph {
        let mut nodes: Vec<Node> = self.nodes.into_values().collect();
        let at: BTreeMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let ends: Vec<(usize, usize)> = self
            .lines
            .values()
            .filter_map(|line| Some((*at.get(line.source.as_str())?, *at.get(line.target.as_str())?)))
            .collect();
        let spot = |node: &Node| Spot {
            layer: node.layer as usize,
            group: node.account_id.clone(),
            name: format!("{}\0{}", node.title, node.id),
        };
        let spots: Vec<Spot> = nodes.iter().map(spot).collect();
        for (node, (x, y)) in nodes.iter_mut().zip(places(&spots, &ends)) {
            (node.x, node.y) = (x, y);
        }
        Graph {
            nodes,
            lines: self.lines.into_values().collect(),
            total_edges,
            left_out,
            protected_means: means.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_five_thousand_nodes_is_whole_and_soon_there() {
        let edge = |number: usize| Edge {
            edge_id: format!("{number:032x}"),
            workload_arn: format!("arn:aws:ec2:us-east-1:111111111111:instance/i-{number}"),
            identity_arn: format!("arn:aws:iam::111111111111:role/r-{}", number / 8),
            target_arn: format!("arn:aws:bedrock:us-east-1::foundation-model/m-{}", number % 40),
            calls: 1,
            ..Edge::default()
        };
        let mut drawing = Drawing::default();
        for number in 0..5_000 {
            drawing.add(&edge(number), &Protected::default());
        }
        let graph = drawing.graph(5_000, 0, "");
        assert_eq!(graph.nodes.len(), 5_000 + 625 + 40);
        assert!(graph.lines.iter().all(|line| line.protected == Tri::No || line.protected == Tri::Unknown));
        assert_eq!(
            graph.lines.iter().filter(|line| line.source.starts_with("1:")).map(|line| line.edges).sum::<usize>(),
            5_000
        );
    }
}
