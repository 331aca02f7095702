"""Who there is in the estate that is measured, and who talks to whom: drawn by the demo's simulator."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "demo"))

from logs.conversation import BEDROCK_ADDRESSES, S3_ADDRESS  # noqa: E402
from records import ACCOUNT, REGION  # noqa: E402
from simulate import models, network, workloads  # noqa: E402
from simulate.options import Options  # noqa: E402
from simulate.parts import Place, Workload  # noqa: E402
from simulate.talks import OTHERS, PUBLIC_AI  # noqa: E402
from simulate.world import World  # noqa: E402

Json = dict[str, Any]


def draw(size: str) -> World:
    """The estate; pods neither come nor go."""
    world = World(Options(7, size=size, ip_reuse=0.0, log_loss=0.0, nat_share=0.4))
    network.build(world)
    models.build(world)
    workloads.build(world)
    for one in world.networks:
        one.flow_format, one.names_logged = "full", True
    return world


class Ends:
    """Ends of connections: places of ours, endpoints, and addresses of the internet."""

    def __init__(self, world: World) -> None:
        self.rows: list[Json] = []
        self.places: dict[str, list[tuple[int, Place, Workload]]] = {one.name: [] for one in world.networks}
        self.endpoints: dict[str, list[int]] = {one.name: [] for one in world.networks}
        for workload in [*world.instances, *world.pods, *world.tasks, *world.functions]:
            for place in workload.places:
                card = place.interface
                instance = card.instance
                number = self.add(place.network.id, card.subnet.id, card.id, place.address, instance)
                self.places[place.network.name].append((number, place, workload))
        for one in world.networks:
            endpoint = one.endpoints.get("bedrock-runtime")
            for card in endpoint.interfaces if endpoint else []:
                self.endpoints[one.name].append(self.add(one.id, card.subnet.id, card.id, card.address, ""))
        self.bedrock = [self.add("", "", "", address, "") for address in BEDROCK_ADDRESSES]
        self.storage = self.add("", "", "", S3_ADDRESS, "")
        self.hosts = {
            host: [self.add("", "", "", address, "") for address in addresses]
            for host, addresses in sorted({**PUBLIC_AI, **OTHERS}.items())
        }

    def add(self, vpc: str, subnet: str, card: str, address: str, instance: str) -> int:
        """The end's number."""
        row = {"vpc_id": vpc, "subnet_id": subnet, "interface_id": card, "address": address, "instance_id": instance}
        self.rows.append(row)
        return len(self.rows) - 1


def pairs(world: World, ends: Ends, count: int, dice: np.random.Generator) -> list[tuple[int, int, int, str]]:
    """Connections: models, storage, the internet, public models, and most of all each other."""
    made = []
    names = [one.name for one in world.networks if ends.places[one.name]]
    hosts = list(ends.hosts.values())
    for drawn in dice.random((count, 5)):
        name = names[int(drawn[0] * len(names))]
        here = ends.places[name]
        client = here[int(drawn[1] * len(here))][0]
        kind = drawn[2]
        if kind < 0.2:
            near = ends.endpoints[name]
            of, service = (near, "") if near else (ends.bedrock, "AMAZON")
            made.append((client, of[int(drawn[3] * len(of))], 443, service))
        elif kind < 0.4:
            made.append((client, ends.storage, 443, "S3"))
        elif kind < 0.5:
            of = hosts[int(drawn[3] * len(hosts))]
            made.append((client, of[int(drawn[4] * len(of))], 443, ""))
        else:
            made.append((client, here[int(drawn[3] * len(here))][0], (443, 8080, 5432, 6379)[int(drawn[4] * 4)], ""))
    return made


def names(world: World, ends: Ends, count: int, dice: np.random.Generator) -> list[Json]:
    """Who asks for which name in an hour, and one of the answers."""
    made = []
    all_hosts = sorted({**PUBLIC_AI, **OTHERS}.items())
    networks = [one for one in world.networks if ends.places[one.name]]
    for drawn in dice.random((count, 4)):
        one = networks[int(drawn[0] * len(networks))]
        here = ends.places[one.name]
        _, place, workload = here[int(drawn[1] * len(here))]
        asks = workload.account.cluster.resolver if workload.account else place.address
        host, answers = f"bedrock-runtime.{one.region}.amazonaws.com", tuple(BEDROCK_ADDRESSES)
        if "bedrock-runtime" in one.endpoints:
            answers = tuple(card.address for card in one.endpoints["bedrock-runtime"].interfaces)
        if drawn[2] > 0.5:
            host, answers = all_hosts[int((drawn[2] - 0.5) * 2 * len(all_hosts))]
        made.append({"vpc_id": one.id, "client_addr": asks, "query_name": host,
        "answer": answers[int(drawn[3] * len(answers))]})
    return made


