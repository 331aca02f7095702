"""Who calls: the session behind each row of traffic, as CloudTrail shows it in `userIdentity`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from estate.ledger import Ledger
from logs.names import letters, pick, temporary_key, uuid_of
from settings import ACCOUNT, PARTNER_ACCOUNT, rfc3339
from traffic import Traffic

Json = dict[str, Any]

OFFICE_ADDRESS = "203.0.113.24"
BUILD_SERVICE_ADDRESS = "198.51.100.77"
CONTRACTOR_ADDRESS = "192.0.2.145"
PARTNER_ENDPOINT = "vpce-0b1c2d3e4f5a69788"
"""An endpoint of the partner's own network: it is in no inventory of ours."""

LIFETIME = {
    # How long credentials last before the next are taken. A web identity's are the shortest.
    "instance": timedelta(hours=6),
    "pod": timedelta(hours=6),
    "irsa": timedelta(hours=1),
    "function": timedelta(hours=12),
    "agent": timedelta(hours=1),
    "notebook": timedelta(hours=12),
    "sso": timedelta(hours=8),
    "partner": timedelta(hours=1),
    "user": timedelta(days=9999),
}

EPOCH = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Session:
    """Credentials of one workload in one stretch of time."""

    workload: str
    kind: str
    role_arn: str
    role_id: str
    name: str
    account: str
    access_key: str
    taken: datetime
    """When they were issued."""

    slot: int
    """See `slot()`."""


def kind_of(row: Traffic, ledger: Ledger) -> str:
    """The kind of caller; a pod is `irsa` when its identity comes from a web identity."""
    kind, name = row.workload.split("/", 1)
    return "irsa" if kind == "pod" and "provider" in ledger.get("pod", name) else kind


def slot(row: Traffic, ledger: Ledger, at: datetime) -> int:
    """Which stretch of credentials the moment falls in, counted from a fixed moment."""
    return int((at - EPOCH) / LIFETIME[kind_of(row, ledger)])


def begin(row: Traffic, ledger: Ledger, slot: int, first_call: datetime) -> Session:
    """The session whose first call is at this moment."""
    kind = kind_of(row, ledger)
    taken = first_call - timedelta(seconds=pick(20, 50, "taken", row.workload, slot))
    role_arn, role_id, account = _role(row, ledger)
    name = _session_name(row, kind, ledger, taken, slot)
    return Session(
        row.workload,
        kind,
        role_arn,
        role_id,
        name,
        account,
        temporary_key(row.workload, row.identity, slot),
        taken,
        slot,
    )


def _role(row: Traffic, ledger: Ledger) -> tuple[str, str, str]:
    if row.workload.startswith("partner/"):
        return (
            f"arn:aws:iam::{PARTNER_ACCOUNT}:role/{row.identity}",
            "AROA" + letters(17, "partner", row.identity),
            PARTNER_ACCOUNT,
        )
    if row.workload.startswith("user/"):
        user = ledger.get("user", row.identity)
        return user["arn"], user["id"], ACCOUNT
    role = ledger.get("role", row.identity)
    return role["arn"], role["id"], ACCOUNT


def _session_name(row: Traffic, kind: str, ledger: Ledger, taken: datetime, slot: int) -> str:
    name = row.workload.split("/", 1)[1]
    if row.through:
        return "nightly-evaluation"
    if kind == "instance":
        return str(ledger.get("instance", name)["id"])
    if kind == "pod":
        # eks-<cluster>-<pod>-<UUID>, at most 64 characters.
        pod = pod_name(name)
        return f"eks-apps-{pod}-{uuid_of('pod session', name, slot)}"[:64]
    if kind == "irsa":
        return f"botocore-session-{int(taken.timestamp())}"
    if kind == "agent":
        return f"BedrockAgents-{ledger.get('agent', name)['id']}-{slot}"
    if kind == "notebook":
        return "SageMaker"
    if kind == "partner":
        return f"{name}-{slot % 10}"
    return name


