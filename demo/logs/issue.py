"""How each session got its credentials: the records that tie a temporary key to its workload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from estate.ledger import Ledger
from logs import caller
from logs.event import record
from logs.names import temporary_key, uuid_of
from settings import ACCOUNT, MAIN_REGION, rfc3339
from traffic import Traffic

Json = dict[str, Any]

SERVICES = {
    "instance": "ec2.amazonaws.com",
    "function": "lambda.amazonaws.com",
    "agent": "bedrock.amazonaws.com",
    "notebook": "sagemaker.amazonaws.com",
}


def issuing(row: Traffic, ledger: Ledger, now: caller.Session) -> Iterator[Json]:
    """The record or records of the session's beginning, in the order in which they happened."""
    if now.kind == "user":
        return
    if row.through:
        yield _chain(row, ledger, now)
    elif now.kind == "pod":
        yield from _pod_identity(row, ledger, now)
    elif now.kind == "irsa":
        yield _web_identity(row, ledger, now)
    elif now.kind == "sso":
        yield _saml(row, now)
    elif now.kind in SERVICES:
        yield _service(row, now, SERVICES[now.kind])


def _service(row: Traffic, now: caller.Session, service: str) -> Json:
    identity = {"type": "AWSService", "invokedBy": service}
    parameters = {"roleArn": now.role_arn, "roleSessionName": now.name, "durationSeconds": 21600}
    return _assume("AssumeRole", row, now, identity, service, parameters)


def _chain(row: Traffic, ledger: Ledger, now: caller.Session) -> Json:
    """The instance's own session takes the second role; the first one's key and name are in this record alone."""
    name = row.workload.split("/", 1)[1]
    role = ledger.get("role", row.through)
    instance = ledger.get("instance", name)
    own = caller.Session(
        row.workload,
        "instance",
        role["arn"],
        role["id"],
        instance["id"],
        ACCOUNT,
        temporary_key(row.workload, row.through),
        now.taken - timedelta(hours=1),
        now.slot,
    )
    identity = caller.assumed_role(own)
    identity["sessionContext"]["ec2RoleDelivery"] = "2.0"
    parameters = {"roleArn": now.role_arn, "roleSessionName": now.name, "durationSeconds": 3600}
    return _assume("AssumeRole", row, now, identity, caller.origin(row, ledger)["sourceIPAddress"], parameters)


def _web_identity(row: Traffic, ledger: Ledger, now: caller.Session) -> Json:
    pod = ledger.get("pod", row.workload.split("/", 1)[1])
    namespace, account = row.workload.split("/")[1:]
    subject = f"system:serviceaccount:{namespace}:{account}"
    identity = {
        "type": "WebIdentityUser",
        "principalId": f"{pod['provider']}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": pod["provider"],
    }
    parameters = {"roleArn": now.role_arn, "roleSessionName": now.name}
    response = {"subjectFromWebIdentityToken": subject, "provider": pod["provider"], "audience": "sts.amazonaws.com"}
    return _assume("AssumeRoleWithWebIdentity", row, now, identity, pod["address"], parameters, response)


def _saml(row: Traffic, now: caller.Session) -> Json:
    person = row.workload.split("/", 1)[1]
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    identity = {
        "type": "SAMLUser",
        "principalId": f"{provider}:{person}",
        "userName": person,
        "identityProvider": provider,
    }
    parameters = {
        "roleArn": now.role_arn,
        "roleSessionName": person,
        "principalArn": provider,
        "durationSeconds": 28800,
    }
    return _assume("AssumeRoleWithSAML", row, now, identity, caller.OFFICE_ADDRESS, parameters)


def _pod_identity(row: Traffic, ledger: Ledger, now: caller.Session) -> Iterator[Json]:
    """Two records: the node's agent asks EKS, EKS asks STS with the pod's names as session tags."""
    namespace, account = row.workload.split("/")[1:]
    pod = ledger.get("pod", f"{namespace}/{account}")
    cluster = ledger.arn("cluster", "apps")
    tags = {
        "eks-cluster-arn": cluster,
        "eks-cluster-name": "apps",
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": account,
        "kubernetes-pod-name": caller.pod_name(row.workload),
        "kubernetes-pod-uid": uuid_of("pod uid", row.workload, now.slot),
    }
    parameters = {
        "roleArn": now.role_arn,
        "roleSessionName": now.name,
        "durationSeconds": 21600,
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
        "transitiveTagKeys": list(tags),
    }
    service = "pods.eks.amazonaws.com"
    yield _assume("AssumeRole", row, now, {"type": "AWSService", "invokedBy": service}, service, parameters)

    node, role = ledger.get("instance", pod["node"]), ledger.get("role", "eks-node")
    agent = caller.Session(
        row.workload,
        "instance",
        role["arn"],
        role["id"],
        node["id"],
        ACCOUNT,
        temporary_key("node", pod["node"]),
        now.taken - timedelta(hours=2),
        now.slot,
    )
    response = {
        "subject": {"namespace": namespace, "serviceAccount": account},
        "audience": service,
        "podIdentityAssociation": {"associationArn": pod["association_arn"], "associationId": pod["association_id"]},
        "assumedRoleUser": {"arn": caller.assumed_role(now)["arn"], "assumeRoleId": f"{now.role_id}:{now.name}"},
        "credentials": {
            "accessKeyId": now.access_key,
            "expiration": rfc3339(now.taken + timedelta(hours=6)),
            "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
        },
    }
    origin = {"sourceIPAddress": node["address"], "userAgent": "eks-pod-identity-agent/0.1.29"}
    yield record(
        now.taken,
        MAIN_REGION,
        "eks-auth.amazonaws.com",
        "AssumeRoleForPodIdentity",
        caller.assumed_role(agent),
        origin,
        row.key,
        now.slot,
        parameters={"clusterName": "apps", "token": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        response=response,
        read_only=False,
        host=f"eks-auth.{MAIN_REGION}.api.aws",
    )


def _assume(
    name: str,
    row: Traffic,
    now: caller.Session,
    identity: Json,
    source: str,
    parameters: Json,
    response: Json | None = None,
) -> Json:
    issued = {
        "accessKeyId": now.access_key,
        "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "expiration": rfc3339(now.taken + caller.LIFETIME[now.kind]),
    }
    user = {"assumedRoleId": f"{now.role_id}:{now.name}", "arn": caller.assumed_role(now)["arn"]}
    service = source.endswith(".amazonaws.com")
    return record(
        now.taken,
        row.region,
        "sts.amazonaws.com",
        name,
        identity,
        {"sourceIPAddress": source, "userAgent": source if service else "Boto3/1.43.106 md/Botocore#1.43.106"},
        row.key,
        now.slot,
        parameters=parameters,
        response={"credentials": issued, "assumedRoleUser": user} | (response or {}),
        host="" if service else f"sts.{row.region}.amazonaws.com",
        extra={"resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": now.role_arn}]},
    )
