//! Probes over the API: planned without a call, refused without a budget, run within it, and taken up again after a kill.

use super::probe_targets::{AGENT, Estate, HAIKU, NOVA, SONNET, arn};
use super::serve::Server;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::path_regex;
use wiremock::{Mock, Request, ResponseTemplate};

/// Members of a plan that sends one prompt.
fn asked(more: Value) -> Value {
    let mut asked = json!({ "credentials": { "regions": ["us-east-1"] }, "packs": ["prompt-injection-basics"], "probes": ["leak-repeat-above"],
        "trials": 1, "without_twins": true });
    for (key, value) in more.as_object().unwrap() {
        asked[key] = value.clone();
    }
    asked
}

fn job(plan: &Value, max_usd: f64) -> Value {
    json!({ "kind": "probe", "plan": plan, "max_usd": max_usd })
}

/// The answer is what the document says, and has no member that the document does not know.
fn fits(server: &Server, schema: &str, answer: &Value) {
    let mut document = server.ask("GET", "/api/v1/openapi.json", None).1;
    for (name, shape) in document["components"]["schemas"].as_object_mut().unwrap() {
        if name.starts_with("Probe") && shape["properties"].is_object() {
            shape["additionalProperties"] = json!(false);
        }
    }
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}"), "components": document["components"] });
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(answer)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}: {answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_calls_no_model_and_no_job_begins_without_a_budget() {
    let estate = Estate::new(5).await;
    let server = Server::start(&estate.folder, &estate.server.uri());
    let both = asked(json!({ "targets": [arn(NOVA), arn(SONNET), AGENT] }));
    let (status, plan) = server.ask("POST", "/api/v1/probe-plans", Some(&both));
    assert_eq!(status, 200, "{plan}");
    fits(&server, "ProbePlans", &plan);
    assert_eq!((&plan["targets"][0]["target"], &plan["targets"][0]["runs"]), (&json!(arn(NOVA)), &json!(true)));
    assert_eq!((&plan["budget"]["requests"], &plan["targets"][0]["probes"][0]["trials"]), (&json!(1), &json!(1)));
    let why: Vec<&str> =
        plan["not_probed"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert!(why.iter().any(|why| why.contains("no agreement")), "{plan}");
    assert!(why.iter().any(|why| why.contains("`assume_price") && !why.contains("--")), "the fix is a member: {plan}");

    let one = asked(json!({ "targets": [arn(NOVA)] }));
    let needed = plan["budget"]["usd"].as_f64().unwrap();
    let told = |body: &Value| {
        let (status, problem) = server.ask("POST", "/api/v1/jobs", Some(body));
        assert_eq!(status, 422, "{problem}");
        problem["detail"].as_str().unwrap().to_owned()
    };
    let mut without = job(&one, 0.0);
    without.as_object_mut().unwrap().remove("max_usd");
    assert!(told(&without).contains("max_usd"));
    assert!(told(&job(&one, -1.0)).contains("`max_usd` is -1"));
    assert!(told(&job(&one, 0.0)).contains("max_usd"), "nothing is free");
    assert!(told(&job(&one, needed / 2.0)).contains(&format!("{needed}")[..6]), "it says what is needed");
    assert!(told(&job(&both, 5.0)).contains("no agreement"), "who is named and cannot be probed is not passed over");
    assert!(told(&job(&asked(json!({ "targets": [AGENT] })), 5.0)).contains("`assume_price"));
    assert!(
        told(&job(&asked(json!({ "all_bedrock": true })), 5.0)).contains("nothing is left to probe"),
        "nobody allowed it"
    );
    assert!(told(&job(&asked(json!({ "targets": ["http://127.0.0.1:1/v1"] })), 5.0)).contains("command line"));
    assert!(told(&job(&asked(json!({})), 5.0)).contains("no target is named"));
    assert!(
        told(&job(&asked(json!({ "targets": [arn(NOVA)], "token_env": "AWS_SECRET_ACCESS_KEY" })), 5.0))
            .contains("unknown field")
    );
    assert_eq!(estate.models_called().await, 0);

    let (status, made) = server.ask("POST", "/api/v1/jobs", Some(&job(&one, needed)));
    assert_eq!(status, 201, "what the plan says is enough: {made}");
    let ended = server.wait(made["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(
        (&ended["status"], &ended["result"]["runs"][0]["attempted"]),
        (&json!("succeeded"), &json!(1)),
        "{ended}"
    );
    assert_eq!(estate.models_called().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_runs_and_the_runs_are_as_the_document_says() {
    let estate = Estate::new(5).await;
    estate.configure(&format!("[probe]\nallow = [\"{}\", \"{}\"]\n", arn(NOVA), arn(HAIKU)));
    let server = Server::start(&estate.folder, &estate.server.uri());
    let work = job(&asked(json!({ "all_bedrock": true, "trials": 3 })), 5.0);
    let schedule = json!({ "name": "weekly", "cron": "0 3 * * 1", "job": work });
    assert_eq!(server.ask("POST", "/api/v1/schedules", Some(&schedule)).0, 201);
    let (status, made) = server.ask("POST", "/api/v1/jobs", Some(&work));
    assert_eq!(status, 201, "{made}");
    let ended = server.wait(made["id"].as_str().unwrap(), |job| job["status"] != "running");
    let runs = ended["result"]["runs"].as_array().unwrap_or_else(|| panic!("{ended}"));
    assert_eq!(
        (runs.len(), &ended["progress"]["done"], &ended["progress"]["total"]),
        (2, &json!(6), &json!(6)),
        "{ended}"
    );
    assert!(ended["result"]["not_probed"].as_array().unwrap().len() >= 3, "{ended}");

    let server = again(server, &estate);
    let (_, list) = server.ask("GET", "/api/v1/probe-runs", None);
    assert_eq!(list["total"], 2);
    list["items"].as_array().unwrap().iter().for_each(|run| fits(&server, "ProbeRun", run));
    let seeds: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|run| &run["seed"]).collect();
    assert_eq!(seeds[0], seeds[1], "targets are sent the same");
    let [first, second] = [0, 1].map(|at| runs[at]["run_id"].as_str().unwrap().to_owned());
    let (_, detail) = server.ask("GET", &format!("/api/v1/probe-runs/{first}"), None);
    fits(&server, "ProbeRunDetail", &detail);
    assert_eq!(
        (&detail["run"]["status"], detail["run"]["prompts"][0]["attempts"].as_array().map(Vec::len)),
        (&json!("finished"), Some(3))
    );
    let (_, compared) = server.ask("GET", &format!("/api/v1/probe-runs/compare?before={first}&after={second}"), None);
    fits(&server, "ProbeComparison", &compared);
    assert_eq!(
        (&compared["verdict"], &compared["before_run"]["run_id"]),
        (&json!("not_worse"), &json!(first)),
        "{compared}"
    );
    assert_eq!(server.ask("GET", "/api/v1/probe-runs/nothing", None).0, 404);
    let (_, packs) = server.ask("GET", "/api/v1/probe-packs", None);
    assert!(packs["items"].as_array().unwrap().iter().any(|pack| pack["id"] == "prompt-injection-basics"), "{packs}");
    let (_, audit) = server.ask("GET", "/api/v1/audit", None);
    assert!(
        audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["action"] == "job.create" && one["detail"]["kind"] == "probe"),
        "{audit}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_is_asked_three_ways() {
    let estate = Estate::new(5).await;
    let server = Server::start(&estate.folder, &estate.server.uri());
    let three = asked(json!({ "targets": [arn(NOVA)], "guardrail": "gr1:2", "three_ways": true }));
    let (_, plan) = server.ask("POST", "/api/v1/probe-plans", Some(&three));
    let told: Vec<(&Value, &Value)> =
        plan["targets"].as_array().unwrap().iter().map(|one| (&one["surface"], &one["guardrail"])).collect();
    let guarded = json!("gr1:2");
    assert_eq!(
        told,
        [(&json!("converse"), &Value::Null), (&json!("converse"), &guarded), (&json!("apply-guardrail"), &guarded)],
        "{plan}"
    );
    let (status, made) = server.ask("POST", "/api/v1/jobs", Some(&job(&three, 5.0)));
    assert_eq!(status, 201, "{made}");
    let ended = server.wait(made["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(ended["result"]["runs"].as_array().map(Vec::len), Some(3), "{ended}");
    assert!(ended["result"]["three_ways"][0]["guarded"]["attacks"].is_object(), "{ended}");
    let wrong = asked(json!({ "targets": [arn(NOVA)], "three_ways": true }));
    assert_eq!(server.ask("POST", "/api/v1/probe-plans", Some(&wrong)).0, 422);
}

/// The next server over the same lake. The edges of the estate have not all columns: a server that reads the map of it keeps the state that it has.
fn again(server: Server, estate: &Estate) -> Server {
    drop(server);
    Server::start(&estate.folder, &estate.server.uri())
}

/// A model that takes its time.
async fn slow(estate: &Estate) {
    let answer = |request: &Request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let told = json!({
            "output": {"message": {"role": "assistant", "content": [{"text": body["system"][0]["text"]}]}}, "stopReason": "end_turn",
            "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}, "metrics": {"latencyMs": 1},
        });
        ResponseTemplate::new(200).set_body_json(told).set_delay(Duration::from_millis(250))
    };
    Mock::given(path_regex("/converse$")).respond_with(answer).with_priority(5).mount(&estate.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_that_were_killed_go_on_with_the_same_runs() {
    let estate = Estate::new(5).await;
    slow(&estate).await;
    let mut server = Server::start(&estate.folder, &estate.server.uri());
    let plan = asked(json!({ "targets": [arn(NOVA), arn(HAIKU)], "trials": 20, "concurrency": 1 }));
    let (status, made) = server.ask("POST", "/api/v1/jobs", Some(&job(&plan, 5.0)));
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(server.ask("POST", "/api/v1/jobs", Some(&job(&plan, 5.0))).0, 409, "one at a time");
    server.wait(id, |job| job["progress"]["done"].as_u64() >= Some(3));
    server.child.kill().unwrap();
    server.child.wait().unwrap();

    let server = Server::start(&estate.folder, &estate.server.uri());
    let (_, before) = server.ask("GET", &format!("/api/v1/jobs/{id}"), None);
    let run = server.ask("GET", "/api/v1/probe-runs", None).1["items"][0].clone();
    assert_eq!(
        (&before["status"], &before["progress"]["runs"]),
        (&json!("interrupted"), &json!([run["run_id"]])),
        "{before}"
    );
    assert_eq!(run["status"], "interrupted");
    let (status, resumed) = server.ask("POST", &format!("/api/v1/jobs/{id}/resume"), None);
    assert_eq!(status, 201, "{resumed}");
    let ended = server.wait(resumed["id"].as_str().unwrap(), |job| job["status"] != "running");
    let runs = ended["result"]["runs"].as_array().unwrap_or_else(|| panic!("{ended}"));
    assert_eq!(runs[0]["run_id"], run["run_id"], "{ended}");
    assert_eq!(runs.iter().map(|run| run["attempted"].as_u64().unwrap()).collect::<Vec<_>>(), [20, 20], "{ended}");
    let server = again(server, &estate);
    let (_, list) = server.ask("GET", "/api/v1/probe-runs", None);
    assert!(
        list["items"].as_array().unwrap().iter().all(|one| one["seed"] == run["seed"] && one["status"] == "finished"),
        "{list}"
    );
    // What was under way when the server was killed may have been asked twice, and no more than that.
    let called = estate.models_called().await;
    assert!((40..=50).contains(&called), "{called}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_cancelled_keeps_what_it_has_and_goes_on() {
    let estate = Estate::new(5).await;
    slow(&estate).await;
    let server = Server::start(&estate.folder, &estate.server.uri());
    let plan = asked(json!({ "targets": [arn(NOVA)], "trials": 12, "concurrency": 1 }));
    let (_, made) = server.ask("POST", "/api/v1/jobs", Some(&job(&plan, 5.0)));
    let id = made["id"].as_str().unwrap();
    server.wait(id, |job| job["progress"]["done"].as_u64() >= Some(2));
    assert_eq!(server.ask("POST", &format!("/api/v1/jobs/{id}/cancel"), None).0, 200);
    let ended = server.wait(id, |job| job["status"] != "running");
    assert_eq!(
        (&ended["status"], &ended["result"]["runs"][0]["stopped"]),
        (&json!("cancelled"), &json!("cancelled")),
        "{ended}"
    );
    let (_, resumed) = server.ask("POST", &format!("/api/v1/jobs/{id}/resume"), None);
    let ended = server.wait(resumed["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(
        (&ended["status"], &ended["result"]["runs"][0]["attempted"]),
        (&json!("succeeded"), &json!(12)),
        "{ended}"
    );
    assert_eq!(estate.models_called().await, 12, "nothing was asked twice");
}
