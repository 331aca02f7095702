"""CloudTrail: the calls of models, how each session got its keys, and what an account does all day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from logs import caller, issue
from logs.calls import HIDDEN, MESSAGES
from logs.event import record
from logs.names import temporary_key
from settings import ACCOUNT, MAIN_REGION, PARTNER_ACCOUNT
from simulate.models import EVENTS
from simulate.parts import Json, Role, Workload
from simulate.uses import INTERNET, Call, Use
from simulate.world import World

KINDS = {"person": "sso", "key": "user", "external": "partner", "task": "pod"}
"""Our word for a workload to the one that `logs.caller` has a lifetime for."""

SERVICES = {**issue.SERVICES, "task": "ecs-tasks.amazonaws.com"}


@dataclass(frozen=True)
class Seen:
    """One record, and what of the truth it is part of."""

    record: Json
    data: str = ""
    """Resource type of a data event: the trail has it where it was told to."""

    use: Use | None = None
    call: Call | None = None
    issues: str = ""
    """The key that it hands out."""


def of_uses(world: World, uses: list[Use]) -> Iterator[Seen]:
    """All model calls in order of time, and before each session's first call how it got its keys."""
    calls = sorted(
        ((call.at, use.key, call.number, call, use) for use in uses for call in use.calls), key=lambda one: one[:3]
    )
    sessions: dict[tuple[object, ...], caller.Session] = {}
    for _, _, _, call, use in calls:
        owner = _owner(use, call)
        if owner not in sessions:
            sessions[owner] = _begin(use, call, owner)
            for made in _issuing(use, call, sessions[owner]):
                yield Seen(made, issues=sessions[owner].access_key)
        yield Seen(_call(use, call, sessions[owner]), EVENTS.get(use.model.kind, ""), use, call)


def _kind(use: Use) -> str:
    kind = use.workload.kind
    if use.workload.account is not None:
        return "irsa" if use.workload.account.binding == "irsa" else "pod"
    return KINDS.get(kind, kind)


def _owner(use: Use, call: Call) -> tuple[object, ...]:
    """Who shares one session: the same workload, pod, role, in the same stretch of time."""
    slot = int((call.at - caller.EPOCH) / caller.LIFETIME[_kind(use)])
    pod = call.place.pod.uid if call.place and call.place.pod else ""
    return (use.workload.arn, pod, use.identity.arn, slot)


def _begin(use: Use, call: Call, owner: tuple[object, ...]) -> caller.Session:
    kind, role = _kind(use), use.identity
    taken = call.at - timedelta(seconds=use.world.dice("taken", *owner).randint(5, 50))
    key = role.access_key or temporary_key(use.world.options.seed, *owner)
    account = PARTNER_ACCOUNT if use.workload.kind == "external" else ACCOUNT
    name = _name(use, call, taken.timestamp(), owner)
    return caller.Session(use.workload.name, kind, role.arn, role.id, name, account, key, taken, int(str(owner[3])))


def _name(use: Use, call: Call, taken: float, owner: tuple[object, ...]) -> str:
    workload = use.workload
    if use.through:
        return "nightly-evaluation"
    if workload.account is not None and call.place and call.place.pod:
        if workload.account.binding == "irsa":
            return f"botocore-session-{int(taken)}"
        return f"eks-{workload.account.cluster.name}-{call.place.pod.name}-{use.world.uuid('session', *owner)}"[:64]
    if workload.kind == "agent":
        return f"BedrockAgents-{workload.id}-{owner[3]}"
    return {"instance": workload.id, "task": workload.id, "notebook": "SageMaker"}.get(workload.kind, workload.name)


# ---------------------------------------------------------------- who calls


def identity(workload: Workload, role: Role, now: caller.Session, through: bool = False) -> Json:
    """The event's `userIdentity`."""
    if workload.kind in ("user", "key"):
        made: Json = {
            "type": "IAMUser",
            "principalId": role.id,
            "arn": role.arn,
            "accountId": ACCOUNT,
            "userName": role.name,
        }
        return made if workload.kind == "key" else made | {"accessKeyId": role.access_key}
    made = caller.assumed_role(now)
    context = made["sessionContext"]
    if workload.kind == "instance" and not through:
        context["ec2RoleDelivery"] = workload.imds
    if now.kind == "irsa" and workload.account is not None:
        context["webIdFederationData"] = {"federatedProvider": workload.account.cluster.provider, "attributes": {}}
    if workload.kind == "function":
        made["inScopeOf"] = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": workload.arn}
    if workload.kind == "agent":
        made["invokedBy"] = "bedrock.amazonaws.com"
    return made


