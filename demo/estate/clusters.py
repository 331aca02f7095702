"""The EKS cluster `apps`: Pod Identity for three service accounts, IRSA for two, one of them far too wide."""

from __future__ import annotations

import time
from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import INVOKE, allow, document, foundation_model, trust_pods, trust_service
from estate.roles import role
from estate.shim import Body, amend
from settings import ACCOUNT, MAIN_REGION

CLUSTER = "apps"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

POD_IDENTITIES = (
    ("chat", "summarizer", "pod-summarizer", "anthropic.claude-3-5-haiku-20241022-v1:0"),
    ("search", "embedder", "pod-embedder", "amazon.titan-embed-text-v2:0"),
    # May, and never does.
    ("tools", "debugger", "pod-debugger", "amazon.nova-premier-v1:0"),
)


def build(aws: Aws, ledger: Ledger) -> None:
    """The cluster, who may enter it, and which service account takes which role."""
    eks = aws.client("eks", MAIN_REGION)
    cluster = _cluster(aws, eks, ledger)
    _access(eks, ledger)
    for namespace, account, name, model in POD_IDENTITIES:
        arn = role(aws, ledger, name, trust_pods(), allow(INVOKE, foundation_model(model)))
        made = eks.create_pod_identity_association(
            clusterName=CLUSTER, namespace=namespace, serviceAccount=account, roleArn=arn
        )["association"]
        _pod(
            ledger,
            namespace,
            account,
            name,
            association_arn=made["associationArn"],
            association_id=made["associationId"],
        )
    _irsa(aws, ledger, cluster["identity"]["oidc"]["issuer"])


def _cluster(aws: Aws, eks: Any, ledger: Ledger) -> dict[str, Any]:
    vpc = ledger.get("vpc", "apps")["id"]

    def name_the_vpc(body: Body) -> None:
        # AWS derives it from the subnets; ministack would answer `vpc-00000000`.
        body["resourcesVpcConfig"]["vpcId"] = vpc

    amend(eks, "CreateCluster", name_the_vpc)
    arn = role(aws, ledger, "eks-cluster", trust_service("eks.amazonaws.com"), managed=("AmazonEKSClusterPolicy",))
    eks.create_cluster(
        name=CLUSTER,
        version="1.33",
        roleArn=arn,
        resourcesVpcConfig={
            "subnetIds": [ledger.get("subnet", name)["id"] for name in ("apps-private-a", "apps-private-b")],
            # Bad: the Kubernetes API answers the whole internet.
            "endpointPublicAccess": True,
            "endpointPrivateAccess": True,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
        accessConfig={"authenticationMode": "API_AND_CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": False},
        # Half: the API server's log is on, the audit log is not.
        logging={
            "clusterLogging": [
                {"types": ["api"], "enabled": True},
                {"types": ["audit", "authenticator"], "enabled": False},
            ]
        },
        tags={"estate": "demo"},
    )
    for _ in range(50):
        cluster: dict[str, Any] = eks.describe_cluster(name=CLUSTER)["cluster"]
        if cluster["status"] == "ACTIVE":
            ledger.add("cluster", CLUSTER, arn=cluster["arn"], issuer=cluster["identity"]["oidc"]["issuer"])
            return cluster
        time.sleep(0.1)
    raise RuntimeError(f"the emulator's cluster `{CLUSTER}` did not become active within five seconds")


def _access(eks: Any, ledger: Ledger) -> None:
    # Good: the scanner reads. Bad: the break-glass role, which the whole account may take, administers.
    for name, policy in (("sightline-scanner", VIEW), ("break-glass", ADMIN)):
        principal = ledger.arn("role", name)
        eks.create_access_entry(clusterName=CLUSTER, principalArn=principal)
        eks.associate_access_policy(
            clusterName=CLUSTER, principalArn=principal, policyArn=policy, accessScope={"type": "cluster"}
        )


def _irsa(aws: Aws, ledger: Ledger, issuer: str) -> None:
    # The provider's name is the issuer without its scheme. The emulator's issuer stands on its own port and on http;
    # AWS's is https://oidc.eks.<region>.amazonaws.com/id/<ID>. The rule is the same.
    host = issuer.split("://", 1)[1]
    provider = aws.client("iam").create_open_id_connect_provider(
        Url=f"https://{host}",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
    )
    arn = provider["OpenIDConnectProviderArn"]
    ledger.add("oidc_provider", CLUSTER, arn=arn, host=host)

    good = {f"{host}:sub": "system:serviceaccount:reports:reporter", f"{host}:aud": "sts.amazonaws.com"}
    role(
        aws,
        ledger,
        "irsa-reporter",
        _web_identity(arn, {"StringEquals": good}),
        allow(INVOKE, foundation_model("amazon.nova-pro-v1:0")),
    )
    _pod(ledger, "reports", "reporter", "irsa-reporter", provider=arn)

    # Bad: any service account of any namespace.
    wide = {f"{host}:sub": "system:serviceaccount:*:*"}
    role(aws, ledger, "irsa-wildcard", _web_identity(arn, {"StringLike": wide}), allow(INVOKE))
    _pod(ledger, "sandbox", "tinkerer", "irsa-wildcard", provider=arn)


def _web_identity(provider: str, condition: dict[str, Any]) -> str:
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
    )


def _pod(ledger: Ledger, namespace: str, account: str, role_name: str, **facts: Any) -> None:
    # Addresses of the VPC's own range: the cluster's network plugin gives pods secondary addresses of their node.
    node = ("eks-node-1", "eks-node-2")[len(ledger.facts.get("pod", {})) % 2]
    number = 150 + len(ledger.facts.get("pod", {}))
    ledger.add(
        "pod",
        f"{namespace}/{account}",
        arn=f"arn:aws:eks:{MAIN_REGION}:{ACCOUNT}:pod/{CLUSTER}/{namespace}/{account}",
        role=role_name,
        node=node,
        address=f"10.20.{1 if node == 'eks-node-1' else 2}.{number}",
        vpc="apps",
        region=MAIN_REGION,
        **facts,
    )
