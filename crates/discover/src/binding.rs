//! Things that run, and the role that each runs as.

use std::collections::HashMap;

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::Arn;
use sightline_model::edge::WorkloadKind;

use crate::DiscoverError;
use crate::query::{Query, query};

/// Something that runs, and the role that it runs as. A row of `sql/workload/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Bound {
    pub(crate) arn: String,
    pub(crate) title: String,
    pub(crate) account_id: String,
    /// what sessions are named after
    pub(crate) name: String,
    /// empty where unknown
    pub(crate) role_arn: String,
    /// the cluster that an instance is a node of
    pub(crate) node_of: String,
    /// the task definition that a service runs
    pub(crate) made_from: String,
    #[serde(skip)]
    pub(crate) what: What,
}

/// What it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum What {
    #[default]
    Instance,
    Function,
    EcsService,
    EcsFamily,
    Notebook,
    Endpoint,
    StudioUser,
    TrainingJob,
    ProcessingJob,
    Pipeline,
    Agent,
    Flow,
    KnowledgeBase,
    Runtime,
    Gateway,
    BuildProject,
    StateMachine,
    GlueJob,
}

impl What {
    pub(crate) fn kind(self) -> WorkloadKind {
        match self {
            Self::Instance => WorkloadKind::Instance,
            Self::Function => WorkloadKind::Function,
            Self::EcsService | Self::EcsFamily | Self::TrainingJob | Self::ProcessingJob | Self::GlueJob => {
                WorkloadKind::Task
            }
            Self::Notebook | Self::StudioUser => WorkloadKind::Notebook,
            Self::Endpoint => WorkloadKind::Endpoint,
            Self::Agent | Self::Runtime => WorkloadKind::Agent,
            Self::Flow => WorkloadKind::Flow,
            Self::KnowledgeBase | Self::Pipeline | Self::Gateway | Self::StateMachine => WorkloadKind::Service,
            Self::BuildProject => WorkloadKind::Build,
        }
    }

    /// As a sentence names it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Function => "function",
            Self::EcsService => "ECS service",
            Self::EcsFamily => "task definition",
            Self::Notebook => "notebook",
            Self::Endpoint => "endpoint",
            Self::StudioUser => "Studio user profile",
            Self::TrainingJob => "training job",
            Self::ProcessingJob => "processing job",
            Self::Pipeline => "pipeline",
            Self::Agent => "agent",
            Self::Flow => "flow",
            Self::KnowledgeBase => "knowledge base",
            Self::Runtime => "runtime",
            Self::Gateway => "gateway",
            Self::BuildProject => "build project",
            Self::StateMachine => "state machine",
            Self::GlueJob => "Glue job",
        }
    }

    fn query(self) -> Query {
        match self {
            Self::Instance => query!("workload/instance"),
            Self::Function => query!("workload/function"),
            Self::EcsService => query!("workload/ecs_service"),
            Self::EcsFamily => query!("workload/ecs_family"),
            Self::Notebook => query!("workload/notebook"),
            Self::Endpoint => query!("workload/endpoint"),
            Self::StudioUser => query!("workload/studio_user"),
            Self::TrainingJob => query!("workload/training_job"),
            Self::ProcessingJob => query!("workload/processing_job"),
            Self::Pipeline => query!("workload/pipeline"),
            Self::Agent => query!("workload/agent"),
            Self::Flow => query!("workload/flow"),
            Self::KnowledgeBase => query!("workload/knowledge_base"),
            Self::Runtime => query!("workload/runtime"),
            Self::Gateway => query!("workload/gateway"),
            Self::BuildProject => query!("workload/build_project"),
            Self::StateMachine => query!("workload/state_machine"),
            Self::GlueJob => query!("workload/glue_job"),
        }
    }
}

const ALL: &[What] = &[
    What::Instance,
    What::Function,
    What::EcsService,
    What::EcsFamily,
    What::Notebook,
    What::Endpoint,
    What::StudioUser,
    What::TrainingJob,
    What::ProcessingJob,
    What::Pipeline,
    What::Agent,
    What::Flow,
    What::KnowledgeBase,
    What::Runtime,
    What::Gateway,
    What::BuildProject,
    What::StateMachine,
    What::GlueJob,
];

/// All of them, found by role, by name and by ARN.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    things: Vec<Bound>,
    by_role: HashMap<String, Vec<usize>>,
    by_name: HashMap<(What, String), Vec<usize>>,
    by_arn: HashMap<String, usize>,
}

impl Bindings {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let mut bindings = Self::default();
        for what in ALL {
            let rows: Vec<Bound> = what.query().rows(session).await?;
            rows.into_iter().for_each(|row| bindings.add(Bound { what: *what, ..row }));
        }
        Ok(bindings)
    }

    fn add(&mut self, mut bound: Bound) {
        // Glue names the role of a job, and not always by its ARN.
        if !bound.role_arn.is_empty() && !bound.role_arn.starts_with("arn:") {
            let partition =
                bound.arn.parse::<Arn>().map_or_else(|_| "aws".to_owned(), |arn| arn.partition().to_owned());
            bound.role_arn = format!("arn:{partition}:iam::{}:role/{}", bound.account_id, bound.role_arn);
        }
        let place = self.things.len();
        if !bound.role_arn.is_empty() {
            self.by_role.entry(bound.role_arn.clone()).or_default().push(place);
        }
        self.by_name.entry((bound.what, bound.name.clone())).or_default().push(place);
        self.by_arn.insert(bound.arn.clone(), place);
        self.things.push(bound);
    }

    /// What runs as this role, of these kinds.
    pub(crate) fn of_role(&self, role_arn: &str, kinds: &[What]) -> Vec<&Bound> {
        let places = self.by_role.get(role_arn).map(Vec::as_slice).unwrap_or_default();
        let things = places.iter().filter_map(|place| self.things.get(*place));
        things.filter(|bound| kinds.contains(&bound.what)).collect()
    }

    /// What has this name.
    pub(crate) fn named(&self, what: What, name: &str) -> impl Iterator<Item = &Bound> {
        let places = self.by_name.get(&(what, name.to_owned())).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.things.get(*place))
    }

    pub(crate) fn of_arn(&self, arn: &str) -> Option<&Bound> {
        self.things.get(*self.by_arn.get(arn)?)
    }
}
