//! What is no model of Amazon Bedrock's runtime: agents, knowledge bases, flows, endpoints of SageMaker, servers that speak as OpenAI does.
//! Each leaks, refuses, and fails in its own way.

use crate::scripted::frame::{event, exception};
use crate::scripted::{Asked, Piece, Reply, Server};
use crate::surfaces::runs;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sightline_probe::{
    Attempt, Dialect, Form, Guardrail, Outcome, Plan, PlanOptions, PriceList, Surface, Target, Template, Token, packs,
    plan,
};

/// Broken by whoever tells what it was told first.
const PROBE: &str = "leak-as-json";
const REFUSAL: &str = "I'm sorry, but I can't share that.";
/// Nobody is silent here on purpose.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0";

fn bedrock(rest: &str) -> String {
    format!("arn:aws:bedrock:us-east-1:123456789012:{rest}")
}

fn planned(target: Target) -> Plan {
    let options = PlanOptions {
        probes: vec![PROBE.into()],
        trials: Some(1),
        without_twins: true,
        assume_price: Some("0.001,0.002".parse().unwrap()),
        ..PlanOptions::default()
    };
    plan(&packs().unwrap(), target, &options, &PriceList::embedded().unwrap()).unwrap()
}

fn target(surface: Surface, name: &str) -> Target {
    Target::of(surface, name, "us-east-1", "123456789012", None).unwrap()
}

async fn asked(target: Target, model: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Attempt, Vec<Asked>) {
    let server = Server::start(model).await;
    let (_, mut attempts) = runs(&planned(target), &server.url, PATIENCE).await;
    (attempts.remove(0), server.asked())
}

fn json_reply(value: &Value) -> Reply {
    Reply::whole(200, "application/json", value.to_string())
}

/// One that tells all it was told, and one that refuses.
async fn leaks_and_refuses(
    target: Target,
    reply: impl Fn(&str) -> Reply + Send + Sync + Clone + 'static,
) -> Vec<Asked> {
    let leaky = reply.clone();
    let (broken, heard) = asked(target.clone(), move |asked| leaky(&asked.body)).await;
    assert_eq!(broken.outcome, Outcome::Broken, "{}: {} {}", broken.target, broken.reason, broken.error_code);
    let (held, _) = asked(target, move |_| reply(REFUSAL)).await;
    assert_eq!(held.outcome, Outcome::Held, "{}: {} {}", held.target, held.reason, held.error_code);
    heard
}

fn events(frames: impl IntoIterator<Item = Vec<u8>>) -> Reply {
    Reply::stream(frames.into_iter().map(Piece::Bytes).collect())
}

fn says(text: &str) -> Vec<u8> {
    event("chunk", &json!({"bytes": STANDARD.encode(text)}))
}

#[tokio::test]
async fn agents() {
    let agent = || target(Surface::Agent, &bedrock("agent-alias/AG/AL"));
    let usage = json!({"trace": {"orchestrationTrace": {"modelInvocationOutput": {"metadata": {"usage": {"inputTokens": 40, "outputTokens": 9}}}}}});
    let reply = move |text: &str| events([event("trace", &usage), says(text)]);
    let heard = leaks_and_refuses(agent(), reply).await;
    assert!(heard[0].path.starts_with("/agents/AG/agentAliases/AL/sessions/"), "{}", heard[0].path);
    assert!(heard[0].headers["user-agent"].contains("sightline-probe/"), "{:?}", heard[0].headers);
    let body: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(
        (&body["enableTrace"], &body["sessionState"]["sessionAttributes"]["probe"]),
        (&json!(true), &json!(PROBE))
    );

    let (counted, _) = asked(agent(), |_| events([
        event("trace", &json!({"trace": {"orchestrationTrace": {"modelInvocationOutput": {"metadata": {"usage": {"inputTokens": 40, "outputTokens": 9}}}}}})),
        says(REFUSAL),
    ])).await;
    assert_eq!((counted.input_tokens, counted.output_tokens), (40, 9));
    let (blocked, _) = asked(agent(), |_| events([
        event("trace", &json!({"trace": {"guardrailTrace": {"action": "INTERVENED", "inputAssessments": [{"topicPolicy": {"topics": [{"action": "BLOCKED"}]}}]}}})),
        says("Sorry."),
    ])).await;
    assert_eq!(blocked.outcome, Outcome::BlockedByGuardrail);
    for (frames, code) in [
        (vec![exception("throttlingException")], "throttlingException"),
        (vec![says("half an ans"), exception("dependencyFailedException")], "dependencyFailedException"),
        (vec![says("half an ans")[..20].to_vec()], ""),
    ] {
        let (failed, _) = asked(agent(), move |_| events(frames.clone())).await;
        assert_eq!(failed.outcome, Outcome::Error, "{code}: {}", failed.reason);
        assert!(failed.error_code.eq_ignore_ascii_case(code) || code.is_empty(), "{code}: {}", failed.error_code);
    }
}

