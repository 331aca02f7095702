"""One scan's rows, held against the tables that the product declares."""

from __future__ import annotations

from datetime import datetime

from logs.names import digest
from settings import ACCOUNT, MAIN_REGION, OTHER_REGION
from simulate.catalogue import tables
from simulate.parts import Json
from simulate.world import World

REGIONS = (MAIN_REGION, OTHER_REGION)
GLOBAL = "global"


class Scan:
    """All rows of one scan."""

    def __init__(self, world: World, at: datetime) -> None:
        self.world, self.at = world, at
        self.id = f"{at:%Y%m%dT%H%M%SZ}-{digest('scan', world.options.seed, at).hex()[:6]}"
        self.resources: list[Json] = []
        self.coverage: list[Json] = []

    def add(self, table: str, region: str, arn: str, title: str, config: Json, tags: Json | None = None) -> None:
        """One row; a column that the table does not have is a mistake here."""
        unknown = set(config) - tables()[table].columns
        if unknown:
            raise ValueError(f"the table `{table}` has no column {sorted(unknown)}")
        self.resources.append(
            {
                "scan_id": self.id,
                "account_id": ACCOUNT,
                "partition": "aws",
                "region": region,
                "table_name": table,
                "arn": arn,
                "title": title,
                "tags": tags or {},
                "config": config,
                "collected_at": self.at,
            }
        )


def arn_of(service: str, region: str, rest: str) -> str:
    """An ARN of this account."""
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"
