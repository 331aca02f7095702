//! Each form of body: what is sent, a whole answer, the same in parts, one that was capped, one of another form.

use super::Body;
use crate::answer::End;
use crate::conversation::Prompt;
use crate::pack::{Role, Tool, Turn};
use serde_json::{Value, json};

fn prompt(tools: bool) -> Prompt {
    let tool =
        Tool { name: "mail".into(), about: "Sends a mail.".into(), arguments: [("to".into(), "whom".into())].into() };
    Prompt {
        system: "Be brief.".into(),
        turns: vec![Turn::new(Role::User, "Hi"), Turn::new(Role::Assistant, "Hello"), Turn::new(Role::User, "Two?")],
        tools: if tools { vec![tool] } else { Vec::new() },
        max_output_tokens: 40,
    }
}

struct Case {
    body: Body,
    answer: Value,
    capped: Value,
    parts: Vec<Value>,
    tokens: Option<(u64, u64)>,
}

fn cases() -> Vec<Case> {
    let chat = |reason: &str| {
        json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "It is four."}, "finish_reason": reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5}})
    };
    let chat_parts = || {
        vec![
            json!({"choices": [{"delta": {"role": "assistant", "content": "It is "}, "finish_reason": null}]}),
            json!({"choices": [{"delta": {"content": "four."}, "finish_reason": null}]}),
            json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}),
        ]
    };
    let anthropic = |reason: &str| {
        json!({"type": "message", "content": [{"type": "text", "text": "It is four."}], "stop_reason": reason,
        "usage": {"input_tokens": 8, "cache_read_input_tokens": 2, "output_tokens": 5}})
    };
    let nova = |reason: &str| {
        json!({"output": {"message": {"role": "assistant", "content": [{"text": "It is four."}]}}, "stopReason": reason,
        "usage": {"inputTokens": 10, "outputTokens": 5}})
    };
    let llama = |text: &str, reason: Value, read: u64| json!({"generation": text, "prompt_token_count": 10, "generation_token_count": read, "stop_reason": reason});
    let mistral = |text: &str, reason: Value| json!({"outputs": [{"text": text, "stop_reason": reason}]});
    let mistral_chat = |reason: &str| {
        json!({"choices": [{"message": {"content": "It is four."}, "stop_reason": reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5}})
    };
    let cohere = |reason: &str| json!({"text": "It is four.", "finish_reason": reason});
    let titan = |reason: &str| json!({"inputTextTokenCount": 10, "results": [{"tokenCount": 5, "outputText": "It is four.", "completionReason": reason}]});
    let titan_part = |text: &str, reason: Value, total: Value| {
        json!({"outputText": text, "index": 0, "totalOutputTextTokenCount": total,
        "completionReason": reason, "inputTextTokenCount": 10})
    };
    let deepseek = |text: &str, reason: Value| json!({"choices": [{"text": text, "stop_reason": reason}]});
    vec![
        Case {
            body: Body::OpenAi,
            answer: chat("stop"),
            capped: chat("length"),
            parts: chat_parts(),
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::Ai21,
            answer: chat("stop"),
            capped: chat("length"),
            parts: chat_parts(),
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::MistralChat,
            answer: mistral_chat("stop"),
            capped: mistral_chat("length"),
            parts: vec![
                json!({"choices": [{"message": {"content": "It is "}, "stop_reason": null}]}),
                json!({"choices": [{"message": {"content": "four."}, "stop_reason": "stop"}], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}),
            ],
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::Anthropic,
            answer: anthropic("end_turn"),
            capped: anthropic("max_tokens"),
            parts: vec![
                json!({"type": "message_start", "message": {"usage": {"input_tokens": 8, "cache_read_input_tokens": 2, "output_tokens": 1}}}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "It is "}}),
                json!({"type": "ping"}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "four."}}),
                json!({"type": "content_block_stop", "index": 0}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}}),
                json!({"type": "message_stop"}),
            ],
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::Nova,
            answer: nova("end_turn"),
            capped: nova("max_tokens"),
            parts: vec![
                json!({"messageStart": {"role": "assistant"}}),
                json!({"contentBlockDelta": {"delta": {"text": "It is "}, "contentBlockIndex": 0}}),
                json!({"contentBlockDelta": {"delta": {"text": "four."}, "contentBlockIndex": 0}}),
                json!({"contentBlockStop": {"contentBlockIndex": 0}}),
                json!({"messageStop": {"stopReason": "end_turn"}}),
                json!({"metadata": {"usage": {"inputTokens": 10, "outputTokens": 5}, "metrics": {}, "trace": {}}}),
            ],
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::Llama,
            answer: llama("It is four.", json!("stop"), 5),
            capped: llama("It is four.", json!("length"), 5),
            parts: vec![
                llama("It is ", Value::Null, 2),
                llama("four.", Value::Null, 4),
                json!({"generation": "", "prompt_token_count": null, "generation_token_count": 5, "stop_reason": "stop"}),
            ],
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::Mistral,
            answer: mistral("It is four.", json!("stop")),
            capped: mistral("It is four.", json!("length")),
            parts: vec![mistral("It is ", Value::Null), mistral("four.", Value::Null), mistral("", json!("stop"))],
            tokens: None,
        },
        Case {
            body: Body::Cohere,
            answer: cohere("COMPLETE"),
            capped: cohere("MAX_TOKENS"),
            parts: vec![
                json!({"event_type": "text-generation", "is_finished": false, "text": "It is "}),
                json!({"event_type": "text-generation", "is_finished": false, "text": "four."}),
                json!({"event_type": "stream-end", "is_finished": true, "finish_reason": "COMPLETE", "response": {"text": "It is four."}}),
            ],
            tokens: None,
        },
        Case {
            body: Body::Titan,
            answer: titan("FINISH"),
            capped: titan("LENGTH"),
            parts: vec![titan_part("It is ", Value::Null, Value::Null), titan_part("four.", json!("FINISH"), json!(5))],
            tokens: Some((10, 5)),
        },
        Case {
            body: Body::DeepSeek,
            answer: deepseek("It is four.", json!("stop")),
            capped: deepseek("It is four.", json!("length")),
            parts: vec![deepseek("It is ", Value::Null), deepseek("four.", Value::Null), deepseek("", json!("stop"))],
            tokens: None,
        },
    ]
}

