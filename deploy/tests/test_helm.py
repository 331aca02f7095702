"""The chart: linted and rendered by Helm, its manifests held against Kubernetes' schemas, the server started as the chart starts it."""

from __future__ import annotations

import socket
import tempfile
import time
import unittest
from pathlib import Path

import yaml

from tests.support import CLEAN, FAKE_AWS, ROOT, ask, binary, free_port, run, running, said, wait_for

CHART = ROOT / "deploy" / "helm" / "sightline"
ROLE = "arn:aws:iam::123456789012:role/sightline-scanner"
LAKE = {"url": "s3://example-lake/sightline", "region": "eu-central-1"}

EVERYTHING = {
    "lake": LAKE,
    "aws": {"identity": "irsa", "roleArn": ROLE},
    "config": '[[logs]]\nname = "flow"\nplace = "s3://example-logs/"\n',
    "image": {"repository": "registry.example/sightline", "digest": "sha256:" + "a" * 64},
    "imagePullSecrets": [{"name": "registry"}],
    "server": {
        "origins": ["https://other.example"],
        "ingress": {"enabled": True, "host": "sightline.example", "tlsSecretName": "tls", "className": "nginx"},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "security", "operator": "Exists"}],
    },
    "scan": {"enabled": True, "args": ["--org"]},
    "ingest": {"enabled": True, "shards": 5, "places": ["s3://example-logs/"]},
    "maintenance": {"enabled": True},
    "cluster": {"enabled": True},
    "serviceMonitor": {"enabled": True, "tokenSecret": {"name": "sightline-metrics"}},
    "networkPolicy": {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}]},
    "podLabels": {"team": "security"},
    "priorityClassName": "low",
}
SETS = {
    "defaults": {},
    "everything": EVERYTHING,
    "a volume of one's own": {"server": {"volume": {"existingClaim": "kept"}}, "aws": {"identity": "none"}},
    "workers at a queue": {"lake": LAKE, "ingest": {"enabled": True, "follow": True, "places": ["sqs://new-logs"]}},
    "six": {"server": {"ipFamily": "IPv6"}, "networkPolicy": {"enabled": False}, "serviceAccount": {"create": False}},
}


