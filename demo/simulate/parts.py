"""What an estate consists of. Facts alone: who makes them is `network.py`, `workloads.py` and `models.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class Subnet:
    """A subnet and the next address that nobody has."""

    name: str
    id: str
    cidr: str
    zone: str
    is_public: bool
    base: str
    """The first two numbers of its addresses and the third's start, as `10.20.16`."""

    taken: int = 9

    def address(self) -> str:
        """One that nobody had before."""
        self.taken += 1
        first, second, third = (int(part) for part in self.base.split("."))
        return f"{first}.{second}.{third + self.taken // 250}.{self.taken % 250 + 4}"


@dataclass
class Endpoint:
    """An interface endpoint."""

    id: str
    service: str
    """As in the service's name, `bedrock-runtime`."""

    policy: Json
    restricts: bool
    interfaces: list[Interface] = field(default_factory=list)


@dataclass
class Interface:
    """A network interface."""

    id: str
    subnet: Subnet
    address: str
    kind: str = "interface"
    description: str = ""
    public: str = ""
    instance: str = ""
    """The instance's id."""


@dataclass
class Network:
    """A VPC."""

    name: str
    id: str
    region: str
    cidr: str
    style: str
    """`endpoint`, `nat` or `public`: how models are reached."""

    subnets: list[Subnet] = field(default_factory=list)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    nat: Interface | None = None
    nat_id: str = ""
    internet_gateway: str = ""
    inspection: str = ""
    """`gwlb`, `firewall` or empty."""

    inspector: Interface | None = None
    inspector_id: str = ""
    flow_format: str = ""
    """A name of `flows.FORMATS`; empty where the network has no flow log."""

    flow_log: str = ""
    names_logged: bool = True
    snat: bool = True
    """Whether the cluster's pods leave the network under their node's address."""

    def private(self, number: int) -> Subnet:
        """One of the subnets that workloads stand in."""
        of = [one for one in self.subnets if one.name.startswith("private")] or self.subnets
        return of[number % len(of)]

    def public(self) -> Subnet:
        """The subnet with a way to the internet."""
        return next(one for one in self.subnets if one.is_public)


@dataclass
class Role:
    """A role or a user."""

    name: str
    arn: str
    id: str
    trust: Json
    statements: list[Json] = field(default_factory=list)
    guarded: bool = False
    """Its policy lets only calls with a guardrail through."""

    access_key: str = ""
    """Of a user."""


@dataclass
class Place:
    """Where a workload stands for a time: an address behind an interface."""

    network: Network
    interface: Interface
    address: str
    begin: datetime
    end: datetime
    pod: Pod | None = None


@dataclass
class Pod:
    """One pod in its life."""

    name: str
    uid: str
    replica_set: str
    node: Workload
    address: str
    begin: datetime
    end: datetime


@dataclass
class Cluster:
    """An EKS cluster."""

    name: str
    arn: str
    network: Network
    issuer: str
    provider: str
    audited: bool
    nodes: list[Workload] = field(default_factory=list)
    resolver: str = ""
    """CoreDNS's address."""


@dataclass
class Account:
    """What is known of a service account beside what every workload has."""

    cluster: Cluster
    namespace: str
    name: str
    binding: str
    """`irsa`, `pod_identity` or `node`."""

    association: tuple[str, str] = ("", "")
    image: str = ""
    port: int = 8080
    gpus: int = 0


@dataclass
class Workload:
    """Whatever makes calls, as the map names it."""

    kind: str
    """`instance`, `pod`, `function`, `task`, `notebook`, `agent`, `user`, `person`, `key` or `external`."""

    name: str
    arn: str
    region: str
    role: Role | None = None
    places: list[Place] = field(default_factory=list)
    id: str = ""
    address: str = ""
    """Public, of what stands in no network of ours."""

    imds: str = "2.0"
    account: Account | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def network(self) -> Network | None:
        """The network that it stands in; none outside of ours."""
        return self.places[0].network if self.places else None

    def place(self, at: datetime, number: int) -> Place | None:
        """One of its places at this moment, the same for the same number."""
        of = [one for one in self.places if one.begin <= at < one.end]
        return of[number % len(of)] if of else None


@dataclass
class Model:
    """Anything that infers."""

    kind: str
    """As in `edge.model_kind`."""

    arn: str
    called: str
    """The id by which calls name it."""

    title: str
    region: str
    plane: str
    """`bedrock-runtime`, `bedrock-agent-runtime`, `sagemaker-runtime` or `bedrock-mantle`."""

    facts: dict[str, Any] = field(default_factory=dict)
