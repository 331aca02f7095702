"""A small lake in which every name, tag and value of a log is one that an attacker would choose.

    python hostile_lake.py FOLDER SIGHTLINE < NAMES.json

Inventory goes into the lake's open tables as the simulator writes them; logs are read by the product's own `ingest`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "demo"))

from logs.cloudtrail import file
from logs.event import Json, record
from settings import ACCOUNT
from simulate import lake

REGION = "us-east-1"
END = datetime(2026, 11, 20, tzinfo=timezone.utc)
INVOKES = ("InvokeModel", "Converse", "ListFoundationModels", "GetModelInvocationLoggingConfiguration")


def main() -> int:
    """The command line."""
    folder, sightline = Path(sys.argv[1]), Path(sys.argv[2])
    names: list[str] = json.load(sys.stdin)
    logs, tables = folder / "logs", folder / "lake"
    for key, content in [file(REGION, END, [one for at, name in enumerate(names) for one in calls(at, name)], "")]:
        path = logs / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    saved = folder / "inventory.jsonl.gz"
    lake.save(saved, [scan(names)])
    run(sightline, folder, tables, ["ingest", str(logs)])
    lake.append(tables, saved)
    for arguments in (["map"], ["findings"], ["detect", "--since", "30d"], ["access", "list"]):
        run(sightline, folder, tables, arguments)
    return 0


def run(sightline: Path, folder: Path, tables: Path, arguments: list[str]) -> None:
    """One command; that something could not be told is an answer."""
    environment = {"SIGHTLINE_LAKE": str(tables), "HOME": str(folder), "PATH": os.environ["PATH"]}
    done = subprocess.run([sightline, *arguments], env=environment, cwd=folder, capture_output=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"error: `sightline {arguments[0]}` ended with {done.returncode}: {done.stderr.decode()[-800:]}")


def calls(at: int, name: str) -> list[Json]:
    """Calls of an instance and of a role that tells no workload, with the name wherever a caller may choose one."""
    origin = {"sourceIPAddress": f"198.51.100.{at + 1}", "userAgent": name}
    found = []
    for place, call in enumerate(INVOKES):
        for session in (instance_id(at), name[:64]):
            when = END - timedelta(hours=2, minutes=4 * at + place)
            parameters = {"modelId": name if place else "amazon.nova-lite-v1:0", "guardrailIdentifier": name}
            extra = {"errorCode": "AccessDenied", "errorMessage": name} if place == 1 else None
            identity = caller(at, name, session)
            made = record(
                when, REGION, "bedrock.amazonaws.com", call, identity, origin, at, place, session,
                parameters=parameters, extra=extra, host=name,
            )  # fmt: skip
            found.append(made)
    return found


def caller(at: int, name: str, session: str) -> Json:
    """An assumed role."""
    role = f"role-{name}"
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE{at:09}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": f"ASIAEXAMPLE{at:09}",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": f"AROAEXAMPLE{at:09}",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-11-19T20:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def instance_id(at: int) -> str:
    """As EC2 gives it to the sessions of an instance."""
    return f"i-{at:017x}"


def scan(names: list[str]) -> Json:
    """A whole scan with these names as titles, tags and values, and as errors of what could not be read."""
    at = END.isoformat().replace("+00:00", "Z")
    resources = [resource for place, name in enumerate(names) for resource in resources_of(place, name, at)]
    tables = sorted({one["table_name"] for one in resources})
    coverage = [covered(table, at, "ok", "") for table in tables]
    coverage += [covered(f"aws_vpc_{place}", at, "denied", name) for place, name in enumerate(names)]
    return {
        "scan": lake.row_of_scan("hostile", END, [REGION], resources, coverage),
        "resource": resources,
        "coverage": coverage,
    }


def resources_of(at: int, name: str, when: str) -> list[Json]:
    """An instance, its role and a bucket."""
    made = [
        ("aws_ec2_instance", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance_id(at)}", {
            "instance_id": instance_id(at), "metadata_options": {"HttpTokens": "optional", "HttpEndpoint": "enabled"},
            "private_ip_address": f"10.0.0.{at + 4}", "iam_instance_profile": {"Arn": name}, "user_data": name,
        }),
        ("aws_iam_role", f"arn:aws:iam::{ACCOUNT}:role/role-{name}", {
            "role_name": f"role-{name}", "description": name, "assume_role_policy_document": {
                "Version": "2012-10-17",
                "Statement": [{"Sid": name, "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
            },
        }),
        ("aws_s3_bucket", f"arn:aws:s3:::bucket-{at}", {"name": name, "bucket_name": name}),
    ]  # fmt: skip
    return [
        {
            "scan_id": "hostile", "account_id": ACCOUNT, "partition": "aws", "region": REGION, "table_name": table,
            "arn": arn, "title": name, "tags": {"Name": name, name[:128]: name}, "config": config, "collected_at": when,
        }
        for table, arn, config in made
    ]  # fmt: skip


def covered(table: str, at: str, outcome: str, message: str) -> Json:
    """What came of reading a table."""
    return {
        "scan_id": "hostile", "account_id": ACCOUNT, "region": REGION, "table_name": table,
        "operation": message or "List", "action": "ec2:Describe", "target": message, "outcome": outcome,
        "error_code": message and "AccessDenied", "error_message": message, "rows": 1, "calls": 1, "collected_at": at,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
