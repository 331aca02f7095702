"""When each row of the traffic table calls: the same moments for the ground truth and for the logs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from settings import WINDOW
from traffic import Traffic


@dataclass(frozen=True)
class Attempt:
    """One call: when, and whether it succeeded."""

    at: datetime
    number: int
    failed: bool


def attempts(row: Traffic, end: datetime) -> list[Attempt]:
    """All calls of a row in order of time, in whole seconds, inside the row's hours.

    Each has its own slice of the time and a random place in it, seeded by the row; the failures are spread evenly.
    """
    total = row.calls + row.errors
    begin = end - WINDOW + timedelta(hours=row.hours[0])
    span = (row.hours[1] - row.hours[0]) * 3600 / total
    dice = random.Random(row.key)
    failing = {round((number + 0.5) * total / row.errors - 0.5) for number in range(row.errors)}
    moments = (begin + timedelta(seconds=int((number + dice.random()) * span)) for number in range(total))
    return [Attempt(at, number, number in failing) for number, at in enumerate(moments)]
