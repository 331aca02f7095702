//! Whether a container serves a model, and what tells it.

use serde_json::{Map, Value};
use sightline_model::self_hosted_model::Certainty;
use sightline_model::untrusted::shortened;

use super::container::Container;
use super::rules::{Engine, Rules, is_one_of};

/// What is thought of a container.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) engine: String,
    pub(super) model: String,
    pub(super) certainty: Certainty,
    pub(super) evidence: Vec<String>,
}

/// Nothing where nothing, or too little, speaks for a model.
pub(super) fn judge(container: &Container, labels: &Map<String, Value>, rules: &Rules) -> Option<Verdict> {
    let repository = repository(&container.image);
    let by_image = rules.engines.iter().find(|engine| is_one_of(&engine.images, &repository));
    let by_program = rules.engines.iter().find_map(|engine| Some((engine, program(container, engine)?)));
    let by_label = rules.labels.iter().find(|rule| {
        let own = labels.get(&rule.key).and_then(Value::as_str);
        own.is_some_and(|own| rule.value.as_deref().is_none_or(|wanted| wanted == own))
    });
    let by_variable = rules.engines.iter().find_map(|engine| Some((engine, variable(container, &engine.variables)?)));
    let named = variable(container, &rules.model_variables);
    let port = container.ports.iter().find(|port| rules.engines.iter().any(|engine| engine.ports.contains(port)));
    let accelerator = container.has_accelerator();

    let certainty = if by_image.is_some() || by_program.is_some() {
        Certainty::High
    } else if by_label.is_some() || by_variable.is_some() || (accelerator && named.is_some() && port.is_some()) {
        Certainty::Medium
    } else if accelerator && (named.is_some() || port.is_some()) {
        Certainty::Low
    } else {
        return None;
    };

    let mut evidence = Vec::new();
    let mut say = |sentence: Option<String>| evidence.extend(sentence.map(|sentence| shortened(&sentence, 400)));
    say(by_image.map(|engine| format!("image `{}` is one of {}", container.image, engine.name)));
    say(by_program.as_ref().map(|(engine, word)| format!("command `{word}` is one of {}", engine.name)));
    say(by_label.map(|rule| format!("label `{}` is put there by {}", rule.key, rule.engine)));
    say(by_variable.as_ref().map(|(engine, name)| format!("variable `{name}` is one of {}", engine.name)));
    say(named.as_ref().map(|name| format!("variable `{name}` names a model")));
    say(accelerator.then(|| format!("asks for {}", counted(&container.gpus))));
    say(port.map(|port| format!("port {port} is one on which models are served")));

    let engine = by_program
        .map(|(engine, _)| &engine.name)
        .or(by_image.map(|engine| &engine.name))
        .or(by_label.map(|rule| &rule.engine))
        .or(by_variable.map(|(engine, _)| &engine.name));
    let model = model(container, &repository, rules);
    Some(Verdict { engine: engine.cloned().unwrap_or_default(), model, certainty, evidence })
}

/// The image's repository after a `/`, in small letters.
fn repository(image: &str) -> String {
    let image = image.split('@').next().unwrap_or(image);
    let (path, last) = image.rsplit_once('/').map_or(("", image), |(path, last)| (path, last));
    let last = last.split(':').next().unwrap_or(last);
    let joined = if path.is_empty() { format!("/{last}") } else { format!("/{path}/{last}") };
    joined.to_lowercase()
}

fn program(container: &Container, engine: &Engine) -> Option<String> {
    let words = container.arguments.iter().filter(|word| !word.starts_with('-'));
    let base = |word: &String| word.rsplit('/').next().unwrap_or(word).to_owned();
    words.map(base).find(|word| is_one_of(&engine.programs, word))
}

fn variable(container: &Container, patterns: &[String]) -> Option<String> {
    container.variables.iter().map(|(name, _)| name).find(|name| is_one_of(patterns, name)).cloned()
}

/// The model as the command line, a variable, the API or the image names it.
fn model(container: &Container, repository: &str, rules: &Rules) -> String {
    let words = &container.arguments;
    let after = |names: &[String]| {
        let pairs = words.iter().zip(words.iter().skip(1));
        let mut values = pairs.filter(|(word, next)| names.contains(word) && !next.starts_with('-'));
        values.next().map(|(_, next)| next.clone())
    };
    let joined = || {
        words.iter().find_map(|word| {
            let (flag, value) = word.split_once('=')?;
            rules.model_flags.iter().any(|known| known == flag).then(|| value.to_owned())
        })
    };
    let told = container.variables.iter().filter(|(_, value)| !value.is_empty());
    let mut told = told.filter(|(name, _)| is_one_of(&rules.model_variables, name)).map(|(_, value)| value.clone());
    let of_image = || repository.split_once("/nim/").map(|(_, name)| name.to_owned());
    let of_api = Some(container.model.clone()).filter(|model| !model.is_empty());
    // `-m` is Python's flag, too, and then a program follows.
    let flags: Vec<String> =
        rules.model_flags.iter().filter(|flag| *flag != "-m" || !is_python(words)).cloned().collect();
    joined()
        .or_else(|| after(&flags))
        .or_else(|| after(&rules.model_commands))
        .or_else(|| told.next())
        .or(of_api)
        .or_else(of_image)
        .unwrap_or_default()
}