def pod_name(workload: str) -> str:
    """A pod's name as a Deployment would give it."""
    account = workload.rsplit("/", 1)[-1]
    return f"{account}-{letters(5, 'pod', workload).lower()}"


def user_identity(row: Traffic, ledger: Ledger, now: Session) -> Json:
    """The event's `userIdentity`."""
    if now.kind == "user":
        user = ledger.get("user", row.identity)
        return {
            "type": "IAMUser",
            "principalId": user["id"],
            "arn": user["arn"],
            "accountId": ACCOUNT,
            "accessKeyId": user["access_key"],
            "userName": row.identity,
        }
    identity = assumed_role(now)
    context = identity["sessionContext"]
    kind, name = row.workload.split("/", 1)
    if kind == "instance" and not row.through:
        context["ec2RoleDelivery"] = "1.0" if ledger.get("instance", name)["imds_v1"] else "2.0"
    if now.kind == "irsa":
        context["webIdFederationData"] = {"federatedProvider": ledger.get("pod", name)["provider"], "attributes": {}}
    if kind == "function":
        identity["inScopeOf"] = {
            "issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": ledger.arn("function", name),
        }
    if kind == "agent":
        identity["invokedBy"] = "bedrock.amazonaws.com"
    return identity


def assumed_role(now: Session) -> Json:
    """`userIdentity` of a role's session. The session's ARN has no path, the role's has."""
    name = now.role_arn.rsplit("/", 1)[1]
    return {
        "type": "AssumedRole",
        "principalId": f"{now.role_id}:{now.name}",
        "arn": f"arn:aws:sts::{now.account}:assumed-role/{name}/{now.name}",
        "accountId": now.account,
        "accessKeyId": now.access_key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": now.role_id,
                "arn": now.role_arn,
                "accountId": now.account,
                "userName": name,
            },
            "attributes": {"creationDate": rfc3339(now.taken), "mfaAuthenticated": "false"},
        },
    }


def origin(row: Traffic, ledger: Ledger) -> Json:
    """Where the call came from: `sourceIPAddress`, and the VPC endpoint if it took one."""
    kind, name = row.workload.split("/", 1)
    if kind == "agent":
        return {"sourceIPAddress": "bedrock.amazonaws.com", "userAgent": "bedrock.amazonaws.com"}
    if kind == "partner":
        return {
            "sourceIPAddress": "10.99.4.20",
            "userAgent": _agent(kind),
            "vpcEndpointId": PARTNER_ENDPOINT,
            "vpcEndpointAccountId": PARTNER_ACCOUNT,
        }
    if row.path == "interface_endpoint":
        address = ledger.get(kind, name)["address"]
        endpoint = ledger.get("vpc_endpoint", "bedrock-runtime")["id"]
        return {
            "sourceIPAddress": address,
            "userAgent": _agent(kind),
            "vpcEndpointId": endpoint,
            "vpcEndpointAccountId": ACCOUNT,
        }
    return {"sourceIPAddress": _public_address(kind, name, ledger), "userAgent": _agent(kind)}


def _public_address(kind: str, name: str, ledger: Ledger) -> str:
    if kind == "instance":
        instance = ledger.get("instance", name)
        return str(instance.get("public_ip") or ledger.get("nat", f"{instance['vpc']}-nat")["public_ip"])
    # AWS's own addresses: outside of a VPC, functions and notebooks call from these.
    of = {
        "function/ticket-classifier": "3.238.14.9",
        "function/orchestrator": "3.235.71.202",
        "notebook/research": "3.236.180.61",
        "user/ci-deployer": BUILD_SERVICE_ADDRESS,
        "user/dave": CONTRACTOR_ADDRESS,
    }
    return of.get(f"{kind}/{name}", OFFICE_ADDRESS)


def _agent(kind: str) -> str:
    system = "os/macos#24.6.0" if kind in ("user", "sso") else "os/linux#6.1.0-aws"
    return (
        f"Boto3/1.43.106 md/Botocore#1.43.106 ua/2.1 {system} md/arch#x86_64 lang/python#3.13.1 cfg/retry-mode#standard"
    )
