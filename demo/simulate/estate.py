"""The steps from options to files: draw the estate, write its logs, write the truth."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from settings import rfc3339
from simulate import (
    attacks,
    audit,
    delivery,
    flows,
    inventory,
    invocations,
    lake,
    models,
    names,
    network,
    talks,
    trail,
    truth,
    uses,
    workloads,
)
from simulate.attacks import Raid
from simulate.delivery import Object, Trail
from simulate.options import Options
from simulate.talks import Talk
from simulate.trail import Seen
from simulate.uses import Use
from simulate.world import World


@dataclass
class Estate:
    """An estate with all that happens in it."""

    world: World
    uses: list[Use]
    raids: list[Raid]
    calls: list[Seen]
    """The trail's records of `uses`, before any is lost."""

    talks: list[Talk]
    trail: Trail


def draw(options: Options) -> Estate:
    """The estate of these options."""
    world = World(options)
    network.build(world)
    models.build(world)
    workloads.build(world)
    plan = list(uses.plan(world))
    raids = attacks.plan(world)
    plan += [use for raid in raids for use in raid.uses]
    calls = list(trail.of_uses(world, plan))
    steps = [step for raid in raids for step in raid.steps]
    made = delivery.trail(world, [*calls, *trail.noise(world), *steps])
    return Estate(world, plan, raids, calls, talks.all_talks(world, plan), made)


def objects(estate: Estate) -> list[Object]:
    """All log objects."""
    world = estate.world
    return [
        *estate.trail.objects,
        *flows.objects(world, estate.talks),
        *names.objects(world, estate.talks),
        *invocations.objects(world, estate.calls),
        *audit.objects(world),
    ]


def save(estate: Estate, out: Path) -> None:
    """Everything below a folder: `logs`, `late`, `inventory.jsonl.gz`, `ground_truth.json`."""
    first, second = delivery.split(estate.world, objects(estate))
    for folder, held in (("logs", first), ("late", second)):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for key, content in held:
            target = out / folder / key
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    scans = []
    for one in inventory.scans(estate.world):
        row = lake.row_of_scan(one.id, one.at, inventory.REGIONS, one.resources, one.coverage)
        scans.append({"scan": row, "resource": one.resources, "coverage": one.coverage})
    lake.save(out / "inventory.jsonl.gz", scans)
    options = {name: rfc3339(value) if name == "end" else value for name, value in asdict(estate.world.options).items()}
    content = {"options": options} | truth.of(estate.world, estate.uses, estate.talks, estate.trail)
    content["attacks"] = attacks.truth(estate.raids, estate.trail)
    (out / "ground_truth.json").write_text(json.dumps(content, indent=1) + "\n")
