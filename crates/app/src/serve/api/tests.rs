mod upkeep;

use super::*;
use crate::serve::auth::{Role, Wanted};
use crate::serve::{Db, Origins};
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_lake::Lake;
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

const HOST: &str = "127.0.0.1:8480";

fn described() -> BTreeSet<(String, String)> {
    let (_, document) = routes().split_for_parts();
    let mut all = BTreeSet::new();
    for (path, item) in document.paths.paths {
        let operations = [
            (Method::GET, item.get),
            (Method::PUT, item.put),
            (Method::POST, item.post),
            (Method::DELETE, item.delete),
            (Method::PATCH, item.patch),
        ];
        for (method, _) in operations.into_iter().filter(|(_, operation)| operation.is_some()) {
            all.insert((method.to_string(), path.clone()));
        }
    }
    all
}

#[test]
fn each_operation_has_a_role_and_each_role_an_operation() {
    let table: Vec<(String, String)> =
        auth::OPERATIONS.iter().map(|(method, path, _)| (method.to_string(), (*path).to_owned())).collect();
    let set: BTreeSet<(String, String)> = table.iter().cloned().collect();
    assert_eq!(set.len(), table.len(), "a line stands there twice");
    assert_eq!(set, described(), "left: `serve/auth/roles.rs`, right: the routes");
}

#[test]
fn what_changes_something_is_for_no_viewer() {
    for (method, path, wanted) in auth::OPERATIONS {
        // The tools behind `/mcp` are held against this table themselves; a session is the own of who ends it.
        let reads = *method == Method::GET
            || matches!(*path, "/api/v1/query" | "/api/v1/prerequisites/{id}/render" | "/mcp" | "/api/v1/session");
        let viewer = matches!(wanted, Wanted::Anybody | Wanted::AtLeast(Role::Viewer));
        assert!(reads || !viewer, "{method} {path}");
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let document: Value = serde_json::from_str(&document().unwrap()).unwrap();
    let mut seen = BTreeSet::new();
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(id.to_owned()), "{id} stands there twice");
            assert!(operation["responses"]["default"].is_object(), "{id} does not say how it fails");
        }
    }
}

