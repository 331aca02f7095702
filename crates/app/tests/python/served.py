"""A `sightline serve` over a lake, as the tests of this folder start it, and what they say when something is not as it should be."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import requests

WAIT_SECONDS = 30.0


class Served:
    """A server that runs on a free port; it ends with the block."""

    def __init__(self, binary: str, lake: str, config: str = "", environment: dict[str, str] | None = None, arguments: tuple[str, ...] = ()) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name) / "log"
        settings = Path(self.folder.name) / "sightline.toml"
        settings.write_text(config)
        self.binary = binary
        self.environment = {
            "SIGHTLINE_LAKE": lake,
            "SIGHTLINE_STATE": str(Path(self.folder.name) / "state.db"),
            "SIGHTLINE_CONFIG": str(settings),
            "HOME": self.folder.name,
            "PATH": os.environ["PATH"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            **(environment or {}),
        }
        self.arguments = arguments

    def __enter__(self) -> Served:
        where = () if "--listen" in self.arguments else ("--listen", "127.0.0.1:0")
        command = [self.binary, "serve", "--log-format", "json", *where, *self.arguments]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=self.folder.name, stdout=subprocess.PIPE, stderr=self.log.open("w"), text=True
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://"):
            self.process.wait(timeout=WAIT_SECONDS)
            raise AssertionError(f"it did not start: {self.log.read_text()}")
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(timeout=WAIT_SECONDS)
        if error:
            print(f"the server's log:\n{self.log.read_text()[-4_000:]}")
        self.folder.cleanup()

    def token(self, role: str) -> str:
        command = [self.binary, "token", "create", "--role", role, "--name", f"test {role}"]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def get(self, path: str, token: str | None = None, **more: object) -> requests.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return requests.get(f"{self.url}{path}", headers=headers, timeout=WAIT_SECONDS, allow_redirects=False, **more)


def until(what: str, found, seconds: float = WAIT_SECONDS):
    """What is found once it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:.0f} seconds for {what}")


def equal(found: object, wanted: object, what: str = "") -> None:
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"
