"""Who uses which model how, and when: the plan that logs and truth are both made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from settings import MAIN_REGION
from simulate.parts import Endpoint, Model, Place, Role, Workload
from simulate.world import World

PRIVATE, INTERNET, INTERNAL, UNKNOWN = "interface_endpoint", "internet", "aws_internal", "unknown"

HOSTS = {
    "bedrock-runtime": "bedrock-runtime.{}.amazonaws.com",
    "bedrock-agent-runtime": "bedrock-agent-runtime.{}.amazonaws.com",
    "bedrock-mantle": "bedrock-mantle.{}.api.aws",
    "sagemaker-runtime": "runtime.sagemaker.{}.amazonaws.com",
}


@dataclass(frozen=True)
class Call:
    """One call of a use."""

    at: datetime
    number: int
    place: Place | None
    failed: bool
    guarded: bool


@dataclass
class Use:
    """Calls of one workload to one model."""

    world: World
    workload: Workload
    model: Model
    event: str
    count: int
    errors: int = 0
    error: str = "ThrottlingException"
    hours: tuple[float, float] = (0.5, 23.5)
    guarded: float = 0.0
    """Share of the calls that name a guardrail."""

    by_arn: bool = False
    through: Role | None = None
    """The role that the workload took first with its own; the calls are made with this one."""

    bearer: bool = False
    outside: str = ""
    """The address of a stranger who uses the workload's keys somewhere else."""

    agent: str = ""
    """The stranger's program."""

    since: datetime | None = None
    """When the first call is, for calls that come in a row."""

    spacing: float = 0.0
    """Seconds between the calls of such a row."""

    @property
    def key(self) -> str:
        """Unlike every other's."""
        return "|".join((self.workload.arn, self.identity.arn, self.model.arn, self.event, self.outside))

    @property
    def identity(self) -> Role:
        """Whose permissions are used."""
        role = self.through or self.workload.role
        return role or Role("partner-app", self.workload.arn, "AROA" + self.world.letters(17, "partner"), {})

    @property
    def host(self) -> str:
        """The name that is called."""
        return HOSTS[self.model.plane].format(self.model.region)

    @property
    def endpoint(self) -> Endpoint | None:
        """The interface endpoint that the calls pass."""
        network = self.workload.network
        if network is None or network.region != self.model.region or self.outside:
            return None
        return network.endpoints.get(self.model.plane.replace("sagemaker-runtime", "sagemaker.runtime"))

    @property
    def path(self) -> str:
        """The path as the map calls it."""
        if self.outside:
            return INTERNET
        if self.workload.kind == "agent":
            return INTERNAL
        if self.workload.kind == "external":
            return UNKNOWN
        return PRIVATE if self.endpoint else INTERNET

    @cached_property
    def calls(self) -> list[Call]:
        """All calls in order of time, in whole seconds. Each has its own slice of the time and a random place in it."""
        dice = self.world.dice("calls", self.key)
        begin = self.world.options.begin + timedelta(hours=self.hours[0])
        total = self.count + self.errors
        span = (self.hours[1] - self.hours[0]) * 3600 * self.world.options.days / total
        failing = set(dice.sample(range(total), self.errors))
        made = []
        for number in range(total):
            at = begin + timedelta(seconds=int((number + dice.random()) * span))
            if self.since is not None:
                at = self.since + timedelta(seconds=int(number * self.spacing))
            place = None if self.outside else self.workload.place(at, number)
            guarded = dice.random() < self.guarded
            if self.workload.places and place is None and not self.outside:
                # Between two pods nobody is there to call.
                continue
            made.append(Call(at, number, place, number in failing, guarded))
        return made


def plan(world: World) -> Iterator[Use]:
    """All uses of models that a trail could see."""
    for workload in world.workloads:
        dice = world.dice("uses", workload.arn)
        if (workload.kind in ("instance", "pod", "function") and dice.random() < 0.4) or _never(workload):
            continue
        for model in _models(world, workload):
            yield _use(world, workload, model)
    yield from _chains(world)
    yield from _second_plane(world)


def _never(workload: Workload) -> bool:
    """The idle notebook; what serves models itself; nodes, but for one whose pods have no role of their own."""
    serves = workload.account is not None and workload.account.gpus > 0
    by_node = workload.account is not None and workload.account.binding == "node"
    return workload.name == "unused" or serves or by_node or "node" in workload.facts


def _models(world: World, workload: Workload) -> list[Model]:
    dice = world.dice("models", workload.arn)
    region = workload.region
    of_region = [one for one in world.models.values() if one.region == region and one.kind == "foundation-model"]
    if workload.kind in ("agent", "external"):
        return [world.models["imported"]] if workload.kind == "external" else dice.sample(of_region, 1)
    picked = dice.sample(of_region, dice.choice((1, 1, 2)))
    if region == MAIN_REGION and workload.kind != "key" and dice.random() < 0.4:
        own = [
            one
            for one in world.models.values()
            if one.region == region and one.kind not in ("foundation-model", "mantle")
        ]
        picked.append(dice.choice(own))
    return picked


def _use(world: World, workload: Workload, model: Model) -> Use:
    dice = world.dice("use", workload.arn, model.arn)
    events = {
        "agent": ("InvokeAgent",),
        "knowledge-base": ("Retrieve",),
        "endpoint": ("InvokeEndpoint",),
    }.get(model.kind, ("InvokeModel", "Converse", "ConverseStream", "InvokeModelWithResponseStream"))
    event = "InvokeModel" if "embed" in model.called else dice.choice(events)
    count = dice.choice((6, 12, 25, 60, 120))
    made = Use(world, workload, model, event, count, bearer=workload.kind == "key")
    made.errors = dice.choice((0, 0, 1, 3))
    made.error = dice.choice(("ThrottlingException", "ModelTimeoutException", "ValidationException"))
    first = dice.uniform(0.5, 12)
    made.hours = (first, dice.uniform(first + 6, 23.5))
    if workload.kind in ("person", "user"):
        made.hours = (8.5, 18.0)
    if model.plane == "bedrock-runtime" and "embed" not in model.called:
        made.guarded = dice.choice((0.0, 0.0, 1.0, 0.5))
        if made.identity.guarded:
            made.guarded = 1.0
    made.by_arn = dice.random() < 0.3
    return made


def _chains(world: World) -> Iterator[Use]:
    """Instances that take a second role first: the calls tell neither the instance nor its role."""
    for network in world.networks[:2]:
        workload = next(one for one in world.instances if one.network is network and "node" not in one.facts)
        role = world.role(f"{network.name}-evaluator", workload.role.arn if workload.role else "")
        model = world.models[f"{network.region}/anthropic.claude-3-opus-20240229-v1:0"]
        yield Use(world, workload, model, "InvokeModel", 20, through=role, hours=(10.0, 14.0))


def _second_plane(world: World) -> Iterator[Use]:
    """Calls of Bedrock's second plane: data events that few trails have."""
    of = [one for one in [*world.instances, *world.tasks] if one.region == MAIN_REGION and "node" not in one.facts]
    for workload in world.dice("second plane").sample(of, max(2, len(of) // 12)):
        yield Use(world, workload, world.models["mantle"], "CreateInference", 40, hours=(3.0, 20.0))
