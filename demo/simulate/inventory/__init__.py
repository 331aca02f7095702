"""The estate as scans see it: rows of the inventory's tables in the shape that the collectors write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from settings import ACCOUNT
from simulate.catalogue import tables
from simulate.inventory import compute, identity, kubernetes, log, model, network
from simulate.inventory.row import GLOBAL, REGIONS, Scan
from simulate.world import World


def scans(world: World) -> Iterator[Scan]:
    """One soon after the begin, one in the middle, one before the end: pods come and go between them."""
    for at in scan_times(world):
        yield scan(world, at)


def scan_times(world: World) -> list[datetime]:
    """When the scans were."""
    span = world.options.end - world.options.begin
    return [(world.options.begin + span * share).replace(microsecond=0) for share in (0.08, 0.5, 0.97)]


def scan(world: World, at: datetime) -> Scan:
    """What there is at this moment."""
    made = Scan(world, at)
    identity.identities(made)
    for one in world.networks:
        network.network_of(made, one)
    for workload in world.instances:
        compute.instance(made, workload)
    for workload in world.functions:
        compute.function(made, workload)
    compute.tasks(made)
    for workload in world.balancers:
        compute.balancer(made, workload)
    model.models(made)
    log.logs(made)
    for cluster in world.clusters:
        kubernetes.cluster(made, cluster)
    _coverage(made)
    return made


def _coverage(made: Scan) -> None:
    """Everything was read: one row for each table, region and operation."""
    counts: dict[tuple[str, str], int] = {}
    for row in made.resources:
        place = (row["table_name"], row["region"])
        counts[place] = counts.get(place, 0) + 1
    for table in tables().values():
        for region in (GLOBAL,) if table.is_global else REGIONS:
            for number, operation in enumerate(table.operations or (f"unknown:{table.name}",)):
                made.coverage.append({
                    "scan_id": made.id, "account_id": ACCOUNT, "region": region, "table_name": table.name,
                    "operation": operation,
                    "action": operation, "target": "", "outcome": "ok", "error_code": "", "error_message": "",
                    "rows": counts.get((table.name, region), 0) if number == 0 else 0, "calls": 1,
                    "collected_at": made.at,
                })  # fmt: skip


__all__ = ["REGIONS", "Scan", "scan", "scan_times", "scans"]
