//! The way of an edge's calls, from the workload to what is called: who it is there, what its traffic passes as the newest scan saw
//! the routes, and where each control is judged.

mod network;

use super::schema;
use serde::Serialize;
use sightline_discover::route::Network;
use sightline_model::edge::{Edge, Tri};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Steps of a way at most: more than these nobody reads.
const MOST: usize = 200;

/// What a step is part of, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// What runs
    Workload,
    /// How the workload comes to the identity
    Binding,
    /// The role or user whose permissions are used
    Identity,
    /// What traffic passes
    Network,
    /// The host name that is called
    Service,
    /// The model, or what else is called
    Target,
}

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Step {
    /// Names it among the steps
    pub(crate) id: String,
    /// What it is part of
    pub(crate) part: Part,
    /// Its kind: `pod`, `role`, `route table`, `NAT gateway` …
    pub(crate) kind: String,
    /// Its name for people
    pub(crate) title: String,
    /// Its ARN; empty where it has none, or none was read
    pub(crate) arn: String,
    /// What is to be said of it; empty where nothing is
    pub(crate) about: String,
    /// `false` where nobody can tell what calls pass here
    pub(crate) is_known: bool,
    /// Controls of the edge that are judged here, by name
    #[schema(value_type = BTreeMap<String, schema::Tri>)]
    pub(crate) controls: BTreeMap<String, Tri>,
}

/// Two steps, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(crate) struct Link {
    /// The step before
    pub(crate) source: String,
    /// The step after
    pub(crate) target: String,
}

/// The way of an edge's calls. It has branches where calls may take several.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct EdgePath {
    /// In the order of the way
    pub(crate) steps: Vec<Step>,
    /// What follows what
    pub(crate) links: Vec<Link>,
    /// What is not known of the way, in words
    pub(crate) unknown: Vec<String>,
    /// Steps that were left out, for there are too many
    pub(crate) left_out: usize,
}

impl EdgePath {
    /// The way of this edge in these networks.
    pub(crate) fn new(edge: &Edge, network: &Network) -> Self {
        let mut path = Self::default();
        let mut last = path.add_all(caller(edge));
        let ends = path.through(edge, network, last.as_deref());
        let before: Vec<String> = if ends.is_empty() { last.take().into_iter().collect() } else { ends };
        let target = called(edge);
        if let Some(first) = target.first() {
            for source in before {
                path.link(&source, &first.id);
            }
        }
        path.add_all(target);
        path.judge(edge);
        path
    }

    /// Adds steps that follow one another; the last one's id.
    fn add_all(&mut self, steps: Vec<Step>) -> Option<String> {
        let mut last: Option<String> = None;
        for step in steps {
            if let Some(before) = &last {
                self.link(before, &step.id);
            }
            last = Some(step.id.clone());
            self.add(step);
        }
        last
    }

    /// Adds the step, unless it is there. `false` where there is no room for it.
    fn add(&mut self, step: Step) -> bool {
        if self.steps.iter().any(|known| known.id == step.id) {
            return true;
        }
        // The target and what is before it are told in any case.
        let is_spare = step.part == Part::Network && self.steps.len() >= MOST - 2;
        if is_spare {
            self.left_out += 1;
        } else {
            self.steps.push(step);
        }
        !is_spare
    }

    fn link(&mut self, source: &str, target: &str) {
        let link = Link { source: source.to_owned(), target: target.to_owned() };
        if source != target && !self.links.contains(&link) {
            self.links.push(link);
        }
    }

    fn doubt(&mut self, why: String) {
        if !self.unknown.contains(&why) {
            self.unknown.push(why);
        }
    }

    /// Puts each control onto the step where it is judged.
    fn judge(&mut self, edge: &Edge) {
        for control in &edge.controls {
            if let Some(step) = self.place_of(&control.name) {
                step.controls.insert(control.name.clone(), control.state);
            }
        }
    }

    fn place_of(&mut self, control: &str) -> Option<&mut Step> {
        let of_network = |step: &Step| step.part == Part::Network;
        let wanted = match control {
            "private_path" | "endpoint_policy" => self
                .steps
                .iter()
                .rposition(|step| of_network(step) && step.kind == "interface endpoint")
                .or_else(|| self.steps.iter().rposition(of_network)),
            "inspected_path" => self
                .steps
                .iter()
                .position(|step| of_network(step) && network::INSPECTS.contains(&step.kind.as_str()))
                .or_else(|| self.steps.iter().position(|step| of_network(step) && step.kind == "route table"))
                .or_else(|| self.steps.iter().position(of_network)),
            "invocation_logged" | "data_events_logged" => self.steps.iter().position(|step| step.part == Part::Service),
            _ => None,
        };
        let place = wanted.or_else(|| self.steps.iter().position(|step| step.part == Part::Target))?;
        self.steps.get_mut(place)
    }
}

impl Step {
    pub(crate) fn new(part: Part, id: &str, kind: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            part,
            kind: kind.into(),
            title: title.into(),
            arn: String::new(),
            about: String::new(),
            is_known: true,
            controls: BTreeMap::new(),
        }
    }

    pub(crate) fn arn(mut self, arn: &str) -> Self {
        arn.clone_into(&mut self.arn);
        self
    }

    pub(crate) fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    pub(crate) fn in_doubt(mut self) -> Self {
        self.is_known = false;
        self
    }
}

/// The workload, how it comes to its identity, and that.
fn caller(edge: &Edge) -> Vec<Step> {
    let kind = super::estate::word(edge.workload_kind);
    let mut steps = vec![
        Step::new(Part::Workload, "workload", kind, named(&edge.workload_title, &edge.workload_arn))
            .arn(&edge.workload_arn),
    ];
    if !edge.attribution.is_empty() {
        let title = format!("{} join", super::estate::word(edge.confidence));
        steps.push(Step::new(Part::Binding, "binding", "binding", title).about(edge.attribution.as_str()));
    }
    if !edge.identity_arn.is_empty() && edge.identity_arn != edge.workload_arn {
        let kind = if edge.identity_arn.contains(":user/") { "user" } else { "role" };
        steps.push(Step::new(Part::Identity, "identity", kind, named("", &edge.identity_arn)).arn(&edge.identity_arn));
    }
    steps
}

/// The host name that is called, and what answers there.
fn called(edge: &Edge) -> Vec<Step> {
    let mut steps = vec![];
    if !edge.service.is_empty() {
        let port = edge.port.map_or_else(String::new, |port| format!("port {port}"));
        steps.push(Step::new(Part::Service, "service", "service", edge.service.as_str()).about(port));
    }
    let title = named(&edge.target_title, &edge.target_arn);
    steps.push(Step::new(Part::Target, "target", edge.target_kind.replace('_', " "), title).arn(&edge.target_arn));
    steps
}

/// The name for people, or the last part of the ARN.
fn named(title: &str, arn: &str) -> String {
    let last = || arn.rsplit(['/', ':']).next().unwrap_or(arn);
    if title.is_empty() { last().to_owned() } else { title.to_owned() }
}

#[cfg(test)]
mod tests;
