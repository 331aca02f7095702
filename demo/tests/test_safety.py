"""The demo cannot reach a real account, and stops nobody else's process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import emulators
import process
from aws import Aws, NotLoopback, require_loopback

REAL = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "demo", "AWS_REGION": "us-east-1"}


class Loopback(unittest.TestCase):
    """Only loopback addresses are talked to."""

    def test_addresses(self) -> None:
        for url in ("http://127.0.0.1:5000", "http://127.8.9.1", "http://[::1]:5000"):
            self.assertEqual(url, require_loopback(url))
        # `localhost` is a name, and names are what a resolver makes of them.
        for url in (
            "https://sts.amazonaws.com",
            "http://10.0.0.1",
            "http://localhost:5000",
            "http://127.0.0.1.example.com",
            "http://0.0.0.0:5000",
            "",
            "http://127.0.0.1@example.com",
        ):
            with self.assertRaises(NotLoopback, msg=url):
                require_loopback(url)

    def test_a_client_needs_a_loopback_endpoint(self) -> None:
        with self.assertRaises(NotLoopback):
            Aws(REAL).client("sts")
        with self.assertRaises(NotLoopback):
            Aws(REAL | {"AWS_ENDPOINT_URL": "https://sts.us-east-1.amazonaws.com"})
        with self.assertRaises(NotLoopback):
            Aws(
                REAL
                | {
                    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
                    "AWS_ENDPOINT_URL_EKS": "https://eks.us-east-1.amazonaws.com",
                }
            )

    def test_a_loopback_client_keeps_its_endpoint(self) -> None:
        made = Aws(
            REAL | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_BEDROCK_AGENT": "http://127.0.0.1:2"}
        )
        self.assertEqual("http://127.0.0.1:1", made.client("s3").meta.endpoint_url)
        self.assertEqual("http://127.0.0.1:2", made.client("bedrock-agent").meta.endpoint_url)


class Processes(unittest.TestCase):
    """A pid alone is not an identity."""

    def test_only_the_very_process_is_stopped(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        try:
            begun = process.started_at(child.pid)
            assert begun is not None
            self.assertFalse(process.stop(child.pid, "another start"))
            self.assertTrue(process.is_running(child.pid, begun))
            self.assertTrue(process.stop(child.pid, begun))
            self.assertFalse(process.is_running(child.pid, begun))
        finally:
            child.kill()
            child.wait()

    def test_a_stale_or_damaged_state_file_is_no_obstacle(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder)
            for content in ("", "[]", '{"moto": {"pid": 1}}', "{"):
                (state / "emulators.json").write_text(content)
                self.assertEqual({}, emulators.load(state), msg=content)
            stale = '{"moto": {"name": "moto", "pid": 1, "start": "never", "port": 1, "log": ""}}'
            (state / "emulators.json").write_text(stale)
            self.assertEqual([], emulators.stop(state))
            self.assertFalse((state / "emulators.json").exists())


if __name__ == "__main__":
    unittest.main()
