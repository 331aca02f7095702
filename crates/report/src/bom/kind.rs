//! Which inventory tables are of a bill of materials, and as what.

use super::document::ComponentType;

/// A table whose rows are components.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) table: &'static str,
    /// as edges and the map call it
    pub(super) word: &'static str,
    pub(super) kind: ComponentType,
    /// of data: CycloneDX's type of it
    pub(super) data: Option<&'static str>,
    /// the accounts own every row; others are there where something uses them
    pub(super) owned: bool,
}

const fn model(table: &'static str, word: &'static str, owned: bool) -> Kind {
    Kind { table, word, kind: ComponentType::MachineLearningModel, data: None, owned }
}

const fn application(table: &'static str, word: &'static str) -> Kind {
    Kind { table, word, kind: ComponentType::Application, data: None, owned: true }
}

const fn data(table: &'static str, word: &'static str, data: &'static str, owned: bool) -> Kind {
    Kind { table, word, kind: ComponentType::Data, data: Some(data), owned }
}

const KINDS: &[Kind] = &[
    model("aws_bedrock_foundation_model", "foundation-model", false),
    model("aws_bedrock_custom_model", "custom-model", true),
    model("aws_bedrock_custom_model_deployment", "custom-model-deployment", true),
    model("aws_bedrock_imported_model", "imported-model", true),
    model("aws_bedrock_provisioned_model_throughput", "provisioned-model", true),
    model("aws_bedrock_inference_profile", "inference-profile", false),
    model("aws_bedrock_prompt_router", "prompt-router", false),
    model("aws_bedrock_marketplace_model_endpoint", "marketplace-endpoint", true),
    model("aws_sagemaker_model", "sagemaker-model", true),
    model("aws_sagemaker_model_package", "model-package", true),
    model("aws_sagemaker_endpoint", "endpoint", true),
    model("aws_sagemaker_inference_component", "inference-component", true),
    application("aws_bedrock_agent", "agent"),
    application("aws_bedrock_flow", "flow"),
    application("aws_bedrock_agentcore_runtime", "agent-runtime"),
    data("aws_sagemaker_endpoint_config", "endpoint-config", "configuration", false),
    data("aws_bedrock_knowledge_base", "knowledge-base", "dataset", true),
    data("aws_bedrock_data_source", "data-source", "configuration", false),
    data("aws_bedrock_prompt", "prompt", "definition", false),
    data("aws_s3_bucket", "bucket", "dataset", false),
    data("aws_kendra_index", "index", "dataset", false),
    data("aws_opensearchserverless_collection", "collection", "dataset", false),
    data("aws_s3vectors_index", "index", "dataset", false),
    data("aws_neptunegraph_graph", "graph", "dataset", false),
    data("aws_rds_db_cluster", "database", "dataset", false),
];

/// Tables whose gaps make the document incomplete.
pub(super) fn is_told_by(table: &str) -> bool {
    of_table(table).is_some() || ["kubernetes_pod", "aws_ecs_task_definition", "aws_eks_cluster"].contains(&table)
}

pub(super) fn of_table(table: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.table == table)
}

/// What an edge's kind of model is.
pub(super) fn of_word(word: &str) -> (ComponentType, Option<&'static str>) {
    KINDS.iter().find(|kind| kind.word == word).map_or_else(Default::default, |kind| (kind.kind, kind.data))
}

/// The tables that the caller reads into [`Models::resources`](crate::Models::resources).
pub(crate) fn tables() -> impl Iterator<Item = &'static str> {
    // Of data the name is enough.
    KINDS.iter().filter(|kind| kind.data.is_none() || kind.owned).map(|kind| kind.table)
}