fn is_python(words: &[String]) -> bool {
    words.iter().any(|word| word.rsplit('/').next().is_some_and(|name| name.starts_with("python")))
}

fn counted(gpus: &Map<String, Value>) -> String {
    gpus.iter().map(|(name, count)| format!("{count} × {name}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn container(image: &str, arguments: &[&str], variables: &[(&str, &str)], ports: &[i64], gpus: Value) -> Container {
        Container {
            name: "main".to_owned(),
            image: image.to_owned(),
            is_main: true,
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
            ports: ports.to_vec(),
            gpus: gpus.as_object().cloned().unwrap_or_default(),
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            model: String::new(),
        }
    }

    fn told(container: &Container, labels: Value) -> Option<(String, String, Certainty)> {
        let rules = Rules::read().unwrap();
        let verdict = judge(container, labels.as_object().unwrap(), &rules)?;
        assert!(!verdict.evidence.is_empty());
        Some((verdict.engine, verdict.model, verdict.certainty))
    }

    fn said(engine: &str, model: &str, certainty: Certainty) -> Option<(String, String, Certainty)> {
        Some((engine.to_owned(), model.to_owned(), certainty))
    }

    #[test]
    fn servers_of_models() {
        use Certainty::{High, Low, Medium};
        let gpu = || json!({"nvidia.com/gpu": 1});
        let none = || json!({});
        for (case, labels, expected) in [
            (
                container(
                    "vllm/vllm-openai:v0.11.0",
                    &["vllm", "serve", "org/name", "--port=8000"],
                    &[],
                    &[8000],
                    gpu(),
                ),
                json!({}),
                said("vllm", "org/name", High),
            ),
            (
                container(
                    "registry:5000/own/thing@sha256:00",
                    &["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "org/name"],
                    &[],
                    &[],
                    none(),
                ),
                json!({}),
                said("vllm", "org/name", High),
            ),
            (
                container(
                    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror/ollama:0.5",
                    &[],
                    &[("OLLAMA_HOST", "")],
                    &[11434],
                    none(),
                ),
                json!({}),
                said("ollama", "", High),
            ),
            (
                container("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3", &[], &[], &[8000], gpu()),
                json!({}),
                said("nim", "meta/llama-3.1-8b-instruct", High),
            ),
            (
                container("ghcr.io/ggml-org/llama.cpp:server", &["-m", "/models/a.gguf"], &[], &[8080], none()),
                json!({}),
                said("llama.cpp", "/models/a.gguf", High),
            ),
            (
                container(
                    "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-tgi-inference:2.4",
                    &[],
                    &[("HF_MODEL_ID", "org/name")],
                    &[],
                    gpu(),
                ),
                json!({}),
                said("tgi", "org/name", High),
            ),
            (
                container("own/server", &[], &[], &[], none()),
                json!({"serving.kserve.io/inferenceservice": "x"}),
                said("kserve", "", Medium),
            ),
            (
                container("own/server", &[], &[("MODEL_ID", "org/name")], &[8000], gpu()),
                json!({}),
                said("", "org/name", Medium),
            ),
            (container("own/server", &[], &[], &[8000], gpu()), json!({}), said("", "", Low)),
        ] {
            assert_eq!(told(&case, labels), expected, "{}", case.image);
        }
    }

    #[test]
    fn what_is_none() {
        let none = || json!({});
        for case in [
            // Clients name models and hosts, too.
            container(
                "own/web",
                &["python3", "app.py"],
                &[("MODEL_ID", "org/name"), ("OLLAMA_HOST", "")],
                &[8000],
                none(),
            ),
            container("own/training", &["python3", "train.py"], &[], &[], json!({"nvidia.com/gpu": 8})),
            container("nginx:1.27", &[], &[], &[80, 8080], none()),
            container("rayproject/ray:2.40", &["ray", "start"], &[], &[6379], json!({"nvidia.com/gpu": 1})),
        ] {
            assert_eq!(told(&case, json!({"app": "x"})), None, "{}", case.image);
        }
    }

    #[test]
    fn repositories() {
        for (image, expected) in [
            ("nginx", "/nginx"),
            ("vLLM/vllm-openai:v1@sha256:ab", "/vllm/vllm-openai"),
            ("registry:5000/a/b:tag", "/registry:5000/a/b"),
            ("", "/"),
        ] {
            assert_eq!(repository(image), expected);
        }
    }
}