#[test]
fn no_two_shapes_have_one_name() {
    let mut seen: std::collections::BTreeMap<String, Value> = std::collections::BTreeMap::new();
    for of in resource::all() {
        for (name, schema) in of.into_openapi().components.unwrap_or_default().schemas {
            let schema = serde_json::to_value(schema).unwrap();
            let before = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*before, schema, "two shapes are called {name}: give one `#[schema(as = …)]`");
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

/// A value that fits a schema, with all its members.
fn sample(schema: &Value, all: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return sample(&all[name], all);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match (kind.as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => json!("2026-11-22T03:04:05Z"),
        (Some("string"), Some("date")) => json!("2026-11-22"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => json!(1),
        (Some("number"), _) => json!(1.5),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([sample(&schema["items"], all)]),
        (Some("object"), _) => {
            let members = schema["properties"].as_object().into_iter().flatten();
            members.map(|(name, of)| (name.clone(), sample(of, all))).collect::<serde_json::Map<_, _>>().into()
        }
        _ => json!({}),
    }
}

/// Reads what the document says as the real type, and writes it again: the same members come out.
fn holds<T: serde::de::DeserializeOwned + serde::Serialize>(all: &Value, name: &str) {
    let said = sample(&all[name], all);
    let real: T = serde_json::from_value(said.clone()).unwrap_or_else(|error| panic!("{name}: {error}: {said}"));
    assert_eq!(serde_json::to_value(real).unwrap(), said, "{name}");
}

#[test]
fn shapes_of_the_document_are_those_of_the_lake() {
    let document: Value = serde_json::from_str(&document().unwrap()).unwrap();
    let all = &document["components"]["schemas"];
    holds::<sightline_model::Case>(all, "Case");
    holds::<sightline_model::Coverage>(all, "Coverage");
    holds::<sightline_model::BlindSpot>(all, "BlindSpot");
    holds::<sightline_model::ModelAccess>(all, "ModelAccess");
    holds::<sightline_model::Mute>(all, "Mute");
    holds::<sightline_model::edge::EdgeEvidence>(all, "EdgeEvidence");
    holds::<sightline_model::edge::Evidence>(all, "Evidence");
    holds::<sightline_model::edge::Control>(all, "Control");
    let columns: BTreeSet<&str> = sightline_model::lake_table::SCAN.columns.iter().map(|(name, _)| *name).collect();
    let said: BTreeSet<&str> = all["Scan"]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(columns, said);
}

/// All words of an enumeration are those of the document.
fn words<T: serde::de::DeserializeOwned + serde::Serialize>(all: &Value, name: &str, count: usize) {
    let said = all[name]["enum"].as_array().unwrap();
    assert_eq!(said.len(), count, "{name}");
    for word in said {
        let real: T = serde_json::from_value(word.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::to_value(real).unwrap(), *word, "{name}");
    }
}

#[test]
fn words_of_the_document_are_those_of_the_lake() {
    use sightline_model::edge::{Confidence, PathClass, TrafficClass, Tri, WorkloadKind};
    let document: Value = serde_json::from_str(&document().unwrap()).unwrap();
    let all = &document["components"]["schemas"];
    words::<sightline_model::Status>(all, "Status", 4);
    words::<sightline_model::Severity>(all, "Severity", 5);
    words::<sightline_model::Outcome>(all, "Outcome", 6);
    words::<sightline_model::Sight>(all, "Sight", 4);
    words::<sightline_model::model_access::AccessDecision>(all, "AccessDecision", 2);
    words::<Tri>(all, "Tri", 3);
    words::<TrafficClass>(all, "TrafficClass", 4);
    words::<PathClass>(all, "PathClass", 8);
    words::<Confidence>(all, "Confidence", 4);
    words::<WorkloadKind>(all, "WorkloadKind", 17);
}

/// A server over an empty lake, with a token of each role.
struct Served {
    router: Router,
    tokens: Vec<(Role, String)>,
    app: App,
    folder: tempfile::TempDir,
}

async fn served() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let db = Db::in_memory().unwrap();
    let mint = |role: Role| {
        let made = db.mint([role as u8; 32], format!("t{}", role as u8), "test", role, Timestamp::UNIX_EPOCH, None);
        (role, made.unwrap().secret)
    };
    let tokens = [Role::Viewer, Role::Operator, Role::Admin].map(mint).to_vec();
    let origins = Origins::new(HOST.parse().unwrap(), &[]).unwrap();
    // An empty file: a test must not read the configuration of whoever runs it.
    let config = folder.path().join("sightline.toml");
    std::fs::write(&config, "").unwrap();
    let app = App::new(lake, Some(config), db, origins, CancellationToken::new()).await.unwrap();
    Served { router: router(app.clone()).unwrap(), tokens, app, folder }
}

impl Served {
    async fn ask(
        &mut self,
        method: &Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method.clone()).uri(path).header(header::HOST, HOST);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.router.call(request.body(body).unwrap()).await.unwrap()
    }

    async fn json(&mut self, method: &Method, path: &str, role: Role, body: Option<&Value>) -> (StatusCode, Value) {
        let token = self.tokens.iter().find(|(of, _)| *of == role).unwrap().1.clone();
        let response = self.ask(method, path, Some(&token), body).await;
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap();
        (status, if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() })
    }
}

