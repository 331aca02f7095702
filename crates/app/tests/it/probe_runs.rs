//! Runs of probes as a user makes them: gates, the list of runs, one run shown, two compared, one that goes on.

use crate::support::{Ended, assert_error, run, sightline};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;
use wiremock::matchers::{any, body_string_contains};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/prober</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

/// A model that tells its secret to whoever asks, unless a guardrail is on the call: that blocks every answer, and lets all questions pass.
async fn leaky() -> MockServer {
    let server = MockServer::start().await;
    let identity = ResponseTemplate::new(200).set_body_raw(IDENTITY, "text/xml");
    Mock::given(body_string_contains("GetCallerIdentity")).respond_with(identity).with_priority(1).mount(&server).await;
    let model = |request: &Request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if request.url.path().ends_with("/apply") {
            return ResponseTemplate::new(200)
                .set_body_json(json!({"action": "NONE", "outputs": [], "assessments": []}));
        }
        let guarded = body.get("guardrailConfig").is_some();
        let system = body["system"][0]["text"].as_str().unwrap_or_default();
        let (text, stop) = if guarded { ("Blocked.", "guardrail_intervened") } else { (system, "end_turn") };
        ResponseTemplate::new(200).set_body_json(json!({
            "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
            "stopReason": stop,
            "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
            "metrics": {"latencyMs": 1},
        }))
    };
    Mock::given(any()).respond_with(model).with_priority(9).mount(&server).await;
    server
}

