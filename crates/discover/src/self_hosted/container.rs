//! A container in the same words, whoever runs it.

use serde_json::{Map, Value};

/// Elements that are looked at of any list.
const MOST: usize = 200;

#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: String,
    /// whether it runs beside the others, not before them
    pub(super) is_main: bool,
    pub(super) arguments: Vec<String>,
    pub(super) ports: Vec<i64>,
    /// accelerator → how many
    pub(super) gpus: Map<String, Value>,
    /// name → value, empty where it is not known
    pub(super) variables: Vec<(String, String)>,
    /// where its model lies, where the API says so
    pub(super) model: String,
}

impl Container {
    pub(super) fn has_accelerator(&self) -> bool {
        !self.gpus.is_empty()
    }

    pub(super) fn is_running(&self) -> bool {
        self.is_main && !self.image.is_empty()
    }
}

/// As `kubernetes_pod` keeps it.
pub(super) fn of_pod(container: &Value) -> Container {
    Container {
        is_main: text(container, "kind") != "init",
        arguments: texts(container.get("arguments")),
        ports: numbers(container.get("ports"), "port"),
        gpus: container.get("gpus").and_then(Value::as_object).cloned().unwrap_or_default(),
        variables: variables(container.get("env")),
        ..named(container, "name", "image")
    }
}

/// As ECS describes it; values of its variables and its command are not kept.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
pub(super) fn of_task(container: &Value) -> Container {
    let needs = |kind: &str| {
        let all = elements(container.get("resourceRequirements")).filter(|need| text(need, "type") == kind);
        all.filter_map(|need| text(need, "value").parse::<i64>().ok()).sum::<i64>()
    };
    let gpus = [("GPU", needs("GPU")), ("InferenceAccelerator", needs("InferenceAccelerator"))];
    let names = elements(container.get("environment")).map(|variable| (text(variable, "name"), String::new()));
    Container {
        is_main: true,
        ports: numbers(container.get("portMappings"), "containerPort"),
        gpus: gpus
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_owned(), count.into()))
            .collect(),
        variables: names.collect(),
        ..named(container, "name", "image")
    }
}

/// As SageMaker describes it; values of its variables are not kept.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html>
pub(super) fn of_sagemaker(container: &Value) -> Container {
    let names = container.get("Environment").and_then(Value::as_object).into_iter().flatten();
    let source = container.pointer("/ModelDataSource/S3DataSource/S3Uri").and_then(Value::as_str).unwrap_or_default();
    let url = text(container, "ModelDataUrl");
    Container {
        is_main: true,
        variables: names.take(MOST).map(|(name, _)| (name.clone(), String::new())).collect(),
        model: if url.is_empty() { source.to_owned() } else { url },
        ..named(container, "ContainerHostname", "Image")
    }
}

fn named(container: &Value, name: &str, image: &str) -> Container {
    Container { name: text(container, name), image: text(container, image), ..Container::default() }
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn elements(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten().take(MOST)
}

fn texts(list: Option<&Value>) -> Vec<String> {
    elements(list).filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn numbers(list: Option<&Value>, name: &str) -> Vec<i64> {
    elements(list).filter_map(|item| item.get(name)?.as_i64()).collect()
}

fn variables(map: Option<&Value>) -> Vec<(String, String)> {
    let members = map.and_then(Value::as_object).into_iter().flatten().take(MOST);
    members.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}
