"""Requests and answers as the models' families spell them, about nothing in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from logs import guardrail
from logs.names import pick, uuid_of

Json = dict[str, Any]

EXAMPLE_KEY = "AKIAIOSFODNN7EXAMPLE"
"""The key id of AWS's own documentation. One prompt holds it: nothing that the product keeps may."""

EXAMPLE_PROMPT = f"Why does the console say that {EXAMPLE_KEY} is inactive?"

_PROMPTS = (
    "Summarise this ticket in two sentences: the parcel arrived late and the box was open.",
    "Which of our opening hours apply on a public holiday?",
    "Sort this message into billing, delivery or other: where is my invoice?",
    "Write a polite reply: the item is out of stock until next month.",
)
_ANSWER = "The customer asks for help with an order. A reply is drafted below."


@dataclass(frozen=True)
class Call:
    """What the bodies of one call depend on."""

    request_id: str
    family: str
    """`anthropic`, `nova`, `llama`, `mistral`, `titan` or `embed`."""

    guardrail: str
    """Its id; empty where the call names none."""

    guardrail_version: str
    prompt: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int

    @property
    def verdict(self) -> str:
        """What the guardrail did."""
        return guardrail.verdict(self.request_id) if self.guardrail else guardrail.NONE

    @property
    def text(self) -> str:
        """The answer's."""
        return guardrail.BLOCKED_TEXT if self.verdict == guardrail.BLOCKED else _ANSWER

    @property
    def latency(self) -> int:
        """In milliseconds."""
        return pick(280, 2400, "latency", self.request_id)


def prompt(request_id: str) -> str:
    """One of a few harmless ones."""
    return _PROMPTS[pick(0, len(_PROMPTS) - 1, "prompt", request_id)]


def document(request_id: str) -> str:
    """A text of about 130 KB: too large for a record."""
    lines = (f"{number}. {uuid_of('line', request_id, number)} {_PROMPTS[number % 4]}" for number in range(1100))
    return "\n".join(lines)


# ---------------------------------------------------------------- requests


def converse_request(call: Call) -> Json:
    """Converse and ConverseStream have one shape for all families."""
    made: Json = {
        "messages": [{"role": "user", "content": [{"text": call.prompt}]}],
        "inferenceConfig": {"maxTokens": 1024},
    }
    if call.guardrail:
        made["guardrailConfig"] = {
            "guardrailIdentifier": call.guardrail,
            "guardrailVersion": call.guardrail_version,
            "trace": "enabled" if guardrail.is_traced(call.request_id) else "disabled",
        }
    return made


def invoke_request(call: Call) -> Json:
    """InvokeModel takes what the model's own interface takes. A guardrail is named by headers, which no log has."""
    messages = [{"role": "user", "content": call.prompt}]
    return {
        "anthropic": {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1024, "messages": messages},
        "nova": {"messages": [{"role": "user", "content": [{"text": call.prompt}]}], "schemaVersion": "messages-v1"},
        "llama": {"prompt": call.prompt, "max_gen_len": 512, "temperature": 0.2},
        "mistral": {"messages": messages, "max_tokens": 1024},
        "titan": {"inputText": call.prompt, "textGenerationConfig": {"maxTokenCount": 512}},
    }[call.family]


# ---------------------------------------------------------------- answers


def converse_answer(call: Call) -> Json:
    """A whole answer of Converse."""
    made: Json = {
        "output": {"message": {"role": "assistant", "content": [{"text": call.text}]}},
        "stopReason": _converse_reason(call),
        "metrics": {"latencyMs": call.latency},
        "usage": _converse_usage(call),
    }
    return made | _converse_trace(call)


def converse_events(call: Call, pieces: int = 3) -> list[Json]:
    """The events of ConverseStream: its trace is in the last one."""
    deltas = [{"contentBlockDelta": {"delta": {"text": text}, "contentBlockIndex": 0}} for text in _cut(call, pieces)]
    metadata = {"usage": _converse_usage(call), "metrics": {"latencyMs": call.latency}} | _converse_trace(call)
    return [
        {"messageStart": {"role": "assistant"}},
        *deltas,
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": _converse_reason(call)}},
        {"metadata": metadata},
    ]


def invoke_answer(call: Call) -> Json:
    """A whole answer of InvokeModel."""
    usage = {"input_tokens": call.input_tokens, "output_tokens": call.output_tokens}
    message = {"role": "assistant", "content": call.text}
    return {
        "anthropic": {
            "id": f"msg_bdrk_{call.request_id.replace('-', '')[:24]}",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": call.text}],
            "stop_reason": "end_turn",
            "usage": usage,
        },
        "nova": converse_answer(call),
        "llama": {
            "generation": call.text,
            "prompt_token_count": call.input_tokens,
            "generation_token_count": call.output_tokens,
            "stop_reason": "stop",
        },
        "mistral": {"choices": [{"index": 0, "message": message, "stop_reason": "stop"}]},
        "titan": {
            "inputTextTokenCount": call.input_tokens,
            "results": [{"tokenCount": call.output_tokens, "outputText": call.text, "completionReason": "FINISH"}],
        },
    }[call.family]


def invoke_events(call: Call, pieces: int = 3) -> list[Json]:
    """The events of InvokeModelWithResponseStream, as Anthropic's models send them; Bedrock counts in the last one."""
    usage = {"input_tokens": call.input_tokens, "output_tokens": 1}
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
        for text in _cut(call, pieces)
    ]
    last: Json = {
        "type": "message_stop",
        "amazon-bedrock-invocationMetrics": {
            "inputTokenCount": call.input_tokens,
            "outputTokenCount": call.output_tokens,
            "invocationLatency": call.latency,
            "firstByteLatency": call.latency // 4,
        },
    }
    if call.guardrail:
        last["amazon-bedrock-guardrailAction"] = "INTERVENED" if guardrail.intervenes(call.verdict) else "NONE"
        if guardrail.is_traced(call.request_id):
            trace = guardrail.invoke_trace(call.guardrail, call.verdict, call.request_id)
            last["amazon-bedrock-trace"] = {"guardrail": trace}
    reason = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    return [
        {"type": "message_start", "message": {"role": "assistant", "content": [], "usage": usage}},
        *deltas,
        reason | {"usage": {"output_tokens": call.output_tokens}},
        last,
    ]


def _converse_reason(call: Call) -> str:
    return "guardrail_intervened" if guardrail.intervenes(call.verdict) else "end_turn"


def _converse_usage(call: Call) -> Json:
    total = call.input_tokens + call.output_tokens + call.cached_tokens
    made = {"inputTokens": call.input_tokens, "outputTokens": call.output_tokens, "totalTokens": total}
    return made | ({"cacheReadInputTokens": call.cached_tokens} if call.cached_tokens else {})


def _converse_trace(call: Call) -> Json:
    if not call.guardrail or not guardrail.is_traced(call.request_id):
        return {}
    return {"trace": {"guardrail": guardrail.converse_trace(call.guardrail, call.verdict, call.request_id)}}


def _cut(call: Call, pieces: int) -> list[str]:
    """The answer in pieces; more than three repeat it, for an answer that is too large for a record."""
    if pieces > 3:
        return [f"{call.text} "] * pieces
    third = len(call.text) // 3
    return [call.text[:third], call.text[third : 2 * third], call.text[2 * third :]]
