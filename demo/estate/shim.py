"""Say more in a request than AWS would take, where an emulator echoes requests instead of answering as AWS does.

Nothing here changes the emulators or the product under test: the extra members only make the emulator's later answers
have AWS's names and values.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Body = dict[str, Any]


def amend(client: Any, operation: str, change: Callable[[Body], None]) -> None:
    """Have `change` edit the JSON body of every request of this operation that the client sends."""

    def edit(params: dict[str, Any], **_: Any) -> None:
        body = json.loads(params["body"])
        change(body)
        params["body"] = json.dumps(body).encode()

    client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}", edit)


_GUARDRAIL = {
    "contentPolicyConfig": {"filtersConfig": "filters"},
    "contextualGroundingPolicyConfig": {"filtersConfig": "filters"},
    "sensitiveInformationPolicyConfig": {"piiEntitiesConfig": "piiEntities", "regexesConfig": "regexes"},
    "topicPolicyConfig": {"topicsConfig": "topics"},
    "wordPolicyConfig": {"wordsConfig": "words", "managedWordListsConfig": "managedWordLists"},
}


def answer_names(body: Body) -> None:
    """A guardrail's policies under the names of `GetGuardrail` too: ministack echoes what `CreateGuardrail` got."""
    for policy, names in _GUARDRAIL.items():
        given = body.get(policy, {})
        for request_name, answer_name in names.items():
            if request_name in given:
                given[answer_name] = given[request_name]
