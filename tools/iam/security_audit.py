#!/usr/bin/env python3
"""Writes crates/iam/data/security-audit.txt: the patterns of actions that AWS's managed policy SecurityAudit allows on all
resources without a condition, as the pinned moto ships them. `--check` writes nothing and exits 1 when the file would change.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))

from common import ROOT, Output  # noqa: E402

MOTO = "5.2.5"
TARGET = ROOT / "crates" / "iam" / "data" / "security-audit.txt"


def as_list(value) -> list[str]:
    return value if isinstance(value, list) else [value]


def main() -> None:
    if version("moto") != MOTO:
        sys.exit(f"moto {MOTO} is pinned, {version('moto')} is installed")
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policy = json.loads(aws_managed_policies_data)["SecurityAudit"]
    patterns = {
        pattern
        for statement in policy["Document"]["Statement"]
        if statement["Effect"] == "Allow" and as_list(statement.get("Resource")) == ["*"] and "Condition" not in statement
        for pattern in as_list(statement.get("Action", []))
    }
    head = f"# SecurityAudit {policy['DefaultVersionId']} of {policy['UpdateDate'][:10]}\n"
    output = Output(check="--check" in sys.argv[1:])
    output.write(TARGET, head + "".join(f"{pattern}\n" for pattern in sorted(patterns)))
    output.finish(f"{len(patterns)} patterns of SecurityAudit")


if __name__ == "__main__":
    main()