#[tokio::test]
async fn knowledge_bases() {
    let guardrail = Some(Guardrail { id: "gr1".into(), version: "1".into() });
    let surface = Surface::KnowledgeBase(MODEL.into());
    let base = Target::of(surface, &bedrock("knowledge-base/KB"), "us-east-1", "123456789012", guardrail).unwrap();
    let reply =
        |text: &str| json_reply(&json!({"output": {"text": text}, "guardrailAction": "NONE", "sessionId": "s"}));
    let heard = leaks_and_refuses(base.clone(), reply).await;
    assert_eq!(heard[0].path, "/retrieveAndGenerate");
    let body: Value = serde_json::from_str(&heard[0].body).unwrap();
    let of = &body["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"];
    assert_eq!((&of["knowledgeBaseId"], &of["modelArn"]), (&json!("KB"), &json!(MODEL)));
    assert_eq!(
        of["generationConfiguration"]["guardrailConfiguration"],
        json!({"guardrailId": "gr1", "guardrailVersion": "1"})
    );
    let template = of["generationConfiguration"]["promptTemplate"]["textPromptTemplate"].as_str().unwrap();
    assert!(template.contains("$search_results$"), "{template}");

    let blocked = json!({"output": {"text": "Sorry."}, "guardrailAction": "INTERVENED"});
    let (blocked, _) = asked(base.clone(), move |_| json_reply(&blocked)).await;
    assert_eq!(blocked.outcome, Outcome::BlockedByGuardrail);
    let (failed, _) = asked(base, |_| Reply::refusal(403, "AccessDeniedException")).await;
    assert_eq!((failed.outcome, failed.error_code.as_str()), (Outcome::Error, "AccessDeniedException"));
}

#[tokio::test]
async fn flows() {
    let flow = || target(Surface::Flow, &bedrock("flow/FL/alias/AL"));
    let output = |text: &str| event("flowOutputEvent", &json!({"nodeName": "out", "content": {"document": text}}));
    let done = |reason: &str| event("flowCompletionEvent", &json!({"completionReason": reason}));
    let heard = leaks_and_refuses(flow(), move |text| events([output(text), done("SUCCESS")])).await;
    assert_eq!(heard[0].path, "/flows/FL/aliases/AL");
    let (cut, _) = asked(flow(), move |_| events([output(REFUSAL)])).await;
    assert_eq!(cut.outcome, Outcome::Error, "an answer without its last event is none: {}", cut.reason);
    let (failed, _) = asked(flow(), move |_| events([output("x"), exception("dependencyFailedException")])).await;
    assert_eq!(failed.outcome, Outcome::Error);
}

fn template() -> Form {
    Form::Template(Template {
        request: "{\"question\": {{ text | tojson }}, \"longest\": {{ max_tokens }}}".into(),
        content_type: "application/json".into(),
        answer: "/result/*/words".into(),
        stop: "/why".into(),
    })
}

