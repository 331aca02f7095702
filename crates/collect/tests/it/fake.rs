//! An AWS that answers every operation of the API models with one made-up resource, remembers what it was asked, and fails
//! what it is told to fail. It reads the model files themselves, so it is independent of the reader's view of them.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

pub(crate) const ACCOUNT: &str = "123456789012";

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    Denied,
    Throttled,
    Broken,
    Unsupported,
    Truncated,
}

#[derive(Default)]
struct State {
    asked: BTreeSet<String>,
    failing: BTreeMap<String, Fault>,
    fail_all: Option<Fault>,
    expire_after: Option<usize>,
    two_pages: bool,
    empty: BTreeSet<String>,
}

pub(crate) struct Fake {
    pub(crate) server: MockServer,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(Mutex::new(State::default()));
        let answers = Answers { models: Arc::new(models()), state: state.clone(), uri: server.uri() };
        Mock::given(matchers::any()).respond_with(answers).mount(&server).await;
        Self { server, state }
    }

    /// Fails these operations, `service:Operation`.
    pub(crate) fn fail(&self, operations: &BTreeSet<String>, fault: Fault) {
        self.state.lock().unwrap().failing = operations.iter().map(|name| (name.clone(), fault)).collect();
    }

    /// Fails every operation but `sts:GetCallerIdentity`.
    pub(crate) fn fail_all(&self, fault: Fault) {
        self.state.lock().unwrap().fail_all = Some(fault);
    }

    /// Says from the n-th call on that the credentials have expired.
    pub(crate) fn expire_after(&self, calls: usize) {
        self.state.lock().unwrap().expire_after = Some(calls);
    }

    /// Answers every operation that pages in two pages, each with a resource.
    pub(crate) fn answer_in_two_pages(&self) {
        self.state.lock().unwrap().two_pages = true;
    }

    /// Answers this operation with nothing.
    pub(crate) fn answer_nothing(&self, operation: &str) {
        self.state.lock().unwrap().empty.insert(operation.to_owned());
    }

    /// The operations that were asked for.
    pub(crate) fn asked(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

struct Answers {
    models: Arc<Vec<Model>>,
    state: Arc<Mutex<State>>,
    uri: String,
}

struct Model {
    key: String,
    protocol: String,
    json: Value,
}

fn models() -> Vec<Model> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aws/models");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let services =
        files.filter(|path| path.extension().is_some_and(|e| e == "json") && !path.ends_with("endpoints.json"));
    services
        .map(|path| {
            let json: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let protocol = json["metadata"]["protocol"].as_str().unwrap().to_owned();
            Model { key: path.file_stem().unwrap().to_string_lossy().into_owned(), protocol, json }
        })
        .collect()
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if is_for_a_cluster(request) {
            return self.cluster(request);
        }
        let Some((model, operation)) = self.find(request) else {
            return ResponseTemplate::new(418).set_body_string(format!("{} {}", request.method, request.url));
        };
        let name = format!("{}:{operation}", model.key);
        let mut state = self.state.lock().unwrap();
        state.asked.insert(name.clone());
        if let Some(left) = &mut state.expire_after {
            if *left == 0 {
                return error(model, 403, "ExpiredTokenException", "the token has expired");
            }
            *left -= 1;
        }
        let all = state.fail_all.filter(|_| name != "sts:GetCallerIdentity");
        match state.failing.get(&name).copied().or(all) {
            Some(Fault::Denied) => error(model, 403, "AccessDeniedException", "not authorized"),
            Some(Fault::Throttled) => error(model, 429, "ThrottlingException", "patience"),
            Some(Fault::Broken) => ResponseTemplate::new(500).set_body_string("<html>oops</html>"),
            Some(Fault::Unsupported) => error(model, 400, "UnknownOperationException", "unknown operation"),
            Some(Fault::Truncated) => cut(answer(model, &operation)),
            None if state.empty.contains(&name) => ok("{}".to_owned()),
            None if state.two_pages => ok(first_or_last_page(model, &operation, request)),
            // The cluster that there is, is this server as well.
            None if name == "eks:DescribeCluster" => {
                let body =
                    answer(model, &operation).replace("\"endpoint\":\"x\"", &format!("\"endpoint\":\"{}\"", self.uri));
                ok(body.replace("\"data\":\"x\"", "\"data\":\"\""))
            }
            None => ok(answer(model, &operation)),
        }
    }
}

