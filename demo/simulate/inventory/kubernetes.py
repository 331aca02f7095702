"""Clusters as scans see them: nodes, pods of the moment, service accounts, and what makes pods."""

from __future__ import annotations

import functools
from collections import defaultdict
from datetime import datetime

from settings import rfc3339
from simulate.inventory.row import Scan
from simulate.parts import Account, Cluster, Json, Place, Workload
from simulate.world import World


def node_name(workload: Workload) -> str:
    """The instance's private name, which a node goes by."""
    domain = "ec2.internal" if workload.region == "us-east-1" else f"{workload.region}.compute.internal"
    return f"ip-{workload.places[0].address.replace('.', '-')}.{domain}"


def addresses(world: World, node: Workload, at: datetime) -> tuple[str, ...]:
    """The pods' addresses behind a node's interface."""
    held = [place.address for place in _behind(world).get(node.arn, []) if place.begin <= at < place.end]
    cluster = node.facts.get("node")
    return tuple([*held, cluster.resolver] if cluster and cluster.nodes[0] is node else held)


@functools.lru_cache(maxsize=2)
def _behind(world: World) -> dict[str, list[Place]]:
    """Node to the pods that it ever had."""
    behind: dict[str, list[Place]] = defaultdict(list)
    for account in world.pods:
        for place in account.places:
            if place.pod is not None:
                behind[place.pod.node.arn].append(place)
    return behind


def cluster(made: Scan, of: Cluster) -> None:
    """The cluster itself, then what runs in it."""
    world, network = made.world, of.network
    created = rfc3339(world.lifetime[0])
    role = world.role("eks-cluster", "eks.amazonaws.com")
    kinds = ["api", "audit", "authenticator"]
    logging = [{"types": kinds, "enabled": True}] if of.audited else [{"types": kinds, "enabled": False}]
    made.add("aws_eks_cluster", network.region, of.arn, of.name, {
        "name": of.name, "created_at": created, "version": "1.33", "endpoint": f"https://{of.name}.example",
        "role_arn": role.arn,
        "resources_vpc_config": {"subnetIds": [one.id for one in network.subnets], "vpcId": network.id,
        "endpointPublicAccess": False, "endpointPrivateAccess": True},
        "kubernetes_network_config": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "logging": {"clusterLogging": logging},
        "identity": {"oidc": {"issuer": of.issuer}}, "status": "ACTIVE",
    })  # fmt: skip
    for node in of.nodes:
        name = node_name(node)
        _object(made, of, "kubernetes_node", "node", "", name, {
            "provider_id": f"aws:///{node.places[0].interface.subnet.zone}/{node.id}", "instance_id": node.id,
            "instance_type": "m6i.large",
            "internal_ips": [node.places[0].address], "unschedulable": False,
        })  # fmt: skip
    _system(made, of)
    for account in [one for one in world.pods if one.account is not None and one.account.cluster is of]:
        _account(made, of, account)


def _object(made: Scan, of: Cluster, table: str, kind: str, namespace: str, name: str, more: Json) -> None:
    place = f"{namespace}/{name}" if namespace else name
    common = {
        "cluster_arn": of.arn, "cluster_name": of.name, "name": name, "uid": made.world.uuid(table, of.name, place),
        "labels": {},
        "annotations": {}, "created_at": rfc3339(made.world.lifetime[0]),
    }  # fmt: skip
    if namespace:
        common["namespace"] = namespace
    made.add(table, of.network.region, f"{of.arn}/{kind}/{place}", place, common | more)