/// A path with names in it that nothing has.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_lets_in_its_roles_alone() {
    let mut served = served().await;
    let tokens = served.tokens.clone();
    for (method, path, wanted) in auth::OPERATIONS {
        let path = filled(path);
        let nobody = served.ask(method, &path, None, None).await.status();
        let wrong = served.ask(method, &path, Some("sightline_t0_wrong"), None).await.status();
        for status in [nobody, wrong] {
            assert_eq!(status == StatusCode::UNAUTHORIZED, *wanted != Wanted::Anybody, "{method} {path} by nobody");
        }
        for (role, token) in &tokens {
            let status = served.ask(method, &path, Some(token), None).await.status();
            let may = match wanted {
                Wanted::Anybody => true,
                Wanted::AtLeast(least) => role >= least,
            };
            assert_eq!(status == StatusCode::FORBIDDEN, !may, "{method} {path} by a {role}: {status}");
            assert!(
                status != StatusCode::UNAUTHORIZED && !status.is_server_error(),
                "{method} {path} by a {role}: {status}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_problems() {
    let mut served = served().await;
    let (get, post) = (Method::GET, Method::POST);
    let cases: [(&Method, &str, Option<Value>, u16); 12] = [
        (&get, "/api/v1/nothing", None, 404),
        (&get, "/nothing", None, 404),
        (&post, "/api/v1/findings", None, 405),
        (&get, "/api/v1/findings/nothing", None, 404),
        (&get, "/api/v1/findings?limit=0", None, 400),
        (&get, "/api/v1/findings?limit=x", None, 400),
        (&get, "/api/v1/findings?statuses=fail", None, 400),
        (&get, "/api/v1/findings?cursor=%00", None, 400),
        (&get, "/api/v1/edges?without=nothing", None, 400),
        (&post, "/api/v1/query", None, 415),
        (&post, "/api/v1/query", Some(json!({ "sql": 3 })), 422),
        (&post, "/api/v1/query", Some(json!({ "sql": "DROP TABLE finding" })), 422),
    ];
    for (method, path, body, status) in cases {
        let (found, problem) = served.json(method, path, Role::Admin, body.as_ref()).await;
        assert_eq!(found.as_u16(), status, "{method} {path}: {problem}");
        assert_eq!(problem["status"], status, "{method} {path}");
        for member in ["type", "title", "detail", "request_id"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}: {problem}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_forbid_what_pages_of_others_could_do() {
    let mut served = served().await;
    for path in ["/healthz", "/api/v1/findings", "/nothing"] {
        let response = served.ask(&Method::GET, path, None, None).await;
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(!header("x-request-id").is_empty());
    }
    let foreign = Request::builder().uri("/healthz").header(header::HOST, "evil.example").body(Body::empty());
    assert_eq!(served.router.call(foreign.unwrap()).await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_in_the_audit_log_and_a_secret_is_not() {
    let mut served = served().await;
    let wanted = json!({ "name": "ci", "role": "viewer", "expires": "30d" });
    let (status, made) = served.json(&Method::POST, "/api/v1/tokens", Role::Admin, Some(&wanted)).await;
    assert_eq!(status, StatusCode::CREATED);
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert_eq!(served.ask(&Method::GET, "/api/v1/me", Some(&secret), None).await.status(), StatusCode::OK);
    let id = made["token"]["id"].as_str().unwrap().to_owned();
    let (status, _) = served.json(&Method::DELETE, &format!("/api/v1/tokens/{id}"), Role::Admin, None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(served.ask(&Method::GET, "/api/v1/me", Some(&secret), None).await.status(), StatusCode::UNAUTHORIZED);
    let (_, audit) = served.json(&Method::GET, "/api/v1/audit", Role::Admin, None).await;
    let actions: Vec<&str> =
        audit["items"].as_array().unwrap().iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["token.revoke", "token.create"]);
    let (_, tokens) = served.json(&Method::GET, "/api/v1/tokens", Role::Admin, None).await;
    let tail = secret.rsplit('_').next().unwrap();
    assert!(!audit.to_string().contains(tail) && !tokens.to_string().contains(tail));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_kept_without_what_is_secret() {
    let mut served = served().await;
    let credentials = json!({ "role_arn": "arn:aws:iam::111111111111:role/r", "external_id": "s3cret" });
    let wanted =
        json!({ "name": "nightly", "cron": "0 3 * * *", "job": { "kind": "scan", "credentials": credentials } });
    let (status, made) = served.json(&Method::POST, "/api/v1/schedules", Role::Operator, Some(&wanted)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert!(made["next_at"].as_str().unwrap().contains("T03:00:00"));
    let (_, all) = served.json(&Method::GET, "/api/v1/schedules", Role::Viewer, None).await;
    let (_, audit) = served.json(&Method::GET, "/api/v1/audit", Role::Admin, None).await;
    assert!(![&made, &all, &audit].iter().any(|seen| seen.to_string().contains("s3cret")));
    let path = format!("/api/v1/schedules/{}", made["id"].as_str().unwrap());
    // Paused as the console does it, with the job as it was shown.
    let mut paused = json!({ "name": "nightly", "cron": "0 3 * * *", "job": made["job"], "enabled": false });
    let (status, told) = served.json(&Method::PUT, &path, Role::Operator, Some(&paused)).await;
    assert_eq!((status, &told["enabled"]), (StatusCode::OK, &json!(false)), "{told}");
    let kept = served.app.db().schedules().unwrap();
    assert_eq!(kept[0].job["credentials"]["external_id"], "s3cret");
    paused["job"]["credentials"]["role_arn"] = json!("arn:aws:iam::222222222222:role/other");
    let (status, _) = served.json(&Method::PUT, &path, Role::Operator, Some(&paused)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "an external id does not go to another role unseen");
    let (status, _) = served.json(&Method::DELETE, &path, Role::Operator, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let wrong = json!({ "name": "never", "cron": "0 3 30 2 *", "job": { "kind": "map" } });
    let (status, _) = served.json(&Method::POST, "/api/v1/schedules", Role::Operator, Some(&wrong)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_reads_and_is_bounded() {
    let mut served = served().await;
    let (status, answer) = served
        .json(
            &Method::POST,
            "/api/v1/query",
            Role::Viewer,
            Some(&json!({ "sql": "SELECT * FROM (VALUES (1), (2), (3)) AS t(n)", "limit": 2 })),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["rows"], json!([{ "n": 1 }, { "n": 2 }]));
    assert_eq!(answer["truncated"], true);
    assert_eq!(answer["columns"], json!([{ "name": "n", "type": "int" }]));
    let (_, empty) = served
        .json(&Method::POST, "/api/v1/query", Role::Viewer, Some(&json!({ "sql": "SELECT fingerprint FROM finding" })))
        .await;
    assert_eq!(empty["rows"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_told_which_there_are() {
    let mut served = served().await;
    let response = served.ask(&Method::PATCH, "/api/v1/tokens", None, None).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "GET, POST, HEAD");
    let response = served.ask(&Method::GET, "/mcp", None, None).await;
    assert_eq!((response.status().as_u16(), &response.headers()[header::ALLOW]), (405, &"POST".parse().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_by_a_provider_that_nobody_named() {
    let mut served = served().await;
    let (_, ways) = served.json(&Method::GET, "/api/v1/sign-in", Role::Viewer, None).await;
    assert_eq!(ways, json!({ "oidc": null }));
    for path in ["/api/v1/oidc/start", "/api/v1/oidc/callback?code=x&state=y"] {
        assert_eq!(served.ask(&Method::GET, path, None, None).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let (status, me) = served.json(&Method::GET, "/api/v1/me", Role::Viewer, None).await;
    assert_eq!((status, &me["kind"], &me["expires_at"]), (StatusCode::OK, &json!("key"), &Value::Null));
    let (status, _) = served.json(&Method::DELETE, "/api/v1/session", Role::Viewer, None).await;
    assert_eq!(status, StatusCode::CONFLICT, "a key is no session");
}

/// Requests run on one thread here; jobs have their own. Each of these keeps its thread until the request was answered, which it never is where
/// they share one.
#[tokio::test(flavor = "current_thread")]
async fn jobs_do_not_keep_requests_waiting() {
    use std::sync::mpsc::{Receiver, channel};
    let mut served = served().await;
    let (tell, told) = channel();
    let mut answered = Vec::new();
    let blocks = |let_go: Receiver<()>, tell: std::sync::mpsc::Sender<(String, bool)>| async move {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let was_let_go = let_go.recv_timeout(std::time::Duration::from_secs(30)).is_ok();
        tell.send((name, was_let_go)).unwrap();
    };
    for _ in 0..crate::world::parallelism() {
        let (let_go, held) = channel();
        answered.push(let_go);
        served.app.jobs().spawn(blocks(held, tell.clone()));
    }
    let (status, _) = served.json(&Method::GET, "/api/v1/findings", Role::Viewer, None).await;
    assert_eq!(status, StatusCode::OK);
    for let_go in answered {
        let_go.send(()).unwrap();
        let (name, was_let_go) = told.recv().unwrap();
        assert!(was_let_go, "the request waited for the job");
        assert_eq!(name, "sightline-job");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_are_refused_before_anybody_is_asked() {
    let mut served = served().await;
    let model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0";
    for (plan, says) in [
        (json!({}), "no target is named"),
        (json!({ "targets": [model], "surface": "openai" }), "`surface` is `openai`"),
        (json!({ "targets": [model], "trials": 0 }), "`trials` must be"),
        (json!({ "targets": [model], "concurrency": 33 }), "`concurrency` must be"),
        (json!({ "targets": [model], "three_ways": true }), "needs a `guardrail`"),
        (json!({ "targets": [model], "packs_dir": "/etc" }), "unknown field `packs_dir`"),
        (json!({ "targets": ["http://169.254.169.254/latest"] }), "is an address"),
        (json!({ "targets": vec![model; 501] }), "at most 500"),
        (json!({ "app": "nobody" }), "declares no application"),
    ] {
        let (status, problem) = served.json(&Method::POST, "/api/v1/probe-plans", Role::Operator, Some(&plan)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{plan}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{plan}: {problem}");
        let job = json!({ "kind": "probe", "plan": plan, "max_usd": 1 });
        let (status, _) = served.json(&Method::POST, "/api/v1/jobs", Role::Operator, Some(&job)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{job}");
    }
    let job = json!({ "kind": "probe", "plan": { "targets": [model] }, "max_usd": 1, "fail_if": ["broken"] });
    let schedule = json!({ "name": "n", "cron": "0 3 * * *", "job": job });
    let (status, problem) = served.json(&Method::POST, "/api/v1/schedules", Role::Operator, Some(&schedule)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_is_shown_without_what_is_secret() {
    let mut served = served().await;
    let path = served.folder.path().join("sightline.toml");
    std::fs::write(&path, "[[notification]]\nname = \"hook\"\nchannel = \"webhook\"\nurl = \"https://h.example/T0/s3cret\"\nsecret_env = \"NOT_SET\"\n").unwrap();
    served.app.refresh().await.unwrap();
    let (_, all) = served.json(&Method::GET, "/api/v1/notifications", Role::Operator, None).await;
    assert_eq!(all["items"][0]["place"], "h.example", "{all}");
    assert!(!all.to_string().contains("s3cret"));
    let (status, sent) = served.json(&Method::POST, "/api/v1/notifications/hook/test", Role::Admin, None).await;
    assert_eq!((status, &sent["status"], &sent["attempts"]), (StatusCode::OK, &json!("failed"), &json!(1)), "{sent}");
    assert!(sent["error"].as_str().unwrap().contains("`NOT_SET` is not set"), "{sent}");
    let (_, kept) =
        served.json(&Method::GET, "/api/v1/deliveries?status=failed&notification=hook", Role::Operator, None).await;
    assert_eq!(kept["items"][0]["id"], sent["id"]);
    let (_, none) = served.json(&Method::GET, "/api/v1/deliveries?status=waiting", Role::Operator, None).await;
    assert_eq!(none["items"], json!([]), "a test is not tried again");
    let (_, audit) = served.json(&Method::GET, "/api/v1/audit", Role::Admin, None).await;
    assert_eq!(audit["items"][0]["action"], "notification.test");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_said_to_be_old() {
    let mut served = served().await;
    let (_, overview) = served.json(&Method::GET, "/api/v1/overview", Role::Viewer, None).await;
    assert_eq!(overview["stale"], Value::Null, "{overview}");
    std::fs::write(served.folder.path().join("sightline.toml"), "[[mute]\n").unwrap();
    served.app.refresh().await.unwrap_err();
    let (status, overview) = served.json(&Method::GET, "/api/v1/overview", Role::Viewer, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(overview["stale"]["reason"].as_str().unwrap().contains("sightline.toml"), "{overview}");
    std::fs::write(served.folder.path().join("sightline.toml"), "# mended\n").unwrap();
    served.app.refresh().await.unwrap();
    let (_, overview) = served.json(&Method::GET, "/api/v1/overview", Role::Viewer, None).await;
    assert_eq!(overview["stale"], Value::Null);
}