#[tokio::test]
async fn endpoints_of_each_form() {
    let endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat";
    let of = |form: Form| target(Surface::SageMaker(Dialect::new(form)), endpoint);
    let generation =
        |text: &str| json_reply(&json!([{"generated_text": text, "details": {"finish_reason": "eos_token"}}]));
    let heard = leaks_and_refuses(of(Form::TextGeneration), generation).await;
    assert_eq!(heard[0].path, "/endpoints/chat/invocations");
    let body: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert!(body["inputs"].is_string() && body["parameters"]["max_new_tokens"].is_u64(), "{body}");
    assert!(heard[0].headers["x-amzn-sagemaker-inference-id"].starts_with("sightline-probe/"));

    let chat = |text: &str| json_reply(&json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}));
    let heard = leaks_and_refuses(of(Form::Chat), chat).await;
    let body: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(body["messages"][0]["role"], "system");

    let lines =
        |text: &str| Reply::whole(200, "application/jsonlines", format!("{}\n", json!({"generated_text": text})));
    let heard = leaks_and_refuses(of(Form::JsonLines), lines).await;
    assert_eq!(heard[0].headers["content-type"], "application/jsonlines");

    let placed = |text: &str| json_reply(&json!({"result": [{"words": text}], "why": "done"}));
    let heard = leaks_and_refuses(of(template()), placed).await;
    assert!(serde_json::from_str::<Value>(&heard[0].body).unwrap()["longest"].is_u64());
}

#[tokio::test]
async fn a_component_is_asked_behind_its_endpoint_and_failures_are_errors() {
    let dialect = Dialect::new(Form::TextGeneration).behind("arn:aws:sagemaker:us-east-1:123456789012:endpoint/shared");
    let component = || {
        target(Surface::SageMaker(dialect.clone()), "arn:aws:sagemaker:us-east-1:123456789012:inference-component/one")
    };
    let generation = |text: &str| json_reply(&json!({"generated_text": text, "details": {"finish_reason": "length"}}));
    let (cut, heard) = asked(component(), move |_| generation(REFUSAL)).await;
    assert_eq!(cut.outcome, Outcome::Undecided, "an answer that ran into its cap shows nothing: {}", cut.reason);
    assert_eq!(heard[0].path, "/endpoints/shared/invocations");
    assert_eq!(heard[0].headers["x-amzn-sagemaker-inference-component"], "one");
    for reply in [
        Reply::refusal(424, "ModelError"),
        json_reply(&json!({"error": "out of memory"})),
        Reply::whole(200, "text/html", "<html>"),
        Reply::whole(200, "application/json", vec![b' '; 3 << 20]),
    ] {
        let (failed, _) = asked(component(), move |_| reply.clone()).await;
        assert_eq!(failed.outcome, Outcome::Error, "{}", failed.reason);
    }
}