/// A lake of its own, and a model that tells everything.
pub(crate) struct Bench {
    server: MockServer,
    pub(crate) folder: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self { server: leaky().await, folder: TempDir::new().unwrap() }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.sightline(&[&["probe"], arguments].concat())
    }

    pub(crate) fn sightline(&self, arguments: &[&str]) -> Ended {
        let mut command = sightline(&self.folder);
        command.env("AWS_ENDPOINT_URL", self.server.uri());
        command
            .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "x")
            .env("AWS_REGION", "us-east-1");
        run(command.args(arguments))
    }

    /// A run of the leaks of the first pack.
    pub(crate) fn leaks(&self, more: &[&str]) -> Ended {
        let mut arguments = vec!["run", "--model", "amazon.nova-micro-v1:0", "--pack", "prompt-injection-basics"];
        arguments.extend(["--family", "system-prompt-leak", "--max-usd", "5", "--yes", "--json"]);
        arguments.extend(more);
        self.run(&arguments)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_decide_how_a_run_ends() {
    let bench = Bench::new().await;
    let ended = bench.leaks(&["--trials", "1"]);
    assert_eq!(ended.code, Some(1), "an attack that worked is a finding: {}{}", ended.out, ended.err);
    let ended = bench.leaks(&["--trials", "1", "--fail-if", "broken.rate > 0.5", "--fail-if", "undecided.rate > 0.9"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    let gates: Vec<&str> = vec!["holds", "passes"];
    let said: Vec<Value> = ended.json()["gates"].as_array().unwrap().clone();
    assert_eq!(said.iter().map(|gate| gate["verdict"].as_str().unwrap()).collect::<Vec<_>>(), gates);
    let ended = bench.leaks(&["--trials", "1", "--fail-if", "undecided.rate > 0.9"]);
    assert_eq!(ended.code, Some(0), "gates that pass let it pass: {}", ended.out);
    let ended = bench.leaks(&["--trials", "1", "--without-twins", "--fail-if", "over_refusal.rate > 0.1"]);
    assert_eq!(ended.code, Some(3), "without twins nobody knows: {}", ended.out);
    let before = bench.server.received_requests().await.unwrap().len();
    let ended = bench.leaks(&["--fail-if", "family(\"leek\").broken.rate > 0.1"]);
    assert_error(&ended, "no family `leek` is planned");
    let calls = bench.server.received_requests().await.unwrap().len();
    assert!(calls <= before + 1, "nothing but who we are was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_listed_shown_and_compared() {
    let bench = Bench::new().await;
    let without = bench.leaks(&["--keep-text"]).json();
    let with = bench.leaks(&["--guardrail", "gr1"]).json();
    let [without, with] = [&without, &with].map(|run| run["run_id"].as_str().unwrap().to_owned());

    let listed = bench.run(&["runs", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .all(|run| run["status"] == "finished" && run["packs"][0]["sha256"].is_string())
    );

    let shown = bench.run(&["show", &without]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(shown.out.contains("WORST PROMPTS") && shown.out.contains("system-prompt"), "{}", shown.out);
    assert!(shown.out.contains('“'), "an excerpt of what was kept: {}", shown.out);
    assert_eq!(bench.run(&["show", &without, "--fail-if", "broken.rate > 0.5"]).code, Some(1));
    assert_error(&bench.run(&["show", "nope"]), "`sightline probe runs` lists them");

    let compared = bench.run(&["compare", &without, &with, "--json"]);
    let figures = compared.json();
    let family = &figures["families"][0];
    assert_eq!((family["family"].as_str(), family["only_after"].as_u64()), (Some("system-prompt-leak"), Some(0)));
    assert_eq!(family["pairs"], family["only_before"], "the guardrail stops each of them: {figures}");
    // Plain work is blocked as well; over a handful of twins chance could explain it.
    assert_eq!(compared.code, Some(0), "{figures}");
    let table = bench.run(&["compare", &without, &with]);
    assert!(table.out.contains("guardrail gr1:DRAFT") && table.out.contains("plain work refused"), "{}", table.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_is_asked_three_ways() {
    let bench = Bench::new().await;
    let ended = bench.leaks(&["--guardrail", "gr1:1", "--three-ways", "--trials", "1"]);
    let said = ended.json();
    let runs = said["runs"].as_array().unwrap();
    let broken: Vec<_> = runs.iter().map(|run| run["outcomes"]["broken"].as_u64().unwrap() > 0).collect();
    assert_eq!(broken, [true, false, true], "alone it lets questions pass: {said}");
    let ways = &said["three_ways"][0];
    assert_eq!((&ways["guarded"]["before"], &ways["guarded"]["after"]), (&runs[0]["run_id"], &runs[1]["run_id"]));
    assert_eq!(ways["guarded"]["attacks"]["only_after"], 0, "{ways}");
    assert_eq!(ways["alone"]["held_behind_it"], ways["alone"]["breaking"], "{ways}");
    assert_eq!(ended.code, Some(0), "what is in use holds: {}", ended.err);
    assert_error(&bench.leaks(&["--three-ways"]), "--guardrail");
    let mut shown = vec!["run", "--model", "amazon.nova-micro-v1:0", "--family", "system-prompt-leak", "--pack"];
    shown.extend(["prompt-injection-basics", "--trials", "1", "--max-usd", "5", "--yes", "--guardrail", "gr1:1"]);
    let table = bench.run(&[shown, vec!["--three-ways"]].concat());
    assert!(table.out.contains("Over-refusal: ") && table.out.contains("The guardrail alone"), "{}", table.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ended_early_goes_on() {
    let bench = Bench::new().await;
    let refused = bench.leaks(&["--max-requests", "2"]);
    assert_error(&refused, "max_requests");
    // The limits cover the plan, and the service stops answering on the way.
    let denies = std::sync::Arc::new(AtomicBool::new(true));
    let switch = denies.clone();
    let denied = ResponseTemplate::new(403)
        .insert_header("x-amzn-errortype", "AccessDeniedException")
        .set_body_json(json!({"message": "no"}));
    let gate = move |request: &Request| request.url.path().contains("/converse") && switch.load(Ordering::Relaxed);
    Mock::given(gate).respond_with(denied).with_priority(2).mount(&bench.server).await;
    let first = bench.leaks(&[]).json();
    assert!(first["stopped"].is_string() && first["attempted"].as_u64() < first["planned"].as_u64(), "{first}");
    denies.store(false, Ordering::Relaxed);
    let run_id = first["run_id"].as_str().unwrap();
    let ended = bench.run(&["run", "--resume", run_id, "--max-usd", "5", "--yes", "--json"]);
    let second = ended.json();
    assert_eq!(second["attempted"], second["planned"], "{second}{}", ended.err);
    assert_eq!(second["run_id"], first["run_id"]);
    assert_error(&bench.run(&["run", "--resume", run_id, "--max-usd", "5", "--yes"]), "every planned call was made");
}
