"""Audit logs of the clusters that have them, as exported from their log groups: pods that come and go."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from logs.names import digest
from settings import ACCOUNT
from simulate.delivery import Object, shifted
from simulate.inventory.kubernetes import node_name
from simulate.parts import Cluster, Json, Place, Workload
from simulate.world import World

SLICE = timedelta(hours=6)
CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"


def objects(world: World) -> Iterator[Object]:
    """Keys and bytes of all files."""
    shift = shifted(world, "audit")
    for cluster in world.clusters:
        if not cluster.audited:
            continue
        files: dict[int, list[tuple[datetime, Json]]] = defaultdict(list)
        for account in world.pods:
            if account.account is None or account.account.cluster is not cluster:
                continue
            for place in account.places:
                for at, event in _life(world, account, place):
                    if world.options.begin <= at < world.options.end:
                        files[int((at - world.options.begin) / SLICE)].append((at, event | _times(at + shift)))
        for number, held in sorted(files.items()):
            held.sort(key=lambda one: (one[0], one[1]["auditID"]))
            lines = "".join(f"{_millis(at + shift)} {json.dumps(event, separators=(',', ':'))}\n" for at, event in held)
            yield _key(cluster, number), gzip.compress(lines.encode(), compresslevel=6, mtime=0)


def _key(cluster: Cluster, number: int) -> str:
    stream = digest("audit", cluster.arn).hex()[:32]
    group = f"aws/eks/{cluster.name}/cluster/kube-apiserver-audit-{stream}"
    return f"exports/account={ACCOUNT}/region={cluster.network.region}/{group}/{number:06}.gz"


def _life(world: World, account: Workload, place: Place) -> Iterator[tuple[datetime, Json]]:
    """Made, bound to a node, running under an address, gone."""
    told, pod = account.account, place.pod
    assert told is not None and pod is not None
    target = {"resource": "pods", "namespace": told.namespace, "name": pod.name, "uid": pod.uid, "apiVersion": "v1"}
    owner = [{"kind": "ReplicaSet", "name": pod.replica_set}]
    limits = {"resources": {"limits": {"nvidia.com/gpu": str(told.gpus)}}} if told.gpus else {}
    spec = {"serviceAccountName": told.name, "containers": [{"name": told.name, "image": told.image} | limits]}
    body = {"kind": "Pod", "metadata": {"name": pod.name, "uid": pod.uid, "ownerReferences": owner}, "spec": spec}
    node = node_name(pod.node)
    begin = pod.begin - timedelta(seconds=6)
    yield (
        begin,
        _event(world, "create", CONTROLLER, target, "made", {"requestObject": body, "responseObject": body}, 201),
    )
    binding = {
        "kind": "Binding",
        "metadata": {"name": pod.name, "uid": pod.uid},
        "target": {"kind": "Node", "name": node},
    }
    of = target | {"subresource": "binding"}
    yield (
        begin + timedelta(seconds=1),
        _event(world, "create", "system:kube-scheduler", of, "bound", {"requestObject": binding}, 201),
    )
    status = {"phase": "Running", "podIP": pod.address, "hostIP": pod.node.places[0].address}
    now = body | {"spec": spec | {"nodeName": node}, "status": status}
    patch = {"requestObject": {"status": status}, "responseObject": now}
    yield (
        pod.begin,
        _event(world, "patch", f"system:node:{node}", target | {"subresource": "status"}, "running", patch, 200),
    )
    yield pod.end, _event(world, "delete", CONTROLLER, target, "gone", {"responseObject": now}, 200)


def _event(world: World, verb: str, user: str, target: Json, what: str, bodies: Json, code: int) -> Json:
    path = f"/api/v1/namespaces/{target['namespace']}/pods"
    name = "" if what == "made" else f"/{target['name']}"
    rest = f"/{target['subresource']}" if "subresource" in target else ""
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "RequestResponse",
        "auditID": world.uuid("audit", target["uid"], what),
        "stage": "ResponseComplete",
        "requestURI": path + name + rest,
        "verb": verb,
        "user": {"username": user, "groups": ["system:authenticated"]},
        "sourceIPs": ["10.0.0.1"],
        "userAgent": "kube-controller-manager/v1.33.0",
        "objectRef": target,
        "responseStatus": {"metadata": {}, "code": code},
        **bodies,
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC: allowed"},
    }


def _times(at: datetime) -> Json:
    return {"requestReceivedTimestamp": _millis(at), "stageTimestamp": _millis(at)}


def _millis(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