#[test]
fn every_form_is_read_whole_and_in_parts() {
    let cases = cases();
    assert!(Body::ALL.iter().all(|body| cases.iter().any(|case| case.body == *body)));
    for Case { body, answer, capped, parts, tokens } in cases {
        let whole = body.read(&answer).unwrap_or_else(|| panic!("{body}"));
        assert_eq!((whole.text.as_str(), whole.end, &whole.calls), ("It is four.", End::Whole, &Vec::new()), "{body}");
        assert_eq!(whole.input_tokens.zip(whole.output_tokens), tokens, "{body}");
        assert_eq!(body.read(&capped).unwrap().end, End::Capped, "{body}");

        let mut listener = body.listener();
        parts.iter().for_each(|part| assert!(listener.take(part), "{body}: {part}"));
        assert_eq!(listener.said().as_ref(), Some(&whole), "{body}");

        // Without the part that says how it ended, nobody knows that it did.
        let mut cut = body.listener();
        parts.iter().take(2.min(parts.len() - 1)).for_each(|part| assert!(cut.take(part)));
        assert_eq!(cut.said(), None, "{body}");
        for foreign in [json!({}), json!([]), json!("text"), json!({"message": "Internal error"}), Value::Null] {
            assert_eq!(body.read(&foreign), None, "{body}: {foreign}");
            assert!(!body.listener().take(&foreign), "{body}: {foreign}");
        }
    }
}

#[test]
fn every_form_sends_the_whole_conversation_and_the_cap() {
    for body in Body::ALL {
        let sent = body.request(&prompt(false), "m").to_string();
        for text in ["Be brief.", "Hi", "Hello", "Two?", "40"] {
            assert!(sent.contains(text), "{body}: {sent}");
        }
        assert_eq!(body.request(&prompt(true), "m").to_string().contains("Sends a mail."), body.has_tools(), "{body}");
    }
}

#[test]
fn prompts_have_the_marks_of_their_models() {
    let text = |body: Body, model: &str| body.request(&prompt(false), model)["prompt"].as_str().unwrap().to_owned();
    assert_eq!(
        text(Body::Llama, "meta.llama3-8b-instruct-v1:0"),
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>\
        <|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nTwo?<|eot_id|>\
        <|start_header_id|>assistant<|end_header_id|>\n\n"
    );
    assert_eq!(
        text(Body::Llama, "meta.llama2-13b-chat-v1"),
        "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Two? [/INST]"
    );
    assert!(
        text(Body::Llama, "us.meta.llama4-scout-17b-instruct-v1:0")
            .ends_with("Two?<|eot|><|header_start|>assistant<|header_end|>\n\n")
    );
    assert_eq!(text(Body::Mistral, ""), "<s>[INST] Be brief.\n\nHi [/INST] Hello</s>[INST] Two? [/INST]");
    assert!(text(Body::DeepSeek, "").ends_with("<｜User｜>Two?<｜Assistant｜><think>\n"));
}

#[test]
fn calls_of_tools_in_every_form_that_has_them() {
    let chat = json!({"choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "mail", "arguments": "{\"to\": \"a\"}"}}]}, "finish_reason": "tool_calls"}]});
    let anthropic = json!({"content": [{"type": "tool_use", "id": "1", "name": "mail", "input": {"to": "a"}}], "stop_reason": "tool_use"});
    let nova = json!({"output": {"message": {"content": [{"toolUse": {"name": "mail", "toolUseId": "1", "input": {"to": "a"}}}]}}, "stopReason": "tool_use"});
    for (body, answer) in
        [(Body::OpenAi, &chat), (Body::MistralChat, &chat), (Body::Anthropic, &anthropic), (Body::Nova, &nova)]
    {
        let said = body.read(answer).unwrap();
        let [call] = &said.calls[..] else { panic!("{body}: {said:?}") };
        assert_eq!((call.name.as_str(), &call.input, said.end), ("mail", &json!({"to": "a"}), End::Whole), "{body}");
    }
    let mut parts = Body::OpenAi.listener();
    for part in ["{\"to\"", ": \"a\"}"] {
        let name = if part.starts_with('{') { json!("mail") } else { Value::Null };
        parts.take(&json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": name, "arguments": part}}]}}]}));
    }
    parts.take(&json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}));
    assert_eq!(parts.said().unwrap().calls[0].input, json!({"to": "a"}));
}

#[test]
fn what_ended_an_answer_otherwise_leaves_it_not_whole() {
    for (body, answer) in [
        (Body::OpenAi, json!({"choices": [{"message": {"content": "a"}, "finish_reason": "content_filter"}]})),
        (Body::Titan, json!({"results": [{"outputText": "a", "completionReason": "CONTENT_FILTERED"}]})),
        (Body::Cohere, json!({"text": "a", "finish_reason": "ERROR_TOXIC"})),
        (Body::Anthropic, json!({"content": [{"type": "text", "text": "a"}], "stop_reason": "pause_turn"})),
    ] {
        assert_eq!(body.read(&answer).unwrap().end, End::Stopped, "{body}");
    }
    let unsaid = json!({"generation": "a"});
    assert_eq!(Body::Llama.read(&unsaid).unwrap().end, End::Unsaid);
}
