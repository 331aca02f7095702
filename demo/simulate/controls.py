"""The controls of an edge as the estate really has them. A list: each of the answers is right, for nobody can know."""

from __future__ import annotations

from simulate.models import EVENTS
from simulate.parts import Json
from simulate.trail import Seen
from simulate.uses import INTERNET, PRIVATE, Use
from simulate.world import World

YES, NO, UNKNOWN = "yes", "no", "unknown"


def of(world: World, uses: list[Use], delivered: list[Seen], counted: int) -> Json:
    """Each control: `yes`, `no`, `unknown`. Of uses that are one edge the weakest counts."""
    made = [_of_use(world, use, delivered) for use in uses]
    controls = {name: _weakest([one[name] for one in made]) for name in made[0]}
    if counted > len(delivered) and controls["guardrail_on_call"] == YES:
        # Calls that the model's own log alone has: it does not show whether they named a guardrail.
        controls["guardrail_on_call"] = [YES, UNKNOWN]
    return controls


def _weakest(states: list[object]) -> object:
    if any(isinstance(state, list) for state in states):
        every = [state if isinstance(state, list) else [state] for state in states]
        return sorted({word for words in every for word in words})
    return next(word for word in (NO, UNKNOWN, YES) if word in states)


def _of_use(world: World, use: Use, delivered: list[Seen]) -> Json:
    return {
        "guardrail_on_call": _guardrail_on_call(use, delivered),
        "guardrail_enforced": _guardrail_enforced(world, use),
        "private_path": {PRIVATE: YES, INTERNET: NO}.get(use.path, UNKNOWN),
        "endpoint_policy": _endpoint_policy(use),
        "inspected_path": _inspected_path(use),
        "invocation_logged": YES if _is_model(use) and use.model.region in world.logged else NO,
        "data_events_logged": _data_events_logged(world, use),
    }


def _is_model(use: Use) -> bool:
    return use.model.plane == "bedrock-runtime"


def _guardrail_on_call(use: Use, delivered: list[Seen]) -> object:
    if _is_model(use):
        guarded = [one.call.guarded for one in delivered if one.call is not None]
        return YES if guarded and all(guarded) else NO
    if use.model.kind == "agent":
        return YES if use.model.facts["guarded"] else NO
    # No call of an endpoint takes one; what a knowledge base answers with is retrieved, not made.
    return NO if use.model.kind == "endpoint" else [NO, UNKNOWN]


def _guardrail_enforced(world: World, use: Use) -> object:
    if not _is_model(use):
        return [NO, UNKNOWN]
    if use.model.region in world.enforced:
        return YES
    if use.workload.kind == "external":
        # Another account's policies are not ours to read.
        return [NO, UNKNOWN]
    return YES if use.identity.guarded else NO


def _endpoint_policy(use: Use) -> str:
    if use.endpoint is not None and use.path == PRIVATE:
        return YES if use.endpoint.restricts else NO
    return NO if use.path == INTERNET else UNKNOWN


def _inspected_path(use: Use) -> object:
    network = use.workload.network
    if network is None or use.outside:
        # What is between an office, a service of AWS or another account and a model is in no inventory of ours.
        return [NO, UNKNOWN]
    return YES if use.path == INTERNET and network.inspection and network.style != "public" else NO


def _data_events_logged(world: World, use: Use) -> str:
    data = EVENTS.get(use.model.kind)
    # Calls of models themselves are management events: the trail has those.
    return YES if data is None or data in world.data_events else NO
