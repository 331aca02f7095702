#!/usr/bin/env python3
"""Writes crates/iam/data/without-operation.txt: the actions of actions.tsv that no operation of the pinned botocore has the
name of. Such an action may be a permission without a call, or its call has another name, or no SDK. `--check` writes nothing
and exits 1 when the file would change.
"""

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))

from common import ROOT, Output, loader  # noqa: E402

DATA = ROOT / "crates" / "iam" / "data"

# Prefixes of actions whose operations botocore has under other names than signing name, endpoint prefix or service name.
ALIASES = {
    "cloudformation": ("cloudcontrol", "cloudcontrolapi"),
    "cloudwatch": ("monitoring",),
    "dynamodb": ("dynamodbstreams",),
    "elasticmapreduce": ("emr",),
    "s3": ("s3control",),
    "sso": ("sso-admin",),
}


def operations(load) -> dict[str, set[str]]:
    """Names of operations in lower case, by all the names of their service."""
    found: dict[str, set[str]] = {}
    for service in load.list_available_services("service-2"):
        model = load.load_service_model(service, "service-2")
        metadata = model["metadata"]
        for name in {metadata.get("signingName"), metadata["endpointPrefix"], service} - {None}:
            found.setdefault(name, set()).update(operation.lower() for operation in model["operations"])
    return found


def main() -> None:
    output = Output(check="--check" in sys.argv[1:])
    known = operations(loader())
    missing = []
    with open(DATA / "actions.tsv", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            names = (row["service"], *ALIASES.get(row["service"], ()))
            if not any(row["action"].lower() in known.get(name, ()) for name in names):
                missing.append(f"{row['service']}:{row['action']}\n")
    output.write(DATA / "without-operation.txt", "".join(missing))
    output.finish(f"{len(missing)} actions without an operation")


if __name__ == "__main__":
    main()
