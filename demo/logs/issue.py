"""How each session got its credentials: the records that tie a temporary key to its workload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    return to_service(now, service, row.region, row.key)


def to_service(now: caller.Session, service: str, region: str, key: str) -> Json:
    """A service takes the role for what runs in it."""
    identity = {"type": "AWSService", "invokedBy": service}
    parameters = {"roleArn": now.role_arn, "roleSessionName": now.name, "durationSeconds": 21600}
    return assume("AssumeRole", now, identity, service, parameters, region=region, key=key)


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
    source = caller.origin(row, ledger)["sourceIPAddress"]
    return assume("AssumeRole", now, identity, source, parameters, region=row.region, key=row.key)


def _web_identity(row: Traffic, ledger: Ledger, now: caller.Session) -> Json:
    pod = ledger.get("pod", row.workload.split("/", 1)[1])
    namespace, account = row.workload.split("/")[1:]
    subject = f"system:serviceaccount:{namespace}:{account}"
    return to_web_identity(now, subject, pod["provider"], pod["address"], row.region, row.key)


def to_web_identity(now: caller.Session, subject: str, provider: str, source: str, region: str, key: str) -> Json:
    """A pod takes its service account's role (IRSA)."""
    identity = {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }
    parameters = {"roleArn": now.role_arn, "roleSessionName": now.name}
    response = {"subjectFromWebIdentityToken": subject, "provider": provider, "audience": "sts.amazonaws.com"}
    return assume("AssumeRoleWithWebIdentity", now, identity, source, parameters, response, region=region, key=key)


def _saml(row: Traffic, now: caller.Session) -> Json:
    return to_person(now, row.workload.split("/", 1)[1], row.region, row.key)


def to_person(now: caller.Session, person: str, region: str, key: str) -> Json:
    """A person takes a role of IAM Identity Center."""
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
    return assume("AssumeRoleWithSAML", now, identity, caller.OFFICE_ADDRESS, parameters, region=region, key=key)


def _pod_identity(row: Traffic, ledger: Ledger, now: caller.Session) -> Iterator[Json]:
    namespace, account = row.workload.split("/")[1:]
    pod = ledger.get("pod", f"{namespace}/{account}")
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
    of = Pod(
        cluster=ledger.arn("cluster", "apps"),
        namespace=namespace,
        account=account,
        name=caller.pod_name(row.workload),
        uid=uuid_of("pod uid", row.workload, now.slot),
        association=(pod["association_arn"], pod["association_id"]),
        node_address=node["address"],
    )
    yield from to_pod(now, of, agent, row.region, MAIN_REGION, row.key)


@dataclass(frozen=True)
class Pod:
    """What the calls of Pod Identity tell of a pod."""

    cluster: str
    """The cluster's ARN."""

    namespace: str
    account: str
    name: str
    uid: str
    association: tuple[str, str]
    """ARN and id."""

    node_address: str


def to_pod(
    now: caller.Session, pod: Pod, agent: caller.Session, region: str, cluster_region: str, key: str
) -> Iterator[Json]:
    """Two records: the node's agent asks EKS, EKS asks STS with the pod's names as session tags."""
    cluster = pod.cluster.rsplit("/", 1)[1]
    tags = {
        "eks-cluster-arn": pod.cluster,
        "eks-cluster-name": cluster,
        "kubernetes-namespace": pod.namespace,
        "kubernetes-service-account": pod.account,
        "kubernetes-pod-name": pod.name,
        "kubernetes-pod-uid": pod.uid,
    }
    parameters = {
        "roleArn": now.role_arn,
        "roleSessionName": now.name,
        "durationSeconds": 21600,
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
        "transitiveTagKeys": list(tags),
    }
    service = "pods.eks.amazonaws.com"
    identity = {"type": "AWSService", "invokedBy": service}
    yield assume("AssumeRole", now, identity, service, parameters, region=region, key=key)
    arn, number = pod.association
    response = {
        "subject": {"namespace": pod.namespace, "serviceAccount": pod.account},
        "audience": service,
        "podIdentityAssociation": {"associationArn": arn, "associationId": number},
        "assumedRoleUser": {"arn": caller.assumed_role(now)["arn"], "assumeRoleId": f"{now.role_id}:{now.name}"},
        "credentials": {
            "accessKeyId": now.access_key,
            "expiration": rfc3339(now.taken + timedelta(hours=6)),
            "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
        },
    }
    origin = {"sourceIPAddress": pod.node_address, "userAgent": "eks-pod-identity-agent/0.1.29"}
    yield record(
        now.taken,
        cluster_region,
        "eks-auth.amazonaws.com",
        "AssumeRoleForPodIdentity",
        caller.assumed_role(agent),
        origin,
        key,
        now.slot,
        parameters={"clusterName": cluster, "token": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        response=response,
        read_only=False,
        host=f"eks-auth.{cluster_region}.api.aws",
    )


def assume(
    name: str,
    now: caller.Session,
    identity: Json,
    source: str,
    parameters: Json,
    response: Json | None = None,
    *,
    region: str,
    key: str,
) -> Json:
    """The call of STS that hands the session out."""
    issued = {
        "accessKeyId": now.access_key,
        "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "expiration": rfc3339(now.taken + caller.LIFETIME[now.kind]),
    }
    user = {"assumedRoleId": f"{now.role_id}:{now.name}", "arn": caller.assumed_role(now)["arn"]}
    service = source.endswith(".amazonaws.com")
    return record(
        now.taken,
        region,
        "sts.amazonaws.com",
        name,
        identity,
        {"sourceIPAddress": source, "userAgent": source if service else "Boto3/1.43.106 md/Botocore#1.43.106"},
        key,
        now.slot,
        parameters=parameters,
        response={"credentials": issued, "assumedRoleUser": user} | (response or {}),
        host="" if service else f"sts.{region}.amazonaws.com",
        extra={"resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": now.role_arn}]},
    )
