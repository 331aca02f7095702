"""What must be found, with which controls, and what must be said of the rest.

All of it comes from what was drawn: the networks, the roles, the calls, and which objects were delivered.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from logs.invocation import OPERATIONS
from settings import ACCOUNT, rfc3339
from simulate import controls
from simulate.delivery import Trail
from simulate.flows import SLICE, skipped
from simulate.inventory import scan_times
from simulate.models import EVENTS
from simulate.parts import Json, Workload
from simulate.talks import Talk, network_of
from simulate.trail import Seen
from simulate.uses import Use
from simulate.world import World

KINDS = {"person": "user", "key": "user"}


@dataclass
class Sight:
    """What the delivered trail has of one use."""

    delivered: list[Seen] = field(default_factory=list)
    named: int = 0
    """Of them, calls whose workload the logs themselves tell."""

    counted: int = 0
    """Calls that either the trail or the model's own log has."""


def of(world: World, uses: list[Use], talks: list[Talk], trail: Trail) -> Json:
    """The content of the file."""
    sights: dict[int, Sight] = defaultdict(Sight)
    keys = trail.keys
    for one in trail.delivered:
        if one.use is not None:
            sight = sights[id(one.use)]
            sight.delivered.append(one)
            sight.named += not needs_issue(one.use) or one.record["userIdentity"]["accessKeyId"] in keys
    for use in uses:
        sight = sights[id(use)]
        # The models' own logs have the calls that the trail lost; of who called they have the session's name alone.
        sight.counted = len(use.calls) if _is_logged(world, use) else len(sight.delivered)
    same: dict[tuple[str, ...], list[Use]] = defaultdict(list)
    for use in uses:
        # A stranger with the same keys, or another kind of call, is no edge of its own.
        same[use.workload.arn, use.identity.arn, use.model.arn, use.model.region, use.path].append(use)
    edges = [_edge(world, held, _together([sights[id(use)] for use in held])) for held in same.values()]
    told = {(use.workload.arn, use.host, use.path) for use in uses if sights[id(use)].delivered}
    edges += _of_flows(world, talks, told)
    edges.sort(key=lambda one: (one["workload_arn"], one["model_arn"], one["service"], one["identity_arn"]))
    return {
        "window": [rfc3339(world.options.begin), rfc3339(world.options.end)],
        "edges": edges,
        "addresses": _addresses(world, talks),
        "traffic": _traffic(world, talks),
    }


def needs_issue(use: Use) -> bool:
    """Whether the call's session tells its workload only by the record that handed it out."""
    return bool(use.through) or use.workload.account is not None


# ---------------------------------------------------------------- edges of the trail


def _together(sights: list[Sight]) -> Sight:
    delivered = [one for sight in sights for one in sight.delivered]
    return Sight(delivered, sum(sight.named for sight in sights), sum(sight.counted for sight in sights))


def _is_logged(world: World, use: Use) -> bool:
    ours = use.workload.kind != "external" and use.model.plane == "bedrock-runtime"
    return ours and use.model.region in world.logged and use.event in OPERATIONS


def _edge(world: World, uses: list[Use], sight: Sight) -> Json:
    use, kind = uses[0], uses[0].workload.kind
    return {
        "workload_arn": use.workload.arn,
        "workload_kind": KINDS.get(kind, kind),
        "identity_arn": use.identity.arn,
        "model_arn": use.model.arn,
        "model_alternatives": [],
        "service": use.host,
        "region": use.model.region,
        "path": use.path,
        "seen_by": "trail" if sight.delivered else "none",
        "required": sight.named > 0,
        "made": sum(len(one.calls) for one in uses),
        "delivered": len(sight.delivered),
        "named": sight.named,
        "counted": sight.counted,
        # Where the record that hands the session out is lost, its role is all that is known.
        "coarser": _coarser(use, sight),
        "controls": controls.of(world, uses, sight.delivered, sight.counted),
        "blind": [] if sight.delivered else _blind_trail(use),
    }


def _coarser(use: Use, sight: Sight) -> list[str]:
    lost = sight.counted > len(sight.delivered) or (needs_issue(use) and sight.named < len(sight.delivered))
    return [use.identity.arn] if lost else []


def _blind_trail(use: Use) -> list[Json]:
    """Any of these rows explains that no trail has the calls."""
    telemetry = "cloudtrail-data" if use.model.kind in EVENTS else "cloudtrail-management"
    return [_spot(use.model.region, use.model.plane, telemetry, "")]


def _spot(region: str, plane: str, telemetry: str, subject: str) -> Json:
    return {"account_id": ACCOUNT, "region": region, "plane": plane, "telemetry": telemetry, "subject": subject}


# ---------------------------------------------------------------- edges of flow logs


@dataclass
class Group:
    """Talks of one workload with one host."""

    workload: Workload
    host: str
    purpose: str
    path: str
    region: str
    talks: list[Talk] = field(default_factory=list)


def _of_flows(world: World, talks: list[Talk], told: set[tuple[str, str, str]]) -> list[Json]:
    """Edges that no trail has: public models, models of one's own, and calls of services whose trail is not there."""
    groups: dict[tuple[str, ...], Group] = {}
    names = _names(talks)
    for talk in talks:
        if talk.purpose not in ("model", "public-ai", "self-hosted") or talk.workload is None or talk.place is None:
            continue
        path = talk.use.path if talk.use else "vpc" if talk.server else "internet"
        if talk.use and (talk.workload.arn, talk.host, path) in told and talk.seen_as is talk.workload:
            continue
        seen = talk.seen_as or talk.workload
        host = talk.callee.arn if talk.callee else talk.host
        region = talk.use.model.region if talk.use else talk.place.network.region
        key = (seen.arn, host, path, region)
        groups.setdefault(key, Group(seen, host, talk.purpose, path, region)).talks.append(talk)
    return [_flow_edge(world, group, names, told) for group in groups.values()]


