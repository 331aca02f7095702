"""The dashboard asks for nothing that the server does not have, in PromQL."""

from __future__ import annotations

import json
import re
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from tests.support import CLEAN, FAKE_AWS, ROOT, ask, binary, free_port, run, running, said, wait_for

DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "sightline.json").read_text())
METRIC = re.compile(r"\bsightline_[a-z_]+\b")


def expressions(part: object) -> Iterator[str]:
    """Each query in the dashboard."""
    if isinstance(part, dict):
        yield from (part[key] for key in ("expr", "definition") if isinstance(part.get(key), str))
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from expressions(one)


class Dashboard(unittest.TestCase):
    """The dashboard beside a server."""

    def test_promql(self) -> None:
        try:
            import promql_parser
        except ImportError as error:
            raise unittest.SkipTest("promql-parser is not installed") from error
        asked = [one for one in expressions(DASHBOARD) if not one.startswith("label_values(")]
        self.assertGreater(len(asked), 10)
        for expression in asked:
            with self.subTest(expression):
                promql_parser.parse(expression.replace("$__rate_interval", "5m").replace("$__interval", "1m"))
        with self.assertRaises(ValueError):
            promql_parser.parse("sum(rate(x[5m])")

    def test_panels_stand_beside_each_other(self) -> None:
        places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
        self.assertEqual(len(places), len({panel["id"] for panel in DASHBOARD["panels"]}))
        for number, one in enumerate(places):
            self.assertLessEqual(one["x"] + one["w"], 24)
            for other in places[number + 1 :]:
                beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
                above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
                self.assertTrue(beside or above, (one, other))

    def test_the_server_has_every_metric_and_label(self) -> None:
        sightline = binary()
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            env = CLEAN | FAKE_AWS | {"SIGHTLINE_LAKE": f"{folder}/lake"}
            made = run(sightline, "token", "create", "--role", "viewer", "--name", "test", env=env, cwd=place)
            self.assertEqual(0, made.returncode, said(made))
            token = made.stdout.strip().splitlines()[-1].split()[-1]
            port = free_port()
            with running(sightline, "serve", "--listen", f"127.0.0.1:{port}", env=env, cwd=place) as child:
                url = f"http://127.0.0.1:{port}"
                wait_for(f"{url}/healthz", child, place / "server.log")
                text = ask(f"{url}/metrics", token=token)[1]
        declared = {line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE ")}
        known = set(declared)
        for name, kind in declared.items():
            if kind == "histogram":
                known |= {f"{name}{end}" for end in ("_bucket", "_sum", "_count")}
        asked = {name for expression in expressions(DASHBOARD) for name in METRIC.findall(expression)}
        self.assertEqual(set(), asked - known)
        # A metric that no panel shows is a gap of the dashboard.
        self.assertEqual(set(), {name for name in known if declared.get(name) == "gauge"} - asked)
        labels = set(re.findall(r"(\w+)=\"", text)) | {"job", "instance", "severity", "notification"}
        used = {label for expression in expressions(DASHBOARD) for label in re.findall(r"(\w+)=~?\"", expression)}
        used |= {
            label.strip()
            for expression in expressions(DASHBOARD)
            for by in re.findall(r"by \(([^)]*)\)", expression)
            for label in by.split(",")
        }
        self.assertEqual(set(), used - labels)