fn is_for_a_cluster(request: &Request) -> bool {
    let shown = request.headers.get("authorization").and_then(|value| value.to_str().ok());
    shown.is_some_and(|shown| shown.starts_with("Bearer k8s-aws-v1."))
}

impl Answers {
    /// What a cluster's API answers.
    fn cluster(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path();
        if path == "/version" {
            return ok(json!({"gitVersion": "v1.34.1"}).to_string());
        }
        let name = format!("kubernetes:list {}", path.rsplit('/').next().unwrap());
        let mut state = self.state.lock().unwrap();
        state.asked.insert(name.clone());
        let object = json!({
            "metadata": {"name": "x", "namespace": "x", "uid": "x"}, "spec": {"replicas": 1, "nodeName": null}, "unknown": [{}],
        });
        let body = json!({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": [object]}).to_string();
        let status = |code: u16| ResponseTemplate::new(code).set_body_string(json!({"message": "no"}).to_string());
        match state.failing.get(&name).copied().or(state.fail_all) {
            Some(Fault::Denied) => status(403),
            Some(Fault::Throttled) => status(429),
            Some(Fault::Broken) => status(500),
            Some(Fault::Unsupported) => status(404),
            Some(Fault::Truncated) => cut(body),
            None => ok(body),
        }
    }

    fn find(&self, request: &Request) -> Option<(&Model, String)> {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let signing = header("authorization").split('/').nth(3)?.to_owned();
        let mut models = self.models.iter().filter(|model| {
            let metadata = &model.json["metadata"];
            metadata.get("signingName").unwrap_or(&metadata["endpointPrefix"]) == signing.as_str()
        });
        if let Some((prefix, operation)) = header("x-amz-target").rsplit_once('.') {
            // SageMaker and its runtime sign with one name.
            let of_prefix = |model: &&Model| model.json["metadata"]["targetPrefix"] == prefix;
            return Some((models.find(of_prefix)?, operation.to_owned()));
        }
        let body = String::from_utf8_lossy(&request.body);
        if let Some(operation) = body.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
            // Both generations of load balancers sign with one name.
            let version = body.split('&').find_map(|pair| pair.strip_prefix("Version="));
            let of_version = |model: &&Model| model.json["metadata"]["apiVersion"].as_str() == version;
            return Some((models.find(of_version)?, operation.to_owned()));
        }
        models.find_map(|model| Some((model, rest_operation(model, request)?)))
    }
}

/// The operation whose method, path and fixed query fit best.
fn rest_operation(model: &Model, request: &Request) -> Option<String> {
    let operations = model.json["operations"].as_object()?;
    let fitting = operations.iter().filter_map(|(name, operation)| {
        let http = &operation["http"];
        let (path, query) = {
            let uri = http["requestUri"].as_str()?;
            uri.split_once('?').unwrap_or((uri, ""))
        };
        let parts = |path: &str| path.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
        let (wanted, given) = (parts(path), parts(request.url.path()));
        let same =
            |(wanted, given): (&String, &String)| wanted == given || (wanted.starts_with('{') && !given.is_empty());
        let fits = http["method"] == request.method.as_str()
            && wanted.len() == given.len()
            && wanted.iter().zip(&given).all(same)
            && query.split('&').filter(|pair| !pair.is_empty()).all(|pair| {
                request
                    .url
                    .query()
                    .unwrap_or_default()
                    .split('&')
                    .any(|own| own.trim_end_matches('=') == pair.trim_end_matches('='))
            });
        fits.then(|| (query.len(), wanted.iter().filter(|part| !part.starts_with('{')).count(), name.clone()))
    });
    fitting.max().map(|(_, _, name)| name)
}

fn ok(body: String) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(body)
}

fn cut(mut body: String) -> ResponseTemplate {
    body.truncate(body.len() * 2 / 3);
    ok(body)
}