def origin(use: Use, call: Call) -> Json:
    """Where the call came from."""
    workload = use.workload
    if use.outside:
        return {"sourceIPAddress": use.outside, "userAgent": use.agent}
    if workload.kind == "agent":
        return {"sourceIPAddress": "bedrock.amazonaws.com", "userAgent": "bedrock.amazonaws.com"}
    agent = caller._agent("user" if workload.kind in ("user", "person") else workload.kind)
    if workload.kind == "external":
        of = {"vpcEndpointId": caller.PARTNER_ENDPOINT, "vpcEndpointAccountId": PARTNER_ACCOUNT}
        return {"sourceIPAddress": workload.address, "userAgent": agent} | of
    if use.endpoint and call.place:
        of = {"vpcEndpointId": use.endpoint.id, "vpcEndpointAccountId": ACCOUNT}
        return {"sourceIPAddress": call.place.address, "userAgent": agent} | of
    return {"sourceIPAddress": public_address(workload, call), "userAgent": agent}


def public_address(workload: Workload, call: Call) -> str:
    """What the internet sees."""
    if call.place is None:
        return workload.address
    network = call.place.network
    return call.place.interface.public or (network.nat.public if network.nat else "")


def _issuing(use: Use, call: Call, now: caller.Session) -> Iterator[Json]:
    workload, region = use.workload, use.model.region
    if use.through:
        yield _chain(use, call, now)
    elif workload.account is not None and call.place and call.place.pod:
        of = workload.account
        if of.binding == "irsa":
            subject = f"system:serviceaccount:{of.namespace}:{of.name}"
            yield issue.to_web_identity(now, subject, of.cluster.provider, call.place.address, region, use.key)
        elif of.binding == "pod_identity":
            yield from _pod_identity(use, call, now)
    elif workload.kind == "person":
        yield issue.to_person(now, workload.name, region, use.key)
    elif workload.kind in SERVICES:
        yield issue.to_service(now, SERVICES[workload.kind], region, use.key)


def _chain(use: Use, call: Call, now: caller.Session) -> Json:
    """The instance's own session takes the second role."""
    role = use.workload.role
    assert role is not None
    key = temporary_key(use.world.options.seed, use.workload.arn, role.arn, now.slot)
    taken = now.taken - timedelta(hours=1)
    own = caller.Session(
        use.workload.name, "instance", role.arn, role.id, use.workload.id, ACCOUNT, key, taken, now.slot
    )
    parameters = {"roleArn": now.role_arn, "roleSessionName": now.name, "durationSeconds": 3600}
    source = public_address(use.workload, call)
    asker = identity(use.workload, role, own)
    return issue.assume("AssumeRole", now, asker, source, parameters, region=use.model.region, key=use.key)


def _pod_identity(use: Use, call: Call, now: caller.Session) -> Iterator[Json]:
    of = use.workload.account
    assert of is not None and call.place and call.place.pod
    node = call.place.pod.node
    role = node.role
    assert role is not None
    key = temporary_key(use.world.options.seed, "node agent", node.arn, now.slot)
    agent = caller.Session(
        node.name, "instance", role.arn, role.id, node.id, ACCOUNT, key, now.taken - timedelta(hours=2), now.slot
    )
    pod = issue.Pod(
        of.cluster.arn, of.namespace, of.name, call.place.pod.name, call.place.pod.uid, of.association,
        node.places[0].address
    )  # fmt: skip
    yield from issue.to_pod(now, pod, agent, use.model.region, of.cluster.network.region, use.key)


# ---------------------------------------------------------------- what is called


def _call(use: Use, call: Call, now: caller.Session) -> Json:
    parameters, extra, source = _request(use, call)
    if call.failed:
        extra |= {"errorCode": use.error, "errorMessage": MESSAGES[use.error]}
    if use.bearer:
        extra.setdefault("additionalEventData", {})["callWithBearerToken"] = True
    if use.workload.kind == "external":
        extra["sharedEventID"] = use.world.uuid("shared", use.key, call.number)
    return record(
        call.at,
        use.model.region,
        source,
        use.event,
        identity(use.workload, use.identity, now, bool(use.through)),
        origin(use, call),
        use.key,
        call.number,
        parameters=parameters,
        host="" if use.workload.kind == "agent" else use.host,
        data=use.model.kind in EVENTS,
        extra=extra,
    )


