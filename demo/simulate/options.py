"""What a simulation is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from settings import DEFAULT_END


@dataclass(frozen=True)
class Size:
    """How many there are of each kind."""

    networks: int
    instances: int
    """In each network."""

    nodes: int
    """In the cluster of each network that has one."""

    accounts: int
    """Service accounts with pods in each cluster."""

    functions: int
    services: int
    people: int
    agents: int
    clusters: int = 2
    replicas: int = 3
    """Pods of a service account, at most."""

    restarts: bool = True
    """Whether pods come and go."""


SIZES = {
    "small": Size(networks=4, instances=4, nodes=3, accounts=8, functions=5, services=2, people=3, agents=2),
    "medium": Size(networks=10, instances=30, nodes=10, accounts=40, functions=40, services=10, people=20, agents=8),
    "large": Size(
        networks=10,
        instances=300,
        nodes=60,
        accounts=150,
        functions=300,
        services=60,
        people=100,
        agents=30,
        clusters=6,
    ),
    # What `bench/map` measures: 10,000 instances and 100,000 pods.
    "bench": Size(
        networks=20,
        instances=400,
        nodes=100,
        accounts=101,
        functions=500,
        services=100,
        people=100,
        agents=20,
        clusters=20,
        replicas=50,
        restarts=False,
    ),
}


@dataclass(frozen=True)
class Options:
    """Size, faults and seed."""

    seed: int
    size: str = "small"
    nat_share: float = 0.3
    """Share of the networks that reach models by NAT instead of an interface endpoint."""

    ip_reuse: float = 0.2
    """How often a new pod takes an address that a pod of another workload had."""

    log_loss: float = 0.05
    """Share of the trail's hours that are never delivered; with it more networks have no flow or Resolver logs."""

    clock_skew: float = 5.0
    """Seconds, at most, by which the clocks of flow, Resolver and audit logs are off."""

    late: float = 0.1
    """Share of the objects that come late, out of order or twice."""

    noise: float = 1.0
    """Traffic and calls that have nothing to do with models; 1 is about as much as there is of models."""

    attacks: int = 0
    days: int = 1
    end: datetime = DEFAULT_END

    @property
    def begin(self) -> datetime:
        """The first moment of the logs."""
        return self.end - timedelta(days=self.days)

    @property
    def counts(self) -> Size:
        """How many there are of each kind."""
        return SIZES[self.size]