fn error(model: &Model, status: u16, code: &str, message: &str) -> ResponseTemplate {
    let inner = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let body = match model.protocol.as_str() {
        "query" => format!("<ErrorResponse>{inner}<RequestId>r</RequestId></ErrorResponse>"),
        "ec2" => format!("<Response><Errors>{inner}</Errors><RequestID>r</RequestID></Response>"),
        "rest-xml" => inner,
        _ => json!({"__type": code, "message": message}).to_string(),
    };
    ResponseTemplate::new(status).insert_header("x-amzn-errortype", code).set_body_string(body)
}

fn answer(model: &Model, operation: &str) -> String {
    let Some(output) = model.json["operations"][operation]["output"]["shape"].as_str() else { return String::new() };
    let shape = &model.json["shapes"][output];
    match model.protocol.as_str() {
        "query" => format!(
            "<{operation}Response><{operation}Result>{}</{operation}Result></{operation}Response>",
            xml(model, output)
        ),
        "ec2" => format!("<{operation}Response>{}</{operation}Response>", xml(model, output)),
        "rest-xml" if operation == "GetBucketLocation" => {
            "<LocationConstraint>eu-west-1</LocationConstraint>".to_owned()
        }
        "rest-xml" => match shape["payload"].as_str().map(|member| &shape["members"][member]) {
            Some(member) => match structure(model, member["shape"].as_str().unwrap()) {
                true => format!("<Root>{}</Root>", xml(model, member["shape"].as_str().unwrap())),
                false => r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
            },
            None => format!("<Root>{}</Root>", xml(model, output)),
        },
        _ => {
            let payload = shape["payload"].as_str().and_then(|member| shape["members"][member]["shape"].as_str());
            let body = payload.filter(|body| structure(model, body)).unwrap_or(output);
            value(model, body, "", &mut Vec::new()).unwrap().to_string()
        }
    }
}

/// A page with a token, unless the request brings it.
fn first_or_last_page(model: &Model, operation: &str, request: &Request) -> String {
    let body = answer(model, operation);
    let paginator = &model.json["pagination"][operation];
    let Some((input, output)) = paginator["input_token"].as_str().zip(paginator["output_token"].as_str()) else {
        return body;
    };
    let shapes = &model.json["shapes"];
    let wire = |side: &str, name: &str| {
        let shape = model.json["operations"][operation][side]["shape"].as_str().unwrap();
        shapes[shape]["members"][name]["locationName"].as_str().unwrap_or(name).to_owned()
    };
    let (input, output) = (wire("input", input), wire("output", output));
    let asked = format!("{}&{}", request.url.query().unwrap_or_default(), String::from_utf8_lossy(&request.body));
    if asked.split(['&', '{', ',']).any(|part| part.trim_start_matches('"').starts_with(&input)) {
        return body;
    }
    match body.strip_suffix('}') {
        Some(object) => format!("{object},\"{output}\":\"t\"}}").replace("runcated\":false", "runcated\":true"),
        None => {
            let (start, end) =
                body.split_at(body.find("Result>").map_or_else(|| body.find('>').unwrap() + 1, |at| at + 7));
            format!("{start}<{output}>t</{output}>{end}").replace("<IsTruncated>false", "<IsTruncated>true")
        }
    }
}

fn structure(model: &Model, shape: &str) -> bool {
    model.json["shapes"][shape]["type"] == "structure"
}

/// Members of a body: not pagination, which would never end, and not what travels in headers.
fn members(shape: &Value) -> impl Iterator<Item = (&String, &Value)> {
    const PAGING: &[&str] =
        &["nextToken", "NextToken", "NextPageToken", "Marker", "NextMarker", "ContinuationToken", "position"];
    let all = shape["members"].as_object().into_iter().flatten();
    all.filter(|(name, member)| member.get("location").is_none() && !PAGING.contains(&name.as_str()))
}

fn text(member: &str) -> Value {
    let text = match member {
        "KeyManager" => "CUSTOMER",
        "ModelApprovalStatus" => "Approved",
        "KeySpec" => "SYMMETRIC_DEFAULT",
        "State" => "COMPLETE",
        "Account" => ACCOUNT,
        "HomeRegion" | "BucketRegion" | "RegionName" => "us-east-1",
        name if name.to_lowercase().ends_with("arn") => "arn:aws:any:us-east-1:123456789012:thing/x",
        _ => "x",
    };
    json!(text)
}

