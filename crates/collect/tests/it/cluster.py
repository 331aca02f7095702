"""kmock plays a cluster with a Deployment that serves a model, a CronJob that has run, and their pods. Its address is printed; it
ends when its input is closed. It needs `pip install kmock==0.8` (MIT; Python 3.11 or newer); without it the test is skipped."""

import asyncio
import sys

ROLE = "arn:aws:iam::123456789012:role/llm"
NAMESPACE = "ai"


def meta(name, owner=None, **more):
    made = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}", **more}
    if owner:
        version, kind, of = owner
        made["ownerReferences"] = [
            {"apiVersion": version, "kind": kind, "name": of, "uid": f"uid-{of}", "controller": True}
        ]
    return made


def pod_spec(container, account="default"):
    return {"serviceAccountName": account, "restartPolicy": "Always", "containers": [container]}


SERVER = {
    "name": "vllm",
    "image": "vllm/vllm-openai:v0.11.0",
    "args": ["--model", "org/name", "--api-key", "hunter2"],
    "ports": [{"containerPort": 8000, "protocol": "TCP"}],
    "resources": {"limits": {"nvidia.com/gpu": "1"}, "requests": {"nvidia.com/gpu": "1"}},
    "env": [{"name": "AWS_ROLE_ARN", "value": ROLE}, {"name": "HF_TOKEN", "value": "hunter2"}],
}
TOOL = {"name": "tool", "image": "busybox:1.36", "env": [{"name": "PASSWORD", "value": "hunter2"}]}


def template(container, account="default"):
    return {"metadata": {"labels": {"app": container["name"]}}, "spec": pod_spec(container, account)}


SELECTOR = {"matchLabels": {"app": "vllm"}}
JOB = {"template": {**template(TOOL), "spec": {**pod_spec(TOOL), "restartPolicy": "Never"}}}

#: group, version, plural → objects
OBJECTS = {
    ("", "v1", "serviceaccounts"): [
        {"metadata": meta("llm", annotations={"eks.amazonaws.com/role-arn": ROLE, "other": "hunter2"})}
    ],
    ("apps", "v1", "deployments"): [
        {"metadata": meta("vllm"), "spec": {"replicas": 1, "selector": SELECTOR, "template": template(SERVER, "llm")}}
    ],
    ("apps", "v1", "replicasets"): [
        {
            "metadata": meta("vllm-5d", ("apps/v1", "Deployment", "vllm")),
            "spec": {"replicas": 1, "selector": SELECTOR, "template": template(SERVER, "llm")},
        }
    ],
    ("batch", "v1", "cronjobs"): [
        {"metadata": meta("nightly"), "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": JOB}}}
    ],
    ("batch", "v1", "jobs"): [{"metadata": meta("nightly-1", ("batch/v1", "CronJob", "nightly")), "spec": JOB}],
    ("", "v1", "pods"): [
        {
            "metadata": meta("vllm-5d-x", ("apps/v1", "ReplicaSet", "vllm-5d"), labels={"app": "vllm"}),
            "spec": {**pod_spec(SERVER, "llm"), "nodeName": "node-1"},
            "status": {"phase": "Running", "podIP": "10.0.0.7", "podIPs": [{"ip": "10.0.0.7"}], "hostIP": "10.0.0.1"},
        },
        {
            "metadata": meta("nightly-1-x", ("batch/v1", "Job", "nightly-1")),
            "spec": {**pod_spec(TOOL), "nodeName": "node-1"},
            "status": {"phase": "Succeeded", "podIP": "10.0.0.8", "podIPs": [{"ip": "10.0.0.8"}]},
        },
    ],
    ("apps", "v1", "daemonsets"): [],
    ("apps", "v1", "statefulsets"): [],
    ("", "v1", "services"): [],
    ("", "v1", "nodes"): [],
    ("networking.k8s.io", "v1", "ingresses"): [],
    ("networking.k8s.io", "v1", "networkpolicies"): [],
}


async def play():
    import kmock

    handler = kmock.KubernetesEmulator()
    for (group, version, plural), objects in OBJECTS.items():
        resource = kmock.resource(group=group, version=version, plural=plural)
        handler.resources[resource] = {"namespaced": plural != "nodes"}
        for made in objects:
            handler.objects[resource, made["metadata"].get("namespace"), made["metadata"]["name"]] = made
    handler["get /version"] << {"gitVersion": "v1.34.0"}
    async with kmock.Server(handler) as server:
        print(str(server.url).rstrip("/"), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(play())
