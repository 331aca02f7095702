//! Tools made of operations of the API.

use crate::serve::api;
use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use sightline_model::untrusted::shortened;
use tower_service::Service as _;

/// Rows of a list where a model does not say how many.
const ROWS: u64 = 20;

/// The longest answer, in bytes: a model's room is dear.
const LONGEST: usize = 100_000;

/// Name, operation, and what a model is told of it beside the document.
const TOOLS: &[(&str, Method, &str, &str)] = &[
    ("overview", Method::GET, "/api/v1/overview", ""),
    ("findings", Method::GET, "/api/v1/findings", "`finding` has the fix of one."),
    ("finding", Method::GET, "/api/v1/findings/{fingerprint}", ""),
    ("check", Method::GET, "/api/v1/checks/{check_id}", "What it looks for, and why it matters."),
    ("map", Method::GET, "/api/v1/edges", "`edge` has the controls and fixes of one."),
    ("edge", Method::GET, "/api/v1/edges/{edge_id}", "With its controls and their fixes."),
    ("edge_evidence", Method::GET, "/api/v1/edges/{edge_id}/evidence", ""),
    ("models", Method::GET, "/api/v1/models", ""),
    ("workloads", Method::GET, "/api/v1/workloads", ""),
    ("identities", Method::GET, "/api/v1/identities", ""),
    ("who_can", Method::GET, "/api/v1/access", "`conditional` depends on what `residual` says."),
    ("cases", Method::GET, "/api/v1/cases", ""),
    ("coverage", Method::GET, "/api/v1/coverage", ""),
    ("blind_spots", Method::GET, "/api/v1/blind-spots", ""),
    ("tables", Method::GET, "/api/v1/tables", "For `query`."),
    ("table", Method::GET, "/api/v1/tables/{name}", "For `query`."),
    ("query", Method::POST, "/api/v1/query", "The SQL of DataFusion; `tables` and `table` tell what there is."),
];

/// What explains an id, in the order in which it is looked for.
const EXPLAINS: &[&str] = &["check", "finding", "edge", "case"];

/// A tool as a model sees it.
pub(super) struct Described {
    pub(super) name: &'static str,
    pub(super) about: String,
    /// JSON schema of its arguments
    pub(super) takes: Map<String, Value>,
}

/// All tools, and how they are asked.
pub(super) struct Tools {
    router: Router,
    host: String,
    described: Vec<Described>,
}

impl Tools {
    /// Tools that ask this router, which goes by this name.
    ///
    /// # Errors
    /// An operation is not in the document, which a test keeps from being shipped.
    pub(super) fn new(router: Router, host: String) -> anyhow::Result<Self> {
        let document: Value = serde_json::from_str(&api::document()?)?;
        let mut described = TOOLS
            .iter()
            .map(|(name, method, path, more)| describe(&document, name, method, path, more))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let id = json!({ "type": "string", "description": "A check's id, or 32 hexadecimal digits" });
        let takes =
            json!({ "type": "object", "properties": { "id": id }, "required": ["id"], "additionalProperties": false });
        described.push(Described {
            name: "explain",
            about: "What an id means: a check, a finding, an edge, a case".to_owned(),
            takes: object(takes),
        });
        Ok(Self { router, host, described })
    }

    pub(super) fn all(&self) -> &[Described] {
        &self.described
    }

    /// The answer of a tool, or why there is none. It is asked with this `authorization`.
    pub(super) async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        authorization: &str,
    ) -> Result<String, String> {
        if name == "explain" {
            return self.explain(&arguments, authorization).await;
        }
        let Some((_, method, path, _)) = TOOLS.iter().find(|(of, ..)| *of == name) else {
            return Err(format!("no tool is named `{}`", shortened(name, 60)));
        };
        self.ask(method, path, arguments, authorization).await.map_err(|(_, text)| text)
    }

    async fn explain(&self, arguments: &Map<String, Value>, authorization: &str) -> Result<String, String> {
        let id = arguments.get("id").and_then(Value::as_str).ok_or("say which: `id`")?;
        for what in EXPLAINS {
            let (path, key) = match *what {
                "check" => ("/api/v1/checks/{check_id}", "check_id"),
                "finding" => ("/api/v1/findings/{fingerprint}", "fingerprint"),
                "edge" => ("/api/v1/edges/{edge_id}", "edge_id"),
                _ => ("/api/v1/cases/{case_id}", "case_id"),
            };
            let given = Map::from_iter([(key.to_owned(), Value::from(id))]);
            match self.ask(&Method::GET, path, given, authorization).await {
                Err((StatusCode::NOT_FOUND, _)) => {}
                other => return other.map_err(|(_, text)| text),
            }
        }
        Err(format!("nothing has the id `{}`", shortened(id, 60)))
    }

    /// Asks an operation: what the path names goes there, the rest behind the `?` or into the body.
    async fn ask(
        &self,
        method: &Method,
        path: &str,
        arguments: Map<String, Value>,
        authorization: &str,
    ) -> Result<String, (StatusCode, String)> {
        let bad = |text: String| (StatusCode::BAD_REQUEST, text);
        let (uri, rest) = placed(path, arguments).map_err(bad)?;
        let mut request = Request::builder()
            .method(method.clone())
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, authorization);
        let body = if *method == Method::GET {
            request = request.uri(format!("{uri}{}", query(&rest)));
            Body::empty()
        } else {
            request = request.uri(uri).header(header::CONTENT_TYPE, "application/json");
            Body::from(Value::Object(rest).to_string())
        };
        let request = request.body(body).map_err(|error| bad(format!("this cannot be asked: {error}")))?;
        // A router never fails, and is always ready.
        let response = self.router.clone().call(request).await.unwrap_or_else(|never| match never {});
        let status = response.status();
        let too_long =
            || bad(format!("the answer is longer than {LONGEST} bytes: ask for fewer rows with `limit`, or filter"));
        let text = to_bytes(response.into_body(), LONGEST).await.map_err(|_| too_long())?;
        let text = String::from_utf8_lossy(&text).into_owned();
        if status.is_success() { Ok(text) } else { Err((status, told(&text))) }
    }
}