/// A server whose address is only known once it runs.
async fn served(
    token: Option<Token>,
    model: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (Attempt, Vec<Asked>) {
    let server = Server::start(model).await;
    let target = target(Surface::OpenAi("llama".into()), &format!("{}/v1", server.url)).with_token(token);
    let (_, mut attempts) = runs(&planned(target), &server.url, PATIENCE).await;
    (attempts.remove(0), server.asked())
}

#[tokio::test]
async fn servers_inside_the_network() {
    let chat = |text: &str| {
        json_reply(
            &json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 30, "completion_tokens": 7}}),
        )
    };
    let secret = "s3cr3t-token";
    let (broken, heard) = served(Some(Token::new(secret.into())), move |asked| chat(&asked.body)).await;
    assert_eq!(
        (broken.outcome, broken.input_tokens, broken.output_tokens),
        (Outcome::Broken, 30, 7),
        "{}",
        broken.reason
    );
    assert_eq!(
        (heard[0].path.as_str(), heard[0].headers["authorization"].as_str()),
        ("/v1/chat/completions", "Bearer s3cr3t-token")
    );
    assert!(heard[0].headers["user-agent"].starts_with("sightline-probe/"));
    assert!(!serde_json::to_string(&broken).unwrap().contains(secret), "the token is kept nowhere");
    let (held, heard) = served(None, move |_| chat(REFUSAL)).await;
    assert_eq!(held.outcome, Outcome::Held, "{}", held.reason);
    assert!(!heard[0].headers.contains_key("authorization"));

    let redirect = || Reply {
        headers: vec![("location", "http://127.0.0.1:1/".to_owned())],
        ..Reply::whole(307, "text/plain", "")
    };
    for (reply, code) in [
        (Reply::whole(401, "application/json", r#"{"error":{"message":"no key"}}"#), "Denied"),
        (Reply::whole(500, "text/plain", "oops"), "ServerError"),
        (Reply::whole(200, "text/html", "<html>"), "UnreadableAnswer"),
        (Reply::whole(200, "application/json", vec![b' '; 3 << 20]), "TooLarge"),
        (redirect(), "Redirect"),
        (
            Reply {
                announced: Some(1_000),
                pieces: vec![Piece::Bytes(b"{".to_vec()), Piece::Cut],
                ..Reply::whole(200, "application/json", "")
            },
            "ConnectionLost",
        ),
    ] {
        let (failed, heard) = served(None, move |_| reply.clone()).await;
        assert_eq!((failed.outcome, failed.error_code.as_str()), (Outcome::Error, code), "{}", failed.reason);
        assert_eq!(heard.len(), 1, "{code}: asked once");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_asked_again() {
    let busy = std::sync::atomic::AtomicBool::new(true);
    let reply = move |_: &Asked| {
        if busy.swap(false, std::sync::atomic::Ordering::Relaxed) {
            let reply = Reply::whole(429, "application/json", "{}");
            return Reply { headers: [reply.headers, vec![("retry-after", "0".to_owned())]].concat(), ..reply };
        }
        json_reply(&json!({"choices": [{"message": {"content": REFUSAL}, "finish_reason": "stop"}]}))
    };
    let (held, heard) = served(None, reply).await;
    assert_eq!((held.outcome, heard.len()), (Outcome::Held, 2), "{}", held.reason);
}

#[test]
fn each_surface_takes_its_own_targets() {
    let of = |surface: Surface, name: &str| {
        Target::of(surface, name, "us-east-1", "123456789012", None).map_err(|error| error.to_string())
    };
    let openai = || Surface::OpenAi("m".into());
    assert!(of(openai(), "https://llm.internal:8443/v1").is_ok());
    for (surface, name, why) in [
        (openai(), "https://user:pass@llm.internal/v1", "--token-env"),
        (openai(), "https://llm.internal/v1?key=abc", "--token-env"),
        (openai(), "amazon.nova-micro-v1:0", "address"),
        (Surface::Converse, "http://llm.internal/v1", "openai:MODEL"),
        (Surface::Agent, "arn:aws:bedrock:us-east-1:123456789012:agent/AG", "aliases"),
        (Surface::Flow, "arn:aws:bedrock:us-east-1:123456789012:flow/FL", "aliases"),
        (
            Surface::SageMaker(Dialect::new(Form::Chat)),
            "arn:aws:sagemaker:us-east-1:123456789012:model/m",
            "an endpoint",
        ),
        (Surface::Converse, "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e", "only models"),
    ] {
        let error = of(surface, name).unwrap_err();
        assert!(error.contains(why) && !error.contains("pass@"), "{name}: {error}");
    }
    let guardrail = Some(Guardrail { id: "gr1".into(), version: "1".into() });
    let refused = Target::of(Surface::Flow, &bedrock("flow/FL/alias/AL"), "us-east-1", "123456789012", guardrail);
    assert!(refused.unwrap_err().to_string().contains("leave `--guardrail` out"));
}