fn scalar(shape: &Value, member: &str, name: &str, iso: bool) -> Value {
    match shape["type"].as_str().unwrap() {
        "boolean" => json!(!matches!(name, "IsTruncated" | "Truncated")),
        "integer" | "long" => json!(1),
        "float" | "double" => json!(1.5),
        "timestamp" if iso => json!("2026-01-01T00:00:00Z"),
        "timestamp" => json!(1_767_225_600),
        // The credential report.
        "blob" => json!("dXNlcixhcm4KYWxpY2UsYXJuOmF3czppYW06OjEyMzQ1Njc4OTAxMjp1c2VyL2FsaWNlCg=="),
        _ => text(member),
    }
}

fn is_iso(shape: &Value, member: &Value, default: bool) -> bool {
    match member.get("timestampFormat").or(shape.get("timestampFormat")).and_then(Value::as_str) {
        Some(format) => format == "iso8601",
        None => default,
    }
}

/// JSON of a shape; nothing for one that holds itself.
fn value(model: &Model, name: &str, member_name: &str, trail: &mut Vec<String>) -> Option<Value> {
    if trail.iter().any(|above| above == name) || trail.len() > 12 {
        return None;
    }
    let shape = &model.json["shapes"][name];
    trail.push(name.to_owned());
    let made = match shape["type"].as_str().unwrap() {
        "structure" if shape["document"] == true => json!({}),
        "structure" => {
            let mut object = Map::new();
            for (name, member) in members(shape) {
                let target = member["shape"].as_str().unwrap();
                let wire = member["locationName"].as_str().unwrap_or(name);
                let inner = &model.json["shapes"][target];
                let made = match inner["type"] == "timestamp" {
                    true => Some(scalar(inner, name, name, is_iso(inner, member, false))),
                    false => value(model, target, name, trail),
                };
                if let Some(made) = made {
                    object.insert(wire.to_owned(), made);
                }
                // A union has one member.
                if shape["union"] == true {
                    break;
                }
            }
            Value::Object(object)
        }
        "list" => json!(
            value(model, shape["member"]["shape"].as_str().unwrap(), member_name, trail)
                .map_or(vec![], |one| vec![one])
        ),
        "map" => json!({"k": value(model, shape["value"]["shape"].as_str().unwrap(), member_name, trail)}),
        _ => scalar(shape, member_name, member_name, is_iso(shape, &Value::Null, false)),
    };
    trail.pop();
    Some(made)
}

fn xml(model: &Model, name: &str) -> String {
    inner_xml(model, name, "", &mut Vec::new()).unwrap()
}

fn inner_xml(model: &Model, name: &str, member_name: &str, trail: &mut Vec<String>) -> Option<String> {
    if trail.iter().any(|above| above == name) || trail.len() > 12 {
        return None;
    }
    let shape = &model.json["shapes"][name];
    trail.push(name.to_owned());
    let made = match shape["type"].as_str().unwrap() {
        "structure" => members(shape)
            .filter_map(|(name, member)| {
                let target = member["shape"].as_str().unwrap();
                let wire = member["locationName"].as_str().unwrap_or(name);
                let inner = inner_xml(model, target, name, trail)?;
                let flat = model.json["shapes"][target]["flattened"] == true || member["flattened"] == true;
                Some(if flat {
                    inner.replace("<member>", &format!("<{wire}>")).replace("</member>", &format!("</{wire}>"))
                } else {
                    format!("<{wire}>{inner}</{wire}>")
                })
            })
            .collect(),
        "list" => {
            let element = shape["member"]["locationName"].as_str().unwrap_or("member");
            let inner =
                inner_xml(model, shape["member"]["shape"].as_str().unwrap(), member_name, trail).unwrap_or_default();
            format!("<{element}>{inner}</{element}>")
        }
        "map" => {
            let inner =
                inner_xml(model, shape["value"]["shape"].as_str().unwrap(), member_name, trail).unwrap_or_default();
            format!("<entry><key>k</key><value>{inner}</value></entry>")
        }
        _ => match scalar(shape, member_name, member_name, true) {
            Value::String(text) => text,
            other => other.to_string(),
        },
    };
    trail.pop();
    Some(made)
}