# ---------------------------------------------------------------- api_call


def patterns(world: World) -> tuple[list[Json], np.ndarray, list[Json]]:
    """Patterns of calls with their weights, and the calls that hand out the pods' keys."""
    made, weights, issued = [], [], []
    titles = [one for one in world.models.values() if one.kind == "foundation-model" and one.region == REGION]
    for number, workload in enumerate([*world.instances, *world.functions, *world.tasks]):
        if workload.region != REGION:
            continue
        made.append(_look_up(workload, number))
        weights.append(4.0)
        for turn in range(2) if number % 2 == 0 else ():
            made.append(
                _model_call(workload, workload.places[0] if workload.places else None,
                titles[(number + turn) % len(titles)].called, number)
            )
            weights.append(4.0)
    for number, workload in enumerate(world.pods):
        for place in workload.places if workload.region == REGION and number % 2 == 0 else []:
            key = f"ASIA{abs(hash_number(place.address + place.network.id)):016d}"[:20]
            made.append(_model_call(workload, place, titles[number % len(titles)].called,
            number) | {"access_key_id": key})
            weights.append(1.0)
            issued.append(_issued(workload, place, key))
    return made, np.array(weights), issued


def hash_number(text: str) -> int:
    """A number that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _session(workload: Workload, name: str) -> Json:
    role = workload.role
    assert role is not None
    return {
        "identity_type": "AssumedRole", "identity_arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/{name}",
        "identity_account_id": ACCOUNT,
        "principal_id": f"{role.id}:{name}", "user_name": role.name, "issuer_arn": role.arn, "session_name": name,
        "access_key_id": f"ASIA{hash_number(name):016d}"[:20],
        "ec2_role_delivery": "2.0" if workload.kind == "instance" else "",
        "user_agent": "Boto3/1.43.106", "region": REGION,
    }  # fmt: skip


def _where(workload: Workload, place: Place | None) -> Json:
    if place is None:
        return {"source_ip": workload.address}
    endpoint = place.network.endpoints.get("bedrock-runtime")
    if endpoint:
        return {"source_ip": place.address, "vpc_endpoint_id": endpoint.id}
    return {"source_ip": place.network.nat.public if place.network.nat else place.interface.public}


def _name(workload: Workload, number: int) -> str:
    if workload.account:
        return f"botocore-session-{1763500000 + number}"
    return workload.id or workload.name


def _model_call(workload: Workload, place: Place | None, model: str, number: int) -> Json:
    guarded = {"guardrail_id": "gr-1"} if number % 5 == 0 else {}
    return {
        **_session(workload, _name(workload, number)), **_where(workload, place), **guarded,
        "event_source": "bedrock.amazonaws.com",
        "event_name": ("Converse", "InvokeModel")[number % 2], "host": f"bedrock-runtime.{REGION}.amazonaws.com",
        "model_id": model,
        "request_parameters": json.dumps({"modelId": model, **({"guardrailIdentifier": "gr-1"} if guarded else {})},
        separators=(",", ":")),
    }  # fmt: skip


def _look_up(workload: Workload, number: int) -> Json:
    source, name = (
        ("ec2.amazonaws.com", "DescribeTags"),
        ("kms.amazonaws.com", "Decrypt"),
        ("secretsmanager.amazonaws.com", "GetSecretValue"),
    )[number % 3]
    session = _session(workload, _name(workload, number))
    return {**session, **_where(workload, None), "event_source": source, "event_name": name,
    "request_parameters": '{"filterSet":{}}'}


def _issued(workload: Workload, place: Place, key: str) -> Json:
    of, role = workload.account, workload.role
    assert of is not None and role is not None
    subject = f"system:serviceaccount:{of.namespace}:{of.name}"
    return {
        "event_source": "sts.amazonaws.com", "event_name": "AssumeRoleWithWebIdentity",
        "identity_type": "WebIdentityUser", "user_name": subject,
        "principal_id": f"{of.cluster.provider}:sts.amazonaws.com:{subject}", "issued_access_key_id": key,
        "assumed_role_arn": role.arn,
        "source_ip": place.address, "region": REGION, "request_parameters": json.dumps({"roleArn": role.arn}),
    }  # fmt: skip
