"""What a guardrail did with a call, and how answers tell it: by a trace, a word in a chunk, or a reason alone."""

from __future__ import annotations

from typing import Any

from logs.names import fraction, pick

Json = dict[str, Any]

NONE, DETECTED, ANONYMIZED, BLOCKED = "none", "detected", "anonymized", "blocked"

BLOCKED_TEXT = "I cannot help with that."
"""What the estate's guardrail answers instead of the model."""

_UP_TO = ((0.04, BLOCKED), (0.08, ANONYMIZED), (0.12, DETECTED))
"""Shares of the calls, added up."""

_UNTRACED = 0.1
"""Share of the calls that do not ask for a trace: of those the answer tells at most that something was done."""


def verdict(request_id: str) -> str:
    """What was done with this call: mostly nothing."""
    drawn = fraction("what was done", request_id)
    return next((word for share, word in _UP_TO if drawn < share), NONE)


def is_traced(request_id: str) -> bool:
    """Whether the caller asked for a trace."""
    return fraction("traced", request_id) >= _UNTRACED


def intervenes(word: str) -> bool:
    """Whether the answer is another one than the model's. What is only detected passes."""
    return word in (BLOCKED, ANONYMIZED)


def converse_trace(guardrail: str, word: str, request_id: str) -> Json:
    """As Converse tells it, and in streams its `metadata`."""
    before, after = _assessments(word, request_id)
    trace: Json = {"inputAssessment": {guardrail: before}}
    if word != BLOCKED:
        trace["outputAssessments"] = {guardrail: [after]}
    return trace | _reason(word)


def invoke_trace(guardrail: str, word: str, request_id: str) -> Json:
    """As InvokeModel tells it, under `amazon-bedrock-trace`."""
    before, after = _assessments(word, request_id)
    trace: Json = {"input": {guardrail: before}}
    if word != BLOCKED:
        trace["outputs"] = [{guardrail: after}]
    return trace | _reason(word)


def _reason(word: str) -> Json:
    why = {BLOCKED: "Guardrail blocked.", ANONYMIZED: "Guardrail masked."}
    return {"actionReason": why[word]} if word in why else {}


def _assessments(word: str, request_id: str) -> tuple[Json, Json]:
    """Of the prompt and of the answer. Each tells what it took, whatever it found."""
    before, after = (_metrics(request_id, side) for side in ("input", "output"))
    if word == BLOCKED:
        if fraction("why blocked", request_id) < 0.5:
            before["topicPolicy"] = {"topics": [{"name": "legal-advice", "type": "DENY", "action": "BLOCKED"}]}
        else:
            found = {"type": "PROMPT_ATTACK", "confidence": "HIGH", "filterStrength": "HIGH", "action": "BLOCKED"}
            before["contentPolicy"] = {"filters": [found | {"detected": True}]}
    if word == ANONYMIZED:
        found = {"type": "EMAIL", "match": "somebody@example.com", "action": "ANONYMIZED"}
        after["sensitiveInformationPolicy"] = {"piiEntities": [found | {"detected": True}], "regexes": []}
    if word == DETECTED:
        found = {"type": "INSULTS", "confidence": "LOW", "filterStrength": "HIGH", "action": "NONE"}
        before["contentPolicy"] = {"filters": [found | {"detected": True}]}
    return before, after


def _metrics(request_id: str, side: str) -> Json:
    return {
        "invocationMetrics": {
            "guardrailProcessingLatency": pick(90, 420, "guardrail", side, request_id),
            "usage": {"topicPolicyUnits": 1, "contentPolicyUnits": 1, "sensitiveInformationPolicyUnits": 1},
            "guardrailCoverage": {"textCharacters": {"guarded": 240, "total": 240}},
        }
    }
