"""How logs arrive: in files, some late, some twice, some never."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from logs import cloudtrail
from logs.names import fraction
from settings import utc
from simulate.trail import Seen
from simulate.world import World

Object = tuple[str, bytes]


@dataclass
class Trail:
    """What came of the trail's records."""

    objects: list[Object] = field(default_factory=list)
    delivered: list[Seen] = field(default_factory=list)
    lost: list[tuple[str, datetime]] = field(default_factory=list)
    """Region and begin of each hour without a file."""

    @property
    def keys(self) -> set[str]:
        """Keys of whose handing out a record was delivered."""
        return {one.issues for one in self.delivered if one.issues}


def trail(world: World, seen: Iterable[Seen]) -> Trail:
    """Files of a quarter of an hour; whole hours are missing."""
    made = Trail()
    files: dict[tuple[str, datetime], list[Seen]] = defaultdict(list)
    for one in seen:
        if one.data and one.data not in world.data_events:
            continue
        files[one.record["awsRegion"], _closed(one)].append(one)
    for region in sorted({region for region, _ in files}):
        dice = world.dice("lost", region)
        for number in range(24 * world.options.days):
            # The first and the last hour are there: nothing tells that a log should have begun before it does.
            if dice.random() < world.options.log_loss and 0 < number < 24 * world.options.days - 1:
                made.lost.append((region, world.options.begin + timedelta(hours=number)))
    lost = set(made.lost)
    fullest = max(files.items(), key=lambda one: len(one[1]))[0]
    for (region, closed), held in sorted(files.items(), key=lambda one: one[0]):
        hour = (closed - cloudtrail.SLICE).replace(minute=0, second=0)
        if (region, hour) in lost:
            continue
        made.delivered += held
        records = [one.record for one in held]
        made.objects.append(cloudtrail.file(region, closed, records, ""))
        if (region, closed) == fullest:
            made.objects.append(cloudtrail.file(region, closed, records, "again"))
    return made


def _closed(one: Seen) -> datetime:
    at = utc(one.record["eventTime"])
    event = one.record["eventID"]
    late = int(1 + 3 * fraction("late by", event)) if fraction("late", event) < cloudtrail.LATE else 0
    begin = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    closed = begin + cloudtrail.SLICE * (1 + late)
    # A late record must not fall into another hour: whether that is lost would then decide of it.
    hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(closed, hour)


def split(world: World, objects: Iterable[Object]) -> tuple[list[Object], list[Object]]:
    """What is there at once, and what comes later: late objects, and copies of ones that came before."""
    first: list[Object] = []
    second: list[Object] = []
    for key, content in objects:
        dice = world.dice("late", key)
        late = dice.random() < world.options.late / 2
        (second if late else first).append((key, content))
        if not late and dice.random() < world.options.late / 4:
            # The same object once more, under the same key: it must count once.
            second.append((key, content))
    second.sort(key=lambda one: world.dice("order", one[0]).random())
    return first, second


def shifted(world: World, source: str) -> timedelta:
    """How far the clock of this source is off."""
    return timedelta(seconds=round(world.dice("clock", source).uniform(-1, 1) * world.options.clock_skew))


def everything(*parts: Iterable[Object]) -> Iterator[Object]:
    """All objects of all sources."""
    for part in parts:
        yield from part
