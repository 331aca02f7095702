//! The parts of a CycloneDX document that are written. Both editions have them alike.

use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) bom_format: &'static str,
    pub(super) spec_version: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) serial_number: String,
    pub(super) version: u32,
    pub(super) metadata: Metadata,
    pub(super) components: Vec<Component>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) services: Vec<Service>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) compositions: Vec<Composition>,
}

#[derive(Debug, Serialize)]
pub(super) struct Metadata {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) timestamp: String,
    pub(super) lifecycles: Vec<Lifecycle>,
    pub(super) tools: Tools,
    pub(super) component: Component,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
pub(super) struct Lifecycle {
    pub(super) phase: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Tools {
    pub(super) components: Vec<Component>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ComponentType {
    Application,
    Platform,
    Container,
    Data,
    #[default]
    MachineLearningModel,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    #[serde(rename = "type")]
    pub(super) kind: ComponentType,
    #[serde(rename = "bom-ref", skip_serializing_if = "String::is_empty")]
    pub(super) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) supplier: Option<Organization>,
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_references: Vec<ExternalReference>,
    #[serde(skip_serializing_if = "ModelCard::is_empty")]
    pub(super) model_card: ModelCard,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) data: Vec<Data>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Organization {
    pub(super) name: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Hash {
    pub(super) alg: &'static str,
    pub(super) content: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct ExternalReference {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Data {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ModelCard {
    #[serde(skip_serializing_if = "ModelParameters::is_empty")]
    pub(super) model_parameters: ModelParameters,
    #[serde(skip_serializing_if = "Quantitative::is_empty")]
    pub(super) quantitative_analysis: Quantitative,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ModelParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) approach: Option<Approach>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) task: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) model_architecture: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) datasets: Vec<DataSet>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) inputs: Vec<Format>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) outputs: Vec<Format>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Approach {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DataSet {
    #[serde(rename = "ref")]
    pub(super) reference: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Format {
    pub(super) format: String,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Quantitative {
    pub(super) performance_metrics: Vec<Metric>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Metric {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) slice: String,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Service {
    #[serde(rename = "bom-ref")]
    pub(super) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<Organization>,
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) endpoints: Vec<String>,
    #[serde(rename = "x-trust-boundary")]
    pub(super) crosses_trust_boundary: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dependency {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) depends_on: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Composition {
    pub(super) aggregate: &'static str,
    pub(super) assemblies: Vec<String>,
}

impl ModelCard {
    fn is_empty(&self) -> bool {
        self.model_parameters.is_empty() && self.quantitative_analysis.is_empty()
    }
}

impl ModelParameters {
    fn is_empty(&self) -> bool {
        self.approach.is_none()
            && self.task.is_empty()
            && self.model_architecture.is_empty()
            && self.datasets.is_empty()
            && self.inputs.is_empty()
            && self.outputs.is_empty()
    }
}

impl Quantitative {
    fn is_empty(&self) -> bool {
        self.performance_metrics.is_empty()
    }
}
