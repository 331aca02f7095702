"""An estate drawn from a seed: networks, workloads, models, and who uses what."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from logs.names import digest, letters, uuid_of
from settings import ACCOUNT
from simulate.options import Options
from simulate.parts import Cluster, Json, Model, Network, Place, Role, Workload


class World:
    """Everything that was drawn, and the dice. They are asked for by name: one part's draws change no other's."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.networks: list[Network] = []
        self.roles: dict[str, Role] = {}
        self.users: dict[str, Role] = {}
        self.instances: list[Workload] = []
        self.functions: list[Workload] = []
        self.notebooks: list[Workload] = []
        self.tasks: list[Workload] = []
        self.agents: list[Workload] = []
        self.people: list[Workload] = []
        self.pods: list[Workload] = []
        """Service accounts; their places are their pods."""

        self.balancers: list[Workload] = []
        """Load balancers; `facts["targets"]` are what they spread to."""

        self.clusters: list[Cluster] = []
        self.models: dict[str, Model] = {}
        """By a name of ours."""

        self.guardrails: dict[str, str] = {}
        """Region to id."""

        self.enforced: set[str] = set()
        """Regions whose account setting puts a guardrail before every call."""

        self.logged: set[str] = set()
        """Regions with model invocation logging."""

        self.data_events: set[str] = set()
        """Resource types whose data events the trail has."""

    def dice(self, *name: object) -> random.Random:
        """Dice for one purpose."""
        return random.Random(f"{self.options.seed}|{'|'.join(map(str, name))}")

    def id(self, prefix: str, *name: object) -> str:
        """An id such as AWS gives: a prefix and 17 hexadecimal digits."""
        return prefix + digest("simulate", self.options.seed, prefix, *name).hex()[:17]

    def letters(self, count: int, *name: object) -> str:
        """Upper-case letters and digits, as in ids of agents and keys."""
        return letters(count, "simulate", self.options.seed, *name)

    def uuid(self, *name: object) -> str:
        """A random-looking UUID."""
        return uuid_of("simulate", self.options.seed, *name)

    def role(self, name: str, service: str, guarded: bool = False) -> Role:
        """The role of this path and name, which `service` may take; made when it is first asked for."""
        if name not in self.roles:
            self.roles[name] = Role(
                name.rsplit("/", 1)[-1],
                f"arn:aws:iam::{ACCOUNT}:role/{name}",
                "AROA" + self.letters(17, "role", name),
                _trust(service),
                guarded=guarded,
            )
        return self.roles[name]

    def user(self, name: str) -> Role:
        """The user of this name; made when it is first asked for."""
        if name not in self.users:
            self.users[name] = Role(
                name,
                f"arn:aws:iam::{ACCOUNT}:user/{name}",
                "AIDA" + self.letters(17, "user", name),
                {},
                access_key="AKIA" + self.letters(16, "key", name),
            )
        return self.users[name]

    @property
    def lifetime(self) -> tuple[datetime, datetime]:
        """When things that stand all the time begin and end: before the first log, after the last."""
        return self.options.begin - timedelta(days=30), self.options.end + timedelta(days=1)

    @property
    def workloads(self) -> list[Workload]:
        """All that may call models."""
        return [
            *self.instances, *self.pods, *self.functions, *self.tasks, *self.notebooks, *self.agents, *self.people
        ]  # fmt: skip

    def network_of(self, place: Place | None) -> Network | None:
        """Its network; none for what stands in none."""
        return place.network if place else None


def _trust(who: str) -> Json:
    """The policy that lets a service, a provider or another role take a role."""
    action: str | list[str] = "sts:AssumeRole"
    principal = {"Service": who} if who.endswith(".com") else {"AWS": who}
    if "oidc-provider" in who:
        principal, action = {"Federated": who}, "sts:AssumeRoleWithWebIdentity"
    elif "saml-provider" in who:
        principal, action = {"Federated": who}, ["sts:AssumeRoleWithSAML", "sts:TagSession"]
    elif who == "pods.eks.amazonaws.com":
        action = ["sts:AssumeRole", "sts:TagSession"]
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {"Version": "2012-10-17", "Statement": [statement]}
