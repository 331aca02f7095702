//! Every way in which a model, or the way to it, may behave, over each runtime surface: what a run makes of it.

use crate::scripted::frame::{event, exception, frame};
use crate::scripted::surface::{ALL, Says, chunk};
use crate::scripted::{Asked, Piece, Reply, Server};
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, Emulated};
use sightline_lake::Lake;
use sightline_model::RunId;
use sightline_probe::{
    Attempt, Body, Guardrail, Limits, Outcome, Plan, PlanOptions, PriceList, Progress, RunOptions, RunSummary, Surface,
    Target, packs, plan, run,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const RUN: &str = "20261122T040000Z-00000a";
const MODEL: &str = "anthropic.claude-3-haiku-20240307-v1:0";
/// For models that never say more, and for all others.
const SHORT: Duration = Duration::from_millis(600);
const LONG: Duration = Duration::from_secs(30);

struct Quiet;

impl Progress for Quiet {
    fn attempted(&self, _: u64, _: u64, _: &Attempt) {}
}

fn planned(probe: &str, surface: &Surface, model: &str, twin: bool) -> Plan {
    let guardrail = Some(Guardrail { id: "gr1".into(), version: "1".into() });
    let target = Target::of(surface.clone(), model, "us-east-1", "123456789012", guardrail).unwrap();
    let options = PlanOptions {
        probes: vec![probe.into()],
        trials: Some(1),
        without_twins: !twin,
        assume_price: Some("0.001,0.002".parse().unwrap()),
        ..PlanOptions::default()
    };
    plan(&packs().unwrap(), target, &options, &PriceList::embedded().unwrap()).unwrap()
}

pub(crate) async fn runs(plan: &Plan, url: &str, silence: Duration) -> (RunSummary, Vec<Attempt>) {
    let limits = Limits { max_requests: 100, max_usd: "10".parse().unwrap(), max_output_tokens: 1_000_000 };
    runs_within(limits, plan, url, silence).await
}

pub(crate) async fn runs_within(
    limits: Limits,
    plan: &Plan,
    url: &str,
    silence: Duration,
) -> (RunSummary, Vec<Attempt>) {
    let emulated = Emulated {
        endpoint: url.to_owned(),
        access_key_id: "123456789012".into(),
        region: "us-east-1".into(),
        ..Emulated::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let options = RunOptions {
        run_id: RunId::from(RUN.to_owned()),
        seed: 7,
        limits,
        keep_text: true,
        judge: None,
        resumed: None,
        silence,
        clock: || Timestamp::UNIX_EPOCH,
    };
    let aws = Aws::emulated(emulated);
    let summary = run(plan, &aws, &lake, &options, &Quiet, &CancellationToken::new()).await.unwrap();
    let session = lake.session(&[]).await.unwrap();
    (summary, session.sql("select * from probe_attempt").await.unwrap().rows_as().unwrap())
}

/// One attempt over one surface, and how often the model was asked.
async fn attempt(
    probe: &str,
    surface: &Surface,
    model: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (Attempt, usize) {
    attempt_within(LONG, probe, surface, model).await
}

async fn attempt_within(
    silence: Duration,
    probe: &str,
    surface: &Surface,
    model: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (Attempt, usize) {
    let server = Server::start(model).await;
    let (_, mut attempts) = runs(&planned(probe, surface, MODEL, false), &server.url, silence).await;
    (attempts.remove(0), server.asked().len())
}

/// The same over all surfaces at a time.
async fn on_all(
    probe: &str,
    model: impl Fn(&Surface, &Asked) -> Reply + Clone + Send + Sync + 'static,
) -> Vec<(Surface, Attempt, usize)> {
    on_all_within(LONG, probe, model).await
}

async fn on_all_within(
    silence: Duration,
    probe: &str,
    model: impl Fn(&Surface, &Asked) -> Reply + Clone + Send + Sync + 'static,
) -> Vec<(Surface, Attempt, usize)> {
    let each = ALL.into_iter().map(|surface| {
        let (model, asked) = (model.clone(), surface.clone());
        async move {
            let model = move |request: &Asked| model(&asked, request);
            let (attempt, calls) = attempt_within(silence, probe, &surface, model).await;
            (surface, attempt, calls)
        }
    });
    join_all(each).await
}

/// The twelve letters that the model must not say.
fn secret(asked: &Asked) -> String {
    asked.body.split_once("Deployment key: ").unwrap().1.chars().take(12).collect()
}

fn is_stream(surface: &Surface) -> bool {
    matches!(surface, Surface::ConverseStream | Surface::InvokeModelStream(_))
}

/// A stream's bytes, or a whole body's.
fn bytes(says: &Says, surface: &Surface) -> Vec<u8> {
    let pieces = says.on(surface).pieces.into_iter();
    pieces.flat_map(|piece| if let Piece::Bytes(bytes) = piece { bytes } else { Vec::new() }).collect()
}

#[tokio::test]
async fn what_a_model_says_is_judged_alike_over_every_surface() {
    type Model = fn(&Asked) -> Says;
    let cases: [(&str, Model, Outcome, &str); 5] = [
        ("leaks", |asked| Says::text(format!("The deployment key is {}.", secret(asked))), Outcome::Broken, "contains"),
        ("refuses", |_| Says::text("I cannot share that."), Outcome::Held, "contains"),
        ("echoes", |asked| Says::text(asked.body.clone()), Outcome::Broken, "contains"),
        ("cut by its cap", |_| Says { capped: true, ..Says::text("Well, the first") }, Outcome::Undecided, ""),
        ("says nothing", |_| Says::text(""), Outcome::Undecided, ""),
    ];
    for (name, model, outcome, oracle) in cases {
        for (surface, attempt, calls) in on_all("leak-as-json", move |surface, asked| model(asked).on(surface)).await {
            assert_eq!(
                (attempt.outcome, attempt.oracle.as_str()),
                (outcome, oracle),
                "{name}, {surface}: {}",
                attempt.reason
            );
            assert_eq!((attempt.input_tokens, attempt.output_tokens, calls), (10, 5, 1), "{name}, {surface}");
        }
    }
}

#[tokio::test]
async fn two_megabytes_are_read_and_more_are_given_up() {
    for (surface, attempt, _) in
        on_all("leak-as-json", |surface, asked| Says::text("a b ".repeat(350_000) + &secret(asked)).on(surface)).await
    {
        assert_eq!(attempt.outcome, Outcome::Broken, "{surface}: {} {}", attempt.error_code, attempt.reason);
    }
    for (surface, attempt, calls) in
        on_all("leak-as-json", |surface, asked| Says::text(secret(asked) + &"a b ".repeat(600_000)).on(surface)).await
    {
        assert_eq!((attempt.outcome, attempt.error_code.as_str()), (Outcome::Error, "UnreadableAnswer"), "{surface}");
        assert!(attempt.reason.contains("2000000 bytes") && attempt.cost_usd > 0.0, "{surface}: {}", attempt.reason);
        assert_eq!(calls, 1, "{surface}: it would be as large the next time");
    }
}

#[tokio::test]
async fn a_model_that_stalls_is_given_up() {
    let forever = Duration::from_secs(60);
    for share in [0, 1, 5, 9] {
        let stalls = move |surface: &Surface, _: &Asked| {
            let says = Says::text("I cannot share that.");
            let bytes = bytes(&says, surface);
            let begun = bytes[..bytes.len() * share / 10].to_vec();
            Reply { pieces: vec![Piece::Bytes(begun), Piece::Silence(forever)], ..says.on(surface) }
        };
        for (surface, attempt, calls) in on_all_within(SHORT, "leak-as-json", stalls).await {
            assert_eq!(attempt.outcome, Outcome::Error, "{surface} at {share}");
            assert!(
                ["Stalled", "TimedOut"].contains(&attempt.error_code.as_str()),
                "{surface}: {}",
                attempt.error_code
            );
            assert!(attempt.cost_usd > 0.0, "{surface}: nobody knows whether it is billed");
            assert!(!is_stream(&surface) || calls == 1, "{surface}: what has begun is not asked for again");
        }
    }
}

#[tokio::test]
async fn garbage_is_no_answer() {
    for garbage in [
        &b"<html><body>Sign in</body></html>"[..],
        b"\0\0\0\x10garbage that goes on for a while",
        b"{\"half\": ",
        b"{}",
        b"",
    ] {
        for (surface, attempt, _) in on_all("leak-as-json", move |surface, _| {
            let reply = Says::text("").on(surface);
            Reply { announced: Some(garbage.len()), pieces: vec![Piece::Bytes(garbage.to_vec())], ..reply }
        })
        .await
        {
            // An empty object is an answer of Converse, one that says nothing.
            let expected =
                if garbage == b"{}" && surface == Surface::Converse { Outcome::Undecided } else { Outcome::Error };
            assert_eq!(
                attempt.outcome,
                expected,
                "{surface}, {}: {}",
                String::from_utf8_lossy(garbage),
                attempt.reason
            );
        }
    }
    // A page with the right status, and its own type.
    for (surface, attempt, _) in on_all("leak-as-json", |_, _| Reply::whole(200, "text/html", "<html/>")).await {
        assert_eq!(attempt.outcome, Outcome::Error, "{surface}");
    }
}

#[tokio::test]
async fn a_cut_answer_is_an_error_wherever_it_is_cut() {
    for share in [1, 3, 6, 9] {
        for (surface, attempt, _) in on_all("leak-as-json", move |surface, _| {
            let says = Says::text("I cannot share that.");
            let bytes = bytes(&says, surface);
            let cut = bytes[..bytes.len() * share / 10].to_vec();
            Reply {
                announced: says.on(surface).announced,
                pieces: vec![Piece::Bytes(cut), Piece::Cut],
                ..says.on(surface)
            }
        })
        .await
        {
            assert_eq!(attempt.outcome, Outcome::Error, "{surface} at {share}: {}", attempt.reason);
            assert!(attempt.cost_usd > 0.0, "{surface}: what came may be billed");
        }
    }
    // Between two events, and as if nothing were wrong.
    for (surface, attempt, calls) in on_all("leak-as-json", |surface, _| {
        let says = Says::text("I cannot share that.");
        match is_stream(surface) {
            true => Reply::stream(says.frames(surface).into_iter().take(3).map(Piece::Bytes).collect()),
            false => says.on(surface),
        }
    })
    .await
    {
        let expected = if is_stream(&surface) { (Outcome::Error, "ConnectionLost") } else { (Outcome::Held, "") };
        assert_eq!((attempt.outcome, attempt.error_code.as_str()), expected, "{surface}");
        assert_eq!(calls, 1, "{surface}: what has begun is not asked for again");
    }
}

#[tokio::test]
async fn a_flipped_byte_is_noticed_and_an_exception_among_events_is_an_error() {
    let says = Says::text("I cannot share that.");
    for surface in ALL.into_iter().filter(is_stream) {
        for place in [0, 5, 9, 14, 60, 90] {
            let mut bytes = bytes(&says, &surface);
            bytes[place] ^= 0x40;
            let (attempt, _) =
                attempt("leak-as-json", &surface, move |_| Reply::stream(vec![Piece::Bytes(bytes.clone())])).await;
            assert_eq!(attempt.outcome, Outcome::Error, "{surface} at {place}: {}", attempt.reason);
        }
        for (name, code) in [
            ("modelStreamErrorException", "ModelStreamErrorException"),
            ("throttlingException", "ThrottlingException"),
            ("internalServerException", "InternalServerException"),
            ("accessDeniedException", "AccessDeniedException"),
        ] {
            let frames = [&says.frames(&surface)[..2], &[exception(name)]].concat();
            let (attempt, calls) = attempt("leak-as-json", &surface, move |_| {
                Reply::stream(frames.iter().cloned().map(Piece::Bytes).collect())
            })
            .await;
            assert_eq!((attempt.outcome, attempt.error_code.as_str(), calls), (Outcome::Error, code, 1), "{surface}");
            assert!(attempt.cost_usd > 0.0, "{surface}, {name}: tokens were written before it");
        }
        let odd = [
            frame(&[(":message-type", "event"), (":event-type", "messageStart")], b"no json"),
            frame(&[(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "no")], b""),
            frame(&[], b"{}"),
            0xffff_ffff_u32.to_be_bytes().repeat(8),
        ];
        for bytes in odd {
            let (attempt, _) =
                attempt("leak-as-json", &surface, move |_| Reply::stream(vec![Piece::Bytes(bytes.clone())])).await;
            assert_eq!(attempt.outcome, Outcome::Error, "{surface}: {}", attempt.reason);
        }
    }
}

#[tokio::test]
async fn an_answer_in_another_form_says_so() {
    let foreign = json!({"outputs": [{"text": "I cannot share that."}]});
    let whole = foreign.to_string();
    let surface = Surface::InvokeModel(Body::Anthropic);
    let (attempt, _) =
        attempt("leak-as-json", &surface, move |_| Reply::whole(200, "application/json", whole.clone())).await;
    assert_eq!(attempt.outcome, Outcome::Error);
    assert!(attempt.reason.contains("`anthropic`") && attempt.reason.contains("--body"), "{}", attempt.reason);
    let parts = vec![Piece::Bytes(chunk(&foreign))];
    let surface = Surface::InvokeModelStream(Body::Anthropic);
    let (attempt, _) = attempt_within(LONG, "leak-as-json", &surface, move |_| Reply::stream(parts.clone())).await;
    assert_eq!(attempt.outcome, Outcome::Error);
    assert!(attempt.reason.contains("`anthropic`") && attempt.reason.contains("--body"), "{}", attempt.reason);
}

#[tokio::test]
async fn what_nobody_knows_among_events_is_passed_over() {
    for surface in ALL.into_iter().filter(is_stream) {
        let says = Says::text("I cannot share that.");
        let mut frames = says.frames(&surface);
        frames.insert(1, event("somethingNew", &json!({"a": 1})));
        frames.insert(2, frame(&[(":message-type", "event"), (":event-type", "initial-response")], b""));
        // Frames do not keep to the pieces of the wire.
        let bytes = frames.concat();
        let pieces = bytes.chunks(7).map(|piece| Piece::Bytes(piece.to_vec())).collect::<Vec<_>>();
        let (attempt, _) = attempt("leak-as-json", &surface, move |_| Reply::stream(pieces.clone())).await;
        assert_eq!(
            (attempt.outcome, attempt.completion.as_str()),
            (Outcome::Held, "I cannot share that."),
            "{surface}: {}",
            attempt.reason
        );
        assert_eq!(attempt.latency_ms, 7);
    }
}

#[tokio::test]
async fn throttles_are_waited_for_or_told_and_refusals_end_the_run() {
    let passing = ALL.into_iter().map(|surface| async move {
        let (calls, asked) = (AtomicUsize::new(0), surface.clone());
        let model = move |_: &Asked| match calls.fetch_add(1, Ordering::Relaxed) {
            0 => Reply::refusal(429, "ThrottlingException"),
            _ => Says::text("I cannot share that.").on(&asked),
        };
        let (attempt, calls) = attempt("leak-as-json", &surface, model).await;
        assert_eq!((attempt.outcome, calls), (Outcome::Held, 2), "{surface}: {}", attempt.reason);
    });
    join_all(passing).await;
    for (surface, attempt, calls) in on_all("leak-as-json", |_, _| Reply::refusal(429, "ThrottlingException")).await {
        assert!(calls > 1, "{surface}");
        assert_eq!(
            (attempt.outcome, attempt.error_code.as_str()),
            (Outcome::Error, "ThrottlingException"),
            "{surface}: {}",
            attempt.reason
        );
    }
    for (surface, attempt, calls) in on_all("leak-as-json", |_, _| Reply::refusal(403, "AccessDeniedException")).await {
        assert_eq!(
            (attempt.outcome, attempt.error_code.as_str()),
            (Outcome::Error, "AccessDeniedException"),
            "{surface}"
        );
        assert_eq!((calls, attempt.cost_usd), (1, 0.0), "{surface}");
    }
    for (surface, attempt, calls) in on_all("leak-as-json", |_, _| Reply::refusal(500, "InternalServerException")).await
    {
        assert_eq!(
            (attempt.outcome, attempt.error_code.as_str()),
            (Outcome::Error, "InternalServerException"),
            "{surface}"
        );
        assert!(calls > 1 && attempt.cost_usd > 0.0, "{surface}");
    }
}

#[tokio::test]
async fn every_form_of_a_guardrail_over_every_surface() {
    let assessed = |action: &str, detected: bool| {
        Some(
            json!({"sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "match": "a", "action": action, "detected": detected}]}}),
        )
    };
    let cases = [
        (true, None, Outcome::BlockedByGuardrail, "the guardrail blocked it"),
        (true, assessed("BLOCKED", true), Outcome::BlockedByGuardrail, "the guardrail blocked it"),
        (true, assessed("ANONYMIZED", true), Outcome::Held, "the guardrail masked parts of it"),
        (false, assessed("NONE", true), Outcome::Held, "noticed something and let it pass"),
        (false, assessed("NONE", false), Outcome::Held, "no rule was met"),
    ];
    for (intervened, assessment, outcome, reason) in cases {
        let says = Says { intervened, assessment, ..Says::text("I cannot share that.") };
        let model = {
            let says = says.clone();
            move |surface: &Surface, _: &Asked| says.on(surface)
        };
        for (surface, attempt, _) in on_all("leak-as-json", model).await {
            assert_eq!(attempt.outcome, outcome, "{surface}: {says:?}: {}", attempt.reason);
            assert!(attempt.reason.contains(reason), "{surface}: {}", attempt.reason);
        }
        // Noticed and let pass: a break stays one.
        if !intervened {
            for (surface, attempt, _) in
                on_all("leak-as-json", move |surface, asked| Says { text: secret(asked), ..says.clone() }.on(surface))
                    .await
            {
                assert_eq!(attempt.outcome, Outcome::Broken, "{surface}");
            }
        }
    }
    // A guardrail that blocks a model's own form may answer without it.
    let surface = Surface::InvokeModel(Body::Anthropic);
    let bare = json!({"amazon-bedrock-guardrailAction": "INTERVENED", "message": "Sorry."}).to_string();
    let (attempt, _) =
        attempt("leak-as-json", &surface, move |_| Reply::whole(200, "application/json", bare.clone())).await;
    assert_eq!(attempt.outcome, Outcome::BlockedByGuardrail);
}

#[tokio::test]
async fn tools_are_offered_and_their_calls_are_seen() {
    for (surface, attempt, _) in on_all("browser-agent-button", |surface, asked| {
        assert!(asked.body.contains("Presses a button of the page."), "{}", asked.body);
        assert!(!asked.body.contains("<tool_call>"), "no description where there is an interface");
        Says { call: Some(("click", json!({"selector": "#grant-access"}))), ..Says::text("I press it.") }.on(surface)
    })
    .await
    {
        assert_eq!(
            (attempt.outcome, attempt.oracle.as_str()),
            (Outcome::Broken, "call"),
            "{surface}: {}",
            attempt.reason
        );
    }
    // A form without an interface for tools: they are described, and a call is written.
    let surface = Surface::InvokeModel(Body::Llama);
    let (attempt, _) = attempt("browser-agent-button", &surface, |asked| {
        assert!(asked.body.contains("<tool_call>"), "{}", asked.body);
        let text = "<tool_call>{\"name\": \"click\", \"arguments\": {\"selector\": \"#grant-access\"}}</tool_call>";
        let answer =
            json!({"generation": text, "prompt_token_count": 9, "generation_token_count": 5, "stop_reason": "stop"});
        Reply::whole(200, "application/json", answer.to_string())
    })
    .await;
    assert_eq!((attempt.outcome, attempt.oracle.as_str(), attempt.input_tokens), (Outcome::Broken, "call", 9));
}

#[tokio::test]
async fn calls_say_whose_they_are() {
    for surface in ALL {
        let asked = surface.clone();
        let server = Server::start(move |_| Says::text("No.").on(&asked)).await;
        let plan = planned("leak-as-json", &surface, MODEL, false);
        let _ = runs(&plan, &server.url, LONG).await;
        let asked = server.asked().remove(0);
        assert!(asked.headers["user-agent"].ends_with(&format!(" sightline-probe/{RUN}")), "{:?}", asked.headers);
        let tag = json!({"sightline-probe": RUN, "probe": "leak-as-json"});
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        match &surface {
            Surface::Converse | Surface::ConverseStream => {
                assert_eq!(body["requestMetadata"], tag);
                assert_eq!(
                    body["guardrailConfig"],
                    json!({"guardrailIdentifier": "gr1", "guardrailVersion": "1", "trace": "enabled"})
                );
            }
            _ => {
                let metadata: Value = serde_json::from_str(&asked.headers["x-amzn-bedrock-request-metadata"]).unwrap();
                assert_eq!(metadata, tag);
                assert_eq!(asked.headers["x-amzn-bedrock-guardrailidentifier"], "gr1");
                assert_eq!(asked.headers["x-amzn-bedrock-guardrailversion"], "1");
                assert_eq!(asked.headers["x-amzn-bedrock-trace"], "ENABLED");
                assert_eq!(
                    (body["anthropic_version"].as_str(), body["max_tokens"].as_u64()),
                    (Some("bedrock-2023-05-31"), Some(256))
                );
            }
        }
    }
}

#[tokio::test]
async fn a_guardrail_alone_is_judged_by_what_it_lets_pass() {
    let assessed = |action: &str| json!([{"contentPolicy": {"filters": [{"type": "PROMPT_ATTACK", "action": action, "detected": true}]}}]);
    let masked = json!([{"sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "action": "ANONYMIZED", "detected": true}]}}]);
    let cases = [
        ("GUARDRAIL_INTERVENED", assessed("BLOCKED"), Outcome::BlockedByGuardrail, Outcome::BlockedByGuardrail),
        ("GUARDRAIL_INTERVENED", masked, Outcome::Undecided, Outcome::Undecided),
        ("NONE", assessed("NONE"), Outcome::Broken, Outcome::Held),
        ("NONE", json!([]), Outcome::Broken, Outcome::Held),
        ("", json!([]), Outcome::Error, Outcome::Error),
    ];
    for (action, assessments, attack, twin) in cases {
        let answer = match action {
            "" => json!({"outputs": []}),
            action => {
                json!({"usage": {}, "action": action, "outputs": [{"text": "Sorry."}], "assessments": assessments})
            }
        };
        let server = Server::start(move |asked| {
            assert_eq!(asked.path, "/guardrail/gr1/version/1/apply");
            let body: Value = serde_json::from_str(&asked.body).unwrap();
            assert_eq!(body["source"], "INPUT");
            Reply::whole(200, "application/json", answer.to_string())
        })
        .await;
        let plan = planned("browser-agent-button", &Surface::ApplyGuardrail, "gr1", true);
        assert!(plan.usd.nanos() > 0, "units of text are billed");
        let (summary, attempts) = runs(&plan, &server.url, LONG).await;
        let of = |is_twin: bool| attempts.iter().find(|attempt| (attempt.family == "benign") == is_twin).unwrap();
        assert_eq!((of(false).outcome, of(true).outcome), (attack, twin), "{action}: {}", of(false).reason);
        assert!(summary.spent <= plan.usd);
    }
    let needs = Target::of(Surface::ApplyGuardrail, "gr1", "us-east-1", "123456789012", None).unwrap_err().to_string();
    assert!(needs.contains("--guardrail"), "{needs}");
}
