"""Join the traffic table with the estate's ids: the edges that `sightline map` must find.

    python demo/truth.py [--state FOLDER] [--end 2026-11-20T00:00:00Z]

Writes `ground_truth.json` beside the estate's ids. Its ARNs are of this build (ministack chooses some at random), so
the file is made, not checked in; what is checked in is `traffic.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from estate.ledger import Ledger
from schedule import attempts
from settings import ACCOUNT, DEFAULT_END, DEFAULT_STATE, PARTNER_ACCOUNT, WINDOW, rfc3339, utc
from traffic import FLOWS_THAT_ARE_NOT_MODELS, MAY_BUT_DO_NOT, NOT_BUILT, SHADOWS, TRAFFIC, Shadow, Traffic

KINDS = {"sso": "user", "partner": "external"}
"""Kinds of workload that the product calls by another word than the table's prefix."""


def workload_arn(row: Traffic, ledger: Ledger) -> str:
    """The ARN by which the map knows the workload; a person of IAM Identity Center goes by his session."""
    kind, name = row.workload.split("/", 1)
    if kind == "sso":
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{row.identity}/{name}"
    if kind == "partner":
        return f"arn:aws:iam::{PARTNER_ACCOUNT}:role/{row.identity}"
    return ledger.arn(kind, name)


def identity_arn(row: Traffic, ledger: Ledger) -> str:
    """The role or user whose permissions were used."""
    kind, _ = row.workload.split("/", 1)
    if kind == "partner":
        return workload_arn(row, ledger)
    return ledger.arn("user" if kind == "user" else "role", row.identity)


def model_arn(reference: str, region: str, ledger: Ledger) -> str:
    """The model's ARN as the inventory has it."""
    kind, name = reference.split("/", 1)
    if kind == "foundation":
        return f"arn:aws:bedrock:{region}::foundation-model/{name}"
    if kind == "profile":
        return f"arn:aws:bedrock:{region}:{ACCOUNT}:inference-profile/{name}"
    return ledger.arn(kind, name)


def edge(row: Traffic, ledger: Ledger, end: datetime) -> dict[str, Any]:
    """One edge with its counts; first and last seen are over all attempts, refused ones too."""
    tries = attempts(row, end)
    kind = row.workload.split("/", 1)[0]
    return {
        "workload_arn": workload_arn(row, ledger),
        "workload_kind": KINDS.get(kind, kind),
        "identity_arn": identity_arn(row, ledger),
        "model_arn": model_arn(row.model, row.region, ledger),
        "region": row.region,
        "path": row.path,
        "calls": row.calls,
        "errors": row.errors,
        "first_seen": rfc3339(tries[0].at),
        "last_seen": rfc3339(tries[-1].at),
    }


def shadow_edge(row: Shadow, ledger: Ledger) -> dict[str, Any]:
    """An edge that flow logs alone tell: no calls are counted, and nobody's permissions were used."""
    kind, name = row.workload.split("/", 1)
    return {
        "workload_arn": ledger.arn(kind, name),
        "workload_kind": kind,
        "identity_arn": "",
        "model_arn": row.host,
        "region": row.region,
        "path": row.path,
        "calls": 0,
        "errors": 0,
    }


def ground_truth(ledger: Ledger, end: datetime) -> dict[str, Any]:
    """The whole file's content."""
    edges = [edge(row, ledger, end) for row in TRAFFIC] + [shadow_edge(row, ledger) for row in SHADOWS]
    edges.sort(key=lambda one: (one["workload_arn"], one["model_arn"], one["region"], one["path"]))
    may = [
        {"workload_arn": ledger.arn(*silence.subject.split("/", 1)), "about": silence.about}
        for silence in MAY_BUT_DO_NOT
    ]
    flows = [
        {"workload_arn": ledger.arn(*silence.subject.split("/", 1)), "about": silence.about}
        for silence in FLOWS_THAT_ARE_NOT_MODELS
    ]
    return {
        "account_id": ACCOUNT,
        "window": [rfc3339(end - WINDOW), rfc3339(end)],
        "edges": edges,
        "non_edges": {"may_but_do_not": may, "flows_that_are_not_models": flows},
        "not_built": [{"what": what, "why": why} for what, why in NOT_BUILT],
    }


def write(state: Path, end: datetime) -> Path:
    """Write the file; where it is."""
    target = state / "ground_truth.json"
    target.write_text(json.dumps(ground_truth(Ledger.load(state / "estate.json"), end), indent=1) + "\n")
    return target


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--end", type=utc, default=DEFAULT_END, help="the logs' end, RFC 3339")
    options = parser.parse_args()
    print(write(options.state.resolve(), options.end))
    return 0


if __name__ == "__main__":
    sys.exit(main())