/// The sentence of a problem.
fn told(problem: &str) -> String {
    let read: Option<Value> = serde_json::from_str(problem).ok();
    let detail = read.as_ref().and_then(|problem| problem.get("detail")?.as_str());
    detail.unwrap_or(problem).to_owned()
}

/// The path with its names filled in, and what is left of the arguments.
fn placed(path: &str, mut arguments: Map<String, Value>) -> Result<(String, Map<String, Value>), String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                let given = arguments.remove(name).and_then(|value| value.as_str().map(str::to_owned));
                let given = given.filter(|given| !given.is_empty()).ok_or_else(|| format!("say which: `{name}`"))?;
                parts.push(utf8_percent_encode(&given, NON_ALPHANUMERIC).to_string());
            }
            None => parts.push(part.to_owned()),
        }
    }
    if path != "/api/v1/overview" && parts.len() == path.split('/').count() && !path.contains('{') {
        arguments.entry("limit").or_insert(Value::from(ROWS));
    }
    Ok((parts.join("/"), arguments))
}

fn query(arguments: &Map<String, Value>) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pairs: Vec<String> = arguments
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            format!("{}={}", encode(name), encode(&text(value)))
        })
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn describe(
    document: &Value,
    name: &'static str,
    method: &Method,
    path: &str,
    more: &str,
) -> anyhow::Result<Described> {
    let operation = document
        .get("paths")
        .and_then(|paths| paths.get(path)?.get(method.as_str().to_lowercase()))
        .with_context(|| format!("`{method} {path}` is not described: please report this"))?;
    let summary = operation.get("summary").and_then(Value::as_str).unwrap_or_default();
    let about = format!("{summary}. {more}").trim_end_matches([' ', '.']).to_owned();
    let body = operation.pointer("/requestBody/content/application~1json/schema/$ref").and_then(Value::as_str);
    let takes = match body.and_then(|name| document.pointer(name.trim_start_matches('#'))) {
        Some(schema) => object(schema.clone()),
        None => parameters(operation),
    };
    Ok(Described { name, about, takes })
}

/// The parameters of an operation as one object.
fn parameters(operation: &Value) -> Map<String, Value> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = parameter.get("name").and_then(Value::as_str) else { continue };
        let mut schema = object(parameter.get("schema").cloned().unwrap_or_default());
        if let Some(about) = parameter.get("description") {
            schema.insert("description".to_owned(), about.clone());
        }
        if parameter.get("in").and_then(Value::as_str) == Some("path") {
            required.push(Value::from(name));
        }
        properties.insert(name.to_owned(), Value::Object(schema));
    }
    object(json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::auth::{OPERATIONS, Role, Wanted};

    #[test]
    fn tools_read_and_no_more() {
        for (name, method, path, _) in TOOLS {
            let found = OPERATIONS.iter().find(|(of, at, _)| of == method && at == path);
            let (_, _, wanted) = found.unwrap_or_else(|| panic!("{name}"));
            assert_eq!(*wanted, Wanted::AtLeast(Role::Viewer), "{name}");
        }
    }

    #[test]
    fn tools_are_described_by_the_document() {
        let tools = Tools::new(Router::new(), "127.0.0.1:1".to_owned()).unwrap();
        for tool in tools.all() {
            assert!(!tool.about.is_empty(), "{}", tool.name);
            assert_eq!(tool.takes["type"], "object", "{}", tool.name);
        }
        let findings = tools.all().iter().find(|tool| tool.name == "findings").unwrap();
        assert!(findings.takes["properties"]["status"]["description"].as_str().unwrap().contains("fail"));
        let finding = tools.all().iter().find(|tool| tool.name == "finding").unwrap();
        assert_eq!(finding.takes["required"], json!(["fingerprint"]));
    }

    #[test]
    fn names_cannot_leave_their_place() {
        let given = Map::from_iter([("edge_id".to_owned(), json!("../../tokens?x=#")), ("limit".to_owned(), json!(3))]);
        let (path, rest) = placed("/api/v1/edges/{edge_id}", given).unwrap();
        assert_eq!(path, "/api/v1/edges/%2E%2E%2F%2E%2E%2Ftokens%3Fx%3D%23");
        assert_eq!(query(&rest), "?limit=3");
        assert!(placed("/api/v1/edges/{edge_id}", Map::new()).unwrap_err().contains("`edge_id`"));
    }
}