def _names(talks: list[Talk]) -> dict[tuple[str, str], set[str]]:
    """Network and address to the names that it was the answer for."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for talk in talks:
        if talk.place is not None and talk.host:
            for answer in talk.answers:
                names[talk.place.network.id, answer].add(talk.host)
    return names


def _flow_edge(
    world: World, group: Group, names: dict[tuple[str, str], set[str]], told: set[tuple[str, str, str]]
) -> Json:
    direct = [talk for talk in group.talks if talk.seen_as is talk.workload]
    visible = [
        talk for talk in direct if _is_visible(world, talk) and _is_known(world, talk) and _is_named(talk, names)
    ]
    node = any(talk.seen_as is not talk.workload for talk in group.talks)
    is_own = group.purpose == "self-hosted"
    callee = group.talks[0].callee
    model = {"public-ai": group.host, "self-hosted": group.host}.get(group.purpose, "")
    # What functions send leaves by an interface that several functions may share.
    required = (
        bool(visible) and group.workload.kind != "function" and (group.workload.arn, group.host, group.path) not in told
    )
    return {
        "workload_arn": group.workload.arn,
        "workload_kind": group.workload.kind,
        "identity_arn": "",
        "model_arn": model,
        "model_alternatives": _serving(callee) if is_own and callee else [],
        "service": "" if is_own else group.host,
        "region": group.region,
        "path": group.path,
        "seen_by": "flow" if visible else "node" if node else "none",
        "required": required,
        "made": 0,
        "delivered": 0,
        "named": 0,
        "counted": 0,
        "coarser": [],
        "controls": {},
        "blind": [] if visible or node else _blind_flows(world, group),
    }


def _addresses(world: World, talks: list[Talk]) -> Json:
    """Pods' addresses with what each called, and whether scans or audit logs tell whose it was at those moments.

    An edge of an address is no lie where the address did call; of a known pod it says less than it could.
    """
    made: Json = {}
    for talk in talks:
        if talk.place is None or talk.place.pod is None or talk.seen_as is not talk.workload:
            continue
        called = made.setdefault(f"{talk.place.network.id}/{talk.place.address}", {})
        target = talk.callee.arn if talk.callee else talk.host
        called[target] = called.get(target, True) and _pod_known(world, talk.place, talk.at)
    return made


def _serving(callee: Workload) -> list[str]:
    """A pod's service account, or what makes its pods."""
    of = callee.account
    return [f"{of.cluster.arn}/deployment/{of.namespace}/{of.name}"] if of else []


def _is_visible(world: World, talk: Talk) -> bool:
    """Whether a record of it was delivered."""
    network = network_of(talk)
    hour = int((talk.at - world.options.begin) / SLICE)
    place = talk.place or talk.server
    assert place is not None
    return bool(network.flow_format) and not skipped(world, place.interface, hour)


def _is_known(world: World, talk: Talk) -> bool:
    """Whether scans or audit logs tell whose the address is at that moment: of pods they may not."""
    return all(_pod_known(world, place, talk.at) for place in (talk.place, talk.server))


def _pod_known(world: World, place: object, at: datetime) -> bool:
    pod = getattr(place, "pod", None)
    if pod is None:
        return True
    cluster = pod.node.facts["node"]
    if cluster.audited and pod.begin >= world.options.begin:
        return True
    return any(pod.begin <= at <= scanned < pod.end for scanned in scan_times(world))


def _is_named(talk: Talk, names: dict[tuple[str, str], set[str]]) -> bool:
    """Whether the logs tell the name of the other end without doubt."""
    if not talk.leaves:
        return True
    assert talk.place is not None
    if not talk.place.network.names_logged:
        return False
    own = talk.workload is not None and talk.workload.account is None
    return own or names[talk.place.network.id, talk.address] == {talk.host}


def _blind_flows(world: World, group: Group) -> list[Json]:
    """Any of these rows explains that no flow tells of it."""
    place = group.talks[0].place
    assert place is not None
    network = place.network
    planes = {group.talks[0].use.model.plane} if group.talks[0].use else {group.purpose}
    made = []
    for plane in sorted({*planes, "network"}):
        made.append(_spot(network.region, plane, "flow-logs", network.id))
        made.append(_spot(network.region, plane, "resolver-logs", network.id))
        if group.workload.account is not None:
            made.append(_spot(network.region, plane, "eks-audit", group.workload.account.cluster.arn))
    return made


# ---------------------------------------------------------------- the other classes


def _traffic(world: World, talks: list[Talk]) -> list[Json]:
    """Workload to workload and workload to host, where a flow log saw it."""
    made = {}
    for talk in talks:
        if talk.purpose not in ("application", "internet") or talk.workload is None:
            continue
        seen = talk.seen_as or talk.workload
        target = talk.callee.arn if talk.callee else talk.host
        kind = "application_to_application" if talk.callee else "application_to_internet"
        key = (seen.arn, target, talk.port)
        row = made.setdefault(key, {"class": kind, "from": seen.arn, "to": target, "port": talk.port, "seen": False})
        row["seen"] |= _is_visible(world, talk) and _is_known(world, talk)
    for talk in talks:
        if talk.purpose == "user" and talk.callee is not None:
            # Whoever they are: what counts is what they reach.
            key = ("", talk.callee.arn, talk.port)
            row = made.setdefault(
                key,
                {"class": "user_to_application", "from": "", "to": talk.callee.arn, "port": talk.port, "seen": False},
            )
            row["seen"] |= _is_visible(world, talk)
    return [made[key] for key in sorted(made)]
