"""What the tests share: the repository's root, the binary, programs that may not be there."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

CLEAN = {
    name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SIGHTLINE_", "GITHUB_", "TF_"))
}
"""The caller's environment without what would change an answer."""

FAKE_AWS = {
    "AWS_ACCESS_KEY_ID": "123456789012",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}
"""Credentials of nobody."""


def binary() -> Path:
    """The built binary; the test is skipped where there is none."""
    built = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "sightline"
    if not built.is_file():
        raise unittest.SkipTest(f"{built} is not built")
    return built


def program(name: str) -> str:
    """A program beside this Python, or on the path; the test is skipped where there is none."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise unittest.SkipTest(f"`{name}` is not installed")
    return found


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs to the end, in a clean environment unless told."""
    options.setdefault("env", CLEAN)
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **options)  # type: ignore[call-overload]


def said(ended: subprocess.CompletedProcess[str]) -> str:
    """What it said, for the message of a failure."""
    return f"{ended.args}: status {ended.returncode}\n{ended.stdout}\n{ended.stderr}"


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(*command: object, env: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A server that ends with the block."""
    with (cwd / "server.log").open("w") as log:
        child = subprocess.Popen([str(word) for word in command], env=env, cwd=cwd, stdout=log, stderr=log, text=True)
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def ask(url: str, host: str | None = None, token: str | None = None) -> tuple[int, str]:
    """Status and body of one GET."""
    request = urllib.request.Request(url)
    if host:
        request.add_header("Host", host)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(url: str, child: subprocess.Popen[str], log: Path) -> None:
    """Until the server answers anything; fails where it ends or takes too long."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if child.poll() is not None:
            raise AssertionError(f"the server ended with {child.returncode}: {log.read_text()}")
        with contextlib.suppress(OSError):
            ask(url)
            return
        time.sleep(0.1)
    raise AssertionError(f"the server does not answer: {log.read_text()}")
