"""What every part of the demo agrees on: the account, the regions, the clock and the folder for what it makes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_STATE = ROOT / ".sightline-demo"
"""Emulators' state and logs, the estate's ids, the ground truth, the lake and the report. Safe to delete."""

ACCOUNT = "123456789012"
PARTNER_ACCOUNT = "210987654321"
MAIN_REGION = "us-east-1"
OTHER_REGION = "eu-west-1"

LOG_BUCKET = f"sightline-logs-{ACCOUNT}-{MAIN_REGION}"
"""The name that `sightline onboard` gives to the bucket unless told otherwise."""

DEFAULT_END = datetime(2026, 11, 20, tzinfo=timezone.utc)
"""The logs end here unless told otherwise. Fixed, so that two runs write the same bytes."""

WINDOW = timedelta(days=2)
"""How much time the logs cover, up to their end."""


def utc(text: str) -> datetime:
    """A moment in UTC from RFC 3339 text, with `Z` or an offset (`fromisoformat` of Python 3.10 knows no `Z`)."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def rfc3339(moment: datetime) -> str:
    """The form that CloudTrail writes: whole seconds, `Z`."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