class Chart(unittest.TestCase):
    """The chart with several values."""

    @classmethod
    def setUpClass(cls) -> None:
        try:
            from helm_python import chart
        except (ImportError, OSError) as error:
            raise unittest.SkipTest(f"Helm's library is not installed: {error}") from error
        cls.helm = chart

    def rendered(self, values: dict) -> list[dict]:
        """The manifests."""
        with self.helm.Chart.load(CHART) as chart:
            files = chart.render(values, name="demo", namespace="security", is_install=True)
        texts = [text for path, text in files.items() if not path.endswith("NOTES.txt")]
        return [one for text in texts for one in yaml.safe_load_all(text) if one]

    def test_lint(self) -> None:
        for name, values in SETS.items():
            with self.subTest(name):
                told = self.helm.lint(CHART, values, strict=True, kube_version="v1.31.0")
                self.assertEqual([], told["errors"])
                self.assertEqual([], [one for one in told["messages"] if one["severity"] > 1])

    def test_kubernetes_takes_it(self) -> None:
        try:
            import kubernetes_validate
        except ImportError as error:
            raise unittest.SkipTest("kubernetes-validate is not installed") from error
        for name, values in SETS.items():
            for manifest in self.rendered(values):
                # A resource of another project: no schema of Kubernetes.
                if manifest["kind"] == "ServiceMonitor":
                    continue
                for version in ("1.29", "1.31", kubernetes_validate.latest_version()):
                    with self.subTest(name, kind=manifest["kind"], version=version):
                        kubernetes_validate.validate(manifest, version, strict=True)

    def test_what_is_misspelt_is_refused(self) -> None:
        from helm_python import errors

        for values in (
            {"serverr": {}},
            {"lake": {"url": "/var/lib"}},
            {"ingest": {"shards": 0}},
            {"server": {"origins": ["sightline.example"]}},
            {"cluster": {"enabled": True}},
            {"aws": {"identity": "irsa"}},
            {"scan": {"enabled": True}},
            {"serviceMonitor": {"enabled": True}},
        ):
            with self.subTest(str(values)), self.assertRaises(errors.HelmError):
                self.rendered(values)

    def test_every_pod_is_restricted(self) -> None:
        """Pod Security's profile `restricted`, and beyond it a read-only root, bounded memory and no token of the API."""
        seen = 0
        for name, values in SETS.items():
            for kind, pod in pods(self.rendered(values)):
                seen += 1
                with self.subTest(name, kind=kind):
                    security = pod["securityContext"]
                    self.assertIs(True, security["runAsNonRoot"])
                    self.assertNotEqual(0, security["runAsUser"])
                    self.assertEqual("RuntimeDefault", security["seccompProfile"]["type"])
                    self.assertIs(False, pod["automountServiceAccountToken"])
                    for forbidden in ("hostNetwork", "hostPID", "hostIPC"):
                        self.assertNotIn(forbidden, pod)
                    for volume in pod.get("volumes", []):
                        self.assertTrue({"emptyDir", "configMap", "persistentVolumeClaim"} & volume.keys(), volume)
                    for container in pod["containers"]:
                        own = container["securityContext"]
                        self.assertIs(False, own["allowPrivilegeEscalation"])
                        self.assertIs(True, own["readOnlyRootFilesystem"])
                        self.assertEqual(["ALL"], own["capabilities"]["drop"])
                        self.assertIn("memory", container["resources"]["limits"])
                        self.assertTrue(all("hostPort" not in port for port in container.get("ports", [])))
        self.assertGreater(seen, 8)

    def test_services_and_policies_find_their_pods(self) -> None:
        manifests = self.rendered(EVERYTHING)
        labels = [
            one["spec"]["template"]["metadata"]["labels"]
            for one in manifests
            if one["kind"] in ("Deployment", "StatefulSet")
        ]
        selectors = [one["spec"]["selector"] for one in manifests if one["kind"] == "Service"]
        selectors += [one["spec"]["podSelector"]["matchLabels"] for one in manifests if one["kind"] == "NetworkPolicy"]
        for selector in selectors:
            self.assertTrue(any(selector.items() <= of.items() for of in labels), selector)

    def test_the_role_reaches_the_pods(self) -> None:
        [account] = [one for one in self.rendered(EVERYTHING) if one["kind"] == "ServiceAccount"]
        self.assertEqual(ROLE, account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"])
        for kind, pod in pods(self.rendered(EVERYTHING)):
            self.assertEqual(account["metadata"]["name"], pod["serviceAccountName"], kind)

    def test_the_command_line_knows_every_argument(self) -> None:
        """Each container's arguments, asked for help: an unknown command or option is refused before that."""
        sightline = binary()
        helps = run(sightline, "--help").stdout
        for name, values in SETS.items():
            for kind, pod in pods(self.rendered(values)):
                [container] = pod["containers"]
                arguments = [one.replace("$(POD_IP)", "127.0.0.1") for one in container["args"]]
                self.assertIn(f"\n  {arguments[0]} ", helps)
                ended = run(sightline, *arguments, "--help")
                self.assertEqual(0, ended.returncode, f"{name}, {kind}: {said(ended)}")
                words = [one.split("=")[0] for one in arguments if one.startswith("--")]
                for word in words:
                    self.assertIn(word, ended.stdout, f"{name}, {kind}: `{' '.join(arguments)}`")

    def test_the_server_answers_as_the_kubelet_asks(self) -> None:
        """The server with the chart's own arguments: probes and Prometheus call the pod by its address, pods by the service."""
        sightline = binary()
        [pod] = [pod for kind, pod in pods(self.rendered({})) if kind == "StatefulSet"]
        [container] = pod["containers"]
        port = free_port()
        arguments = [one.replace("$(POD_IP)", "127.0.0.1").replace("8480", str(port)) for one in container["args"]]
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            told = {
                one["name"]: one.get("value", "").replace(container["workingDir"], folder) for one in container["env"]
            }
            env = CLEAN | FAKE_AWS | told
            made = run(sightline, "token", "create", "--role", "viewer", "--name", "prometheus", env=env, cwd=place)
            self.assertEqual(0, made.returncode, said(made))
            token = made.stdout.strip().splitlines()[-1].split()[-1]
            with running(sightline, *arguments, env=env, cwd=place) as child:
                url = f"http://127.0.0.1:{port}"
                wait_for(f"{url}/healthz", child, place / "server.log")
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    path = container[probe]["httpGet"]["path"]
                    self.assertEqual(200, ask(url + path)[0], probe)
                self.assertEqual(200, ask(f"{url}/healthz", host="demo-sightline")[0])
                self.assertEqual(421, ask(f"{url}/healthz", host="elsewhere.example")[0])
                self.assertEqual(401, ask(f"{url}/metrics")[0])
                self.assertEqual(200, ask(f"{url}/metrics", token=token)[0])

    def test_the_cluster_starts_and_is_probed(self) -> None:
        """Scheduler and executor with the chart's own arguments: alive as the kubelet asks, ready once they have found each other."""
        sightline = binary()
        made = {pod["containers"][0]["name"]: pod["containers"][0] for _, pod in pods(self.rendered(EVERYTHING))}
        scheduler, executor = made["scheduler"], made["executor"]
        ports = [free_port() for _ in range(2)]
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            (place / "executor").mkdir()
            (place / "work").mkdir(mode=0o700)
            told = [
                ("0.0.0.0", "127.0.0.1"),
                ("demo-sightline-scheduler", "127.0.0.1"),
                ("$(POD_IP)", "127.0.0.1"),
                ("=/work", f"={folder}/work"),
            ]
            told += [(str(old), str(new)) for old, new in zip((50050, 50051), ports, strict=True)]

            def here(container: dict) -> list[str]:
                words = container["args"]
                for old, new in told:
                    words = [word.replace(old, new) for word in words]
                return words

            env = CLEAN | FAKE_AWS | {"SIGHTLINE_LAKE": f"{folder}/lake"}
            url = f"http://127.0.0.1:{ports[0]}"
            with running(sightline, *here(scheduler), env=env, cwd=place) as child:
                wait_for(f"{url}/healthz", child, place / "server.log")
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    self.assertEqual(200, ask(url + scheduler[probe]["httpGet"]["path"])[0], probe)
                self.assertEqual(503, ask(f"{url}/readyz")[0])
                with running(sightline, *here(executor), env=env, cwd=place / "executor") as other:
                    for _ in range(100):
                        if ask(f"{url}/readyz")[0] == 200 or other.poll() is not None:
                            break
                        time.sleep(0.2)
                    log = (place / "executor" / "server.log").read_text()
                    self.assertEqual(200, ask(f"{url}/readyz")[0], log)
                    with socket.create_connection(("127.0.0.1", ports[1]), 5):
                        pass


def pods(manifests: list[dict]) -> list[tuple[str, dict]]:
    """The kind and the pod of each manifest that makes pods."""
    found = []
    for one in manifests:
        match one["kind"]:
            case "Deployment" | "StatefulSet":
                found.append((one["kind"], one["spec"]["template"]["spec"]))
            case "CronJob":
                found.append((one["kind"], one["spec"]["jobTemplate"]["spec"]["template"]["spec"]))
    return found
