"""What every Python adapter does: read the organisation, hand over the pairs, keep the time, write the answers.

An adapter gives a class with `load(org)`, `decide(principal, question)` and, where the peer can, `case(case)`. It does
not decide anything itself: layers the peer has no notion of are left out, and `LAYERS` says which ones it has.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

ALLOW, DENY, UNKNOWN = "Allow", "Deny", "Unknown"


class Organisation:
    """The parts of an organisation file by what applies to whom."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.principals, self.questions = data["principals"], data["expected"]
        self.groups = {a: {g["name"]: g["managed"] for g in groups} for a, groups in data["groups"].items()}

    def identity_names(self, principal: dict[str, Any]) -> list[str]:
        """Names of the managed policies that reach the principal, those of its groups among them."""
        groups = self.groups.get(principal["account"], {})
        return [*principal["managed"], *(name for group in principal["groups"] for name in groups[group])]

    def identity(self, principal: dict[str, Any]) -> list[dict[str, Any]]:
        managed = self.data["managed_policies"]
        return [managed[name] for name in self.identity_names(principal)] + principal["inline"]

    def boundary(self, principal: dict[str, Any]) -> dict[str, Any] | None:
        return self.data["boundaries"][principal["boundary"]] if principal["boundary"] else None

    def scps(self, account: str) -> list[tuple[str, list[dict[str, Any]]]]:
        """Levels from the root down; none for the management account."""
        return [(level, self.data["scps"][name]) for level, name in self.data["scp_attachments"].get(account) or []]

    def resource_policy(self, question: dict[str, Any]) -> dict[str, Any] | None:
        return self.data["resource_policies"].get(question["resource"])

    def owner(self, principal: dict[str, Any], question: dict[str, Any]) -> str:
        """The account the resource counts as part of: the one asked for, or the caller's where none is."""
        return question["resource_account"] or principal["account"]

    def context(self, principal: dict[str, Any], question: dict[str, Any]) -> dict[str, str]:
        """The request context of the file's `context_rules`."""
        region = question["resource"].split(":", 4)[3] or "us-east-1"
        context = {
            "aws:PrincipalArn": principal["arn"],
            "aws:PrincipalAccount": principal["account"],
            "aws:PrincipalOrgID": self.data["org_id"],
            "aws:RequestedRegion": region,
            "aws:SecureTransport": "true",
        }
        if principal["kind"] == "user":
            context["aws:username"] = principal["arn"].rsplit("/", 1)[1]
        context.update({f"aws:PrincipalTag/{key}": value for key, value in principal["tags"].items()})
        return context


def role_of(arn: str) -> str:
    """The role behind an assumed-role session; any other ARN as it is. For peers that know no sessions."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[5].startswith("assumed-role/"):
        return f"{parts[0]}:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
    return arn


def case_layers(case: dict[str, Any]) -> set[str]:
    """The layers that a documented case uses."""
    policies, request = case["policies"], case["request"]
    layers = {name for name in ("boundary", "session", "scp", "rcp", "resource", "vpce") if policies.get(name)}
    account = request["principal"].split(":")[4] if request["principal"].startswith("arn:") else ""
    if request["resource_account"] and request["resource_account"] != account:
        layers.add("cross-account")
    if not request["principal"].startswith("arn:aws:"):
        layers.add("service or anonymous principal")
    return layers


def run_cases(peer: Any, path: Path) -> None:
    """A JSON line per case: the peer's decision, or why it was not asked."""
    for line in path.read_text().splitlines():
        case = json.loads(line)
        missing = sorted(case_layers(case) - set(peer.LAYERS))
        answer = {"id": case["id"], "expected": case["expected"]["decision"], "name": case.get("name", "")}
        if missing:
            answer["skipped"] = ", ".join(missing)
        else:
            try:
                answer["decision"] = peer.case(case)
            except Exception as error:  # noqa: BLE001 - a peer may fail in any way; the failure is its answer
                answer["error"] = f"{type(error).__name__}: {error}"[:200]
        print(json.dumps(answer))


def run_pairs(peer: Any, org_path: Path, pairs_path: Path, out_path: Path, budget: float) -> None:
    """Load, then decide pair after pair until the time is up; the answers go to `out_path`, the times to stdout."""
    started = time.perf_counter()
    org = Organisation(json.loads(org_path.read_bytes()))
    pairs = json.loads(pairs_path.read_bytes())
    peer.load(org)
    loaded = time.perf_counter()
    answers: list[str] = []
    for principal, question in pairs:
        try:
            answers.append(peer.decide(org.principals[principal], org.questions[question]))
        except Exception as error:  # noqa: BLE001
            answers.append(f"error: {type(error).__name__}: {error}"[:200])
        if time.perf_counter() - loaded > budget:
            break
    decided = time.perf_counter()
    out_path.write_text(json.dumps(answers))
    json.dump({"load_s": loaded - started, "decide_s": decided - loaded, "decisions": len(answers)}, sys.stdout)


def main(peer: Any) -> None:
    """`peer_x.py ORG PAIRS OUT BUDGET`, or `peer_x.py --cases FILE`."""
    if sys.argv[1] == "--cases":
        run_cases(peer, Path(sys.argv[2]))
    else:
        run_pairs(peer, Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