def _request(use: Use, call: Call) -> tuple[Json | None, Json, str]:
    """Request parameters, further members, and the event's source."""
    model, bedrock = use.model, "bedrock.amazonaws.com"
    if model.kind == "endpoint":
        return None, {"resources": [_resource(EVENTS["endpoint"], model.arn)]}, "sagemaker.amazonaws.com"
    if model.kind == "agent":
        chat = use.world.uuid("chat", use.key, call.number // 5)
        parameters = {
            "agentId": model.called,
            "agentAliasId": model.facts["alias"],
            "sessionId": chat,
            "inputText": HIDDEN,
        }
        return parameters, {"resources": [_resource(EVENTS["agent"], model.facts["alias_arn"])]}, bedrock
    if model.kind == "knowledge-base":
        parameters = {"knowledgeBaseId": model.called, "retrievalQuery": HIDDEN}
        return parameters, {"resources": [_resource(EVENTS["knowledge-base"], model.arn)]}, bedrock
    if model.kind == "mantle":
        return {"model": model.called}, {}, "bedrock-mantle.amazonaws.com"
    parameters = {"modelId": model.arn if use.by_arn else model.called}
    if call.guarded:
        fields = {"guardrailIdentifier": use.world.guardrails[model.region], "guardrailVersion": "1"}
        parameters |= {"guardrailConfig": fields} if use.event.startswith("Converse") else fields
    extra: Json = {}
    if model.kind == "inference-profile" and call.number % 3:
        extra["additionalEventData"] = {"inferenceRegion": ("us-west-2", "us-east-2")[call.number % 2]}
    return parameters, extra, bedrock


def _resource(kind: str, arn: str) -> Json:
    return {"accountId": ACCOUNT, "type": kind, "ARN": arn}


# ---------------------------------------------------------------- everything else


def noise(world: World) -> Iterator[Seen]:
    """Look-ups in control planes, by instances, services and people; none of the hours is still."""
    for region in sorted({one.region for one in world.networks}):
        yield from _heartbeat(world, region)
    for workload in world.instances:
        dice = world.dice("noise", workload.arn)
        for number in range(int(6 * world.options.noise * world.options.days)):
            yield Seen(_look_up(world, workload, number, dice.random()))
    for workload in world.people:
        if workload.kind == "user":
            for number in range(int(4 * world.options.noise * world.options.days)):
                yield Seen(_list(world, workload, number))


def _heartbeat(world: World, region: str) -> Iterator[Seen]:
    identity = {"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"}
    where = {"sourceIPAddress": "delivery.logs.amazonaws.com", "userAgent": "delivery.logs.amazonaws.com"}
    for number in range(96 * world.options.days):
        at = world.options.begin + timedelta(
            minutes=15 * number, seconds=world.dice("beat", region, number).randint(1, 890)
        )
        yield Seen(
            record(
                at,
                region,
                "s3.amazonaws.com",
                "GetBucketAcl",
                identity,
                where,
                "beat",
                number,
                parameters={"bucketName": "logs"},
            )
        )


def _look_up(world: World, workload: Workload, number: int, drawn: float) -> Json:
    role, place = workload.role, workload.places[0]
    assert role is not None
    at = world.options.begin + (world.options.end - world.options.begin) * drawn
    at = at.replace(microsecond=0)
    key = temporary_key(world.options.seed, "look-up", workload.arn, number)
    now = caller.Session(
        workload.name, "instance", role.arn, role.id, workload.id, ACCOUNT, key, at - timedelta(hours=1), number
    )
    call = Call(at, number, place, False, False)
    where = {"sourceIPAddress": public_address(workload, call), "userAgent": "aws-sdk-go/1.55.5 (go1.22; linux; amd64)"}
    endpoint = place.network.endpoints.get("secretsmanager")
    if endpoint:
        where |= {"sourceIPAddress": place.address, "vpcEndpointId": endpoint.id, "vpcEndpointAccountId": ACCOUNT}
        service, event, parameters = "secretsmanager", "GetSecretValue", {"secretId": workload.name}
    else:
        service, event, parameters = "ec2", "DescribeTags", {"filterSet": {}}
    return record(
        at, workload.region, f"{service}.amazonaws.com", event, identity(workload, role, now), where, workload.arn,
        number,
        parameters=parameters,
    )  # fmt: skip


def _list(world: World, workload: Workload, number: int) -> Json:
    role = workload.role
    assert role is not None
    at = world.options.begin + timedelta(hours=9, seconds=world.dice("list", workload.arn, number).randint(0, 28000))
    name = ("ListFoundationModels", "ListGuardrails", "ListInferenceProfiles", "GetFoundationModel")[number % 4]
    session = caller.Session(workload.name, "user", role.arn, role.id, role.name, ACCOUNT, role.access_key, at, 0)
    where = {"sourceIPAddress": workload.address, "userAgent": "aws-cli/2.31.0"}
    host = f"bedrock.{MAIN_REGION}.amazonaws.com"
    return record(
        at, MAIN_REGION, "bedrock.amazonaws.com", name, identity(workload, role, session), where, workload.arn, number,
        host=host
    )  # fmt: skip


__all__ = ["INTERNET", "Seen", "noise", "of_uses"]