def _system(made: Scan, of: Cluster) -> None:
    """CoreDNS: it asks Resolver for all the others."""
    node = of.nodes[0]
    _object(made, of, "kubernetes_pod", "pod", "kube-system", "coredns-7c9d8b5f6-x2x4z", {
        "owner_kind": "ReplicaSet", "owner_name": "coredns-7c9d8b5f6", "workload_kind": "Deployment",
        "workload_name": "coredns", "phase": "Running",
        "started_at": rfc3339(made.world.lifetime[0]), "node_name": node_name(node), "host_ip": node.places[0].address,
        "pod_ip": of.resolver,
        "pod_ips": [of.resolver], "service_account": "coredns", "host_network": False,
        "container_names": ["coredns"], "images": ["602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1.12.1"],
        "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}],
        "gpus": {}, "pod_identity": False, "containers": [],
    })  # fmt: skip
    _object(
        made, of, "kubernetes_service_account", "serviceaccount", "kube-system", "coredns", {"automount_token": True}
    )


def _account(made: Scan, of: Cluster, account: Workload) -> None:
    told, role = account.account, account.role
    assert told is not None and role is not None
    irsa = told.binding == "irsa"
    annotation = {"annotations": {"eks.amazonaws.com/role-arn": role.arn}, "role_arn": role.arn} if irsa else {}
    _object(
        made,
        of,
        "kubernetes_service_account",
        "serviceaccount",
        told.namespace,
        told.name,
        {"automount_token": True} | annotation,
    )
    if told.binding == "pod_identity":
        arn, number = told.association
        made.add("aws_eks_pod_identity_association", of.network.region, arn, f"{told.namespace}/{told.name}", {
            "cluster_name": of.name, "namespace": told.namespace, "service_account": told.name, "association_arn": arn,
            "association_id": number,
            "role_arn": role.arn, "created_at": rfc3339(made.world.lifetime[0]), "disable_session_tags": False,
        })  # fmt: skip
    alive = [place for place in account.places if place.begin <= made.at < place.end]
    sets: dict[str, list[Place]] = defaultdict(list)
    for place in alive:
        assert place.pod is not None
        sets[place.pod.replica_set].append(place)
        _pod(made, of, account, place)
    template = _template(told, account)
    for name, places in sets.items():
        _object(made, of, "kubernetes_replica_set", "replicaset", told.namespace, name, {
            "owner_kind": "Deployment", "owner_name": told.name, "replicas": len(places), "ready_replicas": len(places),
            "selector": {"app": told.name}, **template,
        })  # fmt: skip
    if alive:
        _object(made, of, "kubernetes_deployment", "deployment", told.namespace, told.name, {
            "replicas": len(alive), "ready_replicas": len(alive), "selector": {"app": told.name}, **template,
        })  # fmt: skip


def _pod(made: Scan, of: Cluster, account: Workload, place: Place) -> None:
    told, pod = account.account, place.pod
    assert told is not None and pod is not None
    _object(made, of, "kubernetes_pod", "pod", told.namespace, pod.name, {
        "uid": pod.uid, "labels": {"app": told.name}, "owner_kind": "ReplicaSet", "owner_name": pod.replica_set,
        "created_at": rfc3339(pod.begin),
        "workload_kind": "Deployment", "workload_name": told.name, "phase": "Running",
        "started_at": rfc3339(pod.begin), "node_name": node_name(pod.node),
        "host_ip": pod.node.places[0].address, "pod_ip": pod.address, "pod_ips": [pod.address], **_template(told,
        account),
    })  # fmt: skip


def _template(told: Account, account: Workload) -> Json:
    role = account.role
    gpus = {"nvidia.com/gpu": told.gpus} if told.gpus else {}
    arguments = ["--model", "meta-llama/Llama-3.1-8B-Instruct"] if told.gpus else []
    ports = [{"name": "http", "port": told.port, "protocol": "TCP"}]
    containers = [
        {
            "name": told.name,
            "kind": "main",
            "image": told.image,
            "arguments": arguments,
            "ports": ports,
            "gpus": gpus,
            "env": {},
        }
    ]
    made: Json = {
        "service_account": told.name, "host_network": False, "container_names": [told.name], "images": [told.image],
        "ports": ports,
        "gpus": gpus, "pod_identity": told.binding == "pod_identity", "containers": containers,
    }  # fmt: skip
    if told.binding == "irsa" and role is not None:
        # The webhook of EKS puts it into every pod of an annotated service account.
        made["role_arn"] = role.arn
    return made
