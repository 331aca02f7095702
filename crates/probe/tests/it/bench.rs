//! A model that answers as the test says, and what a run wrote of it.

use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, Emulated};
use sightline_lake::Lake;
use sightline_model::RunId;
use sightline_probe::{
    Attempt, Guardrail, Limits, LlmJudge, Pack, Plan, PlanOptions, PriceList, Progress, Resumed, RunOptions,
    RunSummary, Target, packs, plan, run,
};
use std::sync::Mutex;
use tokio_util::sync::CancellationToken;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const MODEL: &str = "amazon.nova-micro-v1:0";

pub(crate) struct Bench {
    pub(crate) server: MockServer,
    pub(crate) lake: Lake,
    pub(crate) cancel: CancellationToken,
    pub(crate) judge: Option<LlmJudge>,
    _folder: tempfile::TempDir,
}

/// What the model is asked, as one text.
pub(crate) fn asked(request: &Request) -> String {
    String::from_utf8_lossy(&request.body).into_owned()
}

/// An answer of Converse.
pub(crate) fn says(text: &str) -> ResponseTemplate {
    answer(json!([{"text": text}]), "end_turn", (10, 5), Value::Null)
}

pub(crate) fn answer(content: Value, stop: &str, tokens: (u64, u64), guardrail: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop,
        "usage": {"inputTokens": tokens.0, "outputTokens": tokens.1, "totalTokens": tokens.0 + tokens.1},
        "metrics": {"latencyMs": 7},
        "trace": {"guardrail": guardrail},
    }))
}

pub(crate) fn refuses(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("x-amzn-errortype", code).set_body_json(json!({"message": "no"}))
}

struct Quiet(Mutex<Vec<Attempt>>);

impl Progress for Quiet {
    fn attempted(&self, _: u64, _: u64, attempt: &Attempt) {
        self.0.lock().unwrap().push(attempt.clone());
    }
}

impl Bench {
    pub(crate) async fn new(model: impl Respond + 'static) -> Self {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(model).mount(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::create(folder.path()).await.unwrap();
        Self { server, lake, cancel: CancellationToken::new(), judge: None, _folder: folder }
    }

    pub(crate) async fn run(&self, plan: &Plan, limits: Limits, keep_text: bool) -> (RunSummary, Vec<Attempt>) {
        self.run_from(plan, limits, keep_text, None).await
    }

    pub(crate) async fn go_on(&self, plan: &Plan, limits: Limits, resumed: Resumed) -> (RunSummary, Vec<Attempt>) {
        self.run_from(plan, limits, false, Some(resumed)).await
    }

    async fn run_from(
        &self,
        plan: &Plan,
        limits: Limits,
        keep_text: bool,
        resumed: Option<Resumed>,
    ) -> (RunSummary, Vec<Attempt>) {
        let goes_on = resumed.is_some();
        let emulated = Emulated {
            endpoint: self.server.uri(),
            access_key_id: "123456789012".into(),
            region: "us-east-1".into(),
            ..Emulated::default()
        };
        let options = RunOptions {
            run_id: RunId::from("20261122T040000Z-00000a".to_owned()),
            seed: 7,
            limits,
            keep_text,
            judge: self.judge.clone(),
            resumed,
            silence: std::time::Duration::from_secs(60),
            clock: || Timestamp::UNIX_EPOCH,
        };
        let heard = Quiet(Mutex::default());
        let summary = run(plan, &Aws::emulated(emulated), &self.lake, &options, &heard, &self.cancel).await.unwrap();
        let session = self.lake.session(&[]).await.unwrap();
        let mut kept: Vec<Attempt> = session.sql("select * from probe_attempt").await.unwrap().rows_as().unwrap();
        let mut heard = heard.0.into_inner().unwrap();
        for list in [&mut kept, &mut heard] {
            list.sort_by(|a, b| (&a.probe_id, a.trial).cmp(&(&b.probe_id, b.trial)));
        }
        if !goes_on {
            assert_eq!(kept, heard, "the lake has what was attempted");
        }
        (summary, kept)
    }
}

pub(crate) fn target(guardrail: bool) -> Target {
    let guardrail = guardrail.then(|| Guardrail { id: "gr1".into(), version: "DRAFT".into() });
    Target::new(MODEL, "us-east-1", "123456789012", guardrail).unwrap()
}

/// A plan of one probe, once, without its twin.
pub(crate) fn plan_of(probe: &str, guardrail: bool) -> Plan {
    let options =
        PlanOptions { probes: vec![probe.into()], trials: Some(1), without_twins: true, ..PlanOptions::default() };
    plan(&packs().unwrap(), target(guardrail), &options, &PriceList::embedded().unwrap()).unwrap()
}

pub(crate) fn plan_all(options: &PlanOptions) -> Plan {
    plan(&basics(), target(false), options, &PriceList::embedded().unwrap()).unwrap()
}

/// The smallest pack: enough to see how a run goes.
pub(crate) fn basics() -> Vec<Pack> {
    packs().unwrap().into_iter().filter(|pack| pack.about.id == "prompt-injection-basics").collect()
}

/// Limits that stand in no one's way.
pub(crate) fn wide() -> Limits {
    Limits { max_requests: 1_000, max_usd: "10".parse().unwrap(), max_output_tokens: 1_000_000 }
}

/// What a plan asks for, and no more.
pub(crate) fn exact(plan: &Plan) -> Limits {
    Limits { max_requests: plan.requests, max_usd: plan.usd, max_output_tokens: plan.output_tokens }
}
