"""The end of the demo: `sightline serve` over the demo's lake, with a token that lives as long as it does.

The token is never an argument of a program nor part of an address: other users of the machine see the one, and browsers
keep the other.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path

PORT = 8480
"""Where the console is when the port is free; else wherever the system puts it."""

PATIENCE = 30.0
"""Seconds for the server to say where it listens."""


class ConsoleError(Exception):
    """The server did not start or does not answer; the text says why."""


class Served:
    """A server that runs."""

    def __init__(self, child: subprocess.Popen[str], address: str, token: str) -> None:
        self.child = child
        self.address = address
        self.token = token

    def ask(self, path: str) -> object:
        """What the API answers."""
        request = urllib.request.Request(f"{self.address}{path}", headers={"authorization": f"Bearer {self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except (OSError, ValueError) as error:
            raise ConsoleError(f"the server does not answer to {path}: {error}") from error

    def has_pages(self) -> bool:
        """Whether the console was built into the binary."""
        try:
            with urllib.request.urlopen(self.address, timeout=PATIENCE) as answer:
                return answer.headers.get_content_type() == "text/html"
        except urllib.error.HTTPError:
            return False
        except OSError as error:
            raise ConsoleError(f"the server does not answer: {error}") from error


@contextlib.contextmanager
def served(binary: Path, environment: dict[str, str], folder: Path) -> Iterator[Served]:
    """The server, until the block ends; its token is taken back then."""
    asked = ("token", "create", "--role", "admin", "--name", "demo", "--expires", "1d", "--json")
    made = json.loads(_told(binary, environment, folder, *asked))
    identity = made["token"]["id"]
    child = None
    try:
        child, address = _started(binary, environment, folder)
        yield Served(child, address, made["secret"])
    finally:
        if child is not None:
            _ended(child)
        _told(binary, environment, folder, "token", "revoke", identity)


def is_watched() -> bool:
    """Whether somebody sits before it: a terminal, and not one of continuous integration."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def show(server: Served) -> None:
    """Says how to sign in, opens a browser where there is one, and stays until Ctrl-C."""
    print(f"\n      The console:  {server.address}")
    print(f"      Sign in with: {server.token}")
    print("\n      The token ends with this run. Ctrl-C ends it.", flush=True)
    # Text browsers would take the terminal.
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin":
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(server.address)
    try:
        server.child.wait()
    except KeyboardInterrupt:
        return
    raise ConsoleError(f"the server ended by itself, with {server.child.returncode}")


def _told(binary: Path, environment: dict[str, str], folder: Path, *arguments: str) -> str:
    command = [binary, *arguments]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ConsoleError(f"`sightline {' '.join(arguments[:2])}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _started(binary: Path, environment: dict[str, str], folder: Path) -> tuple[subprocess.Popen[str], str]:
    """On the usual port, else on a free one."""
    said = ""
    for port in (PORT, 0):
        command = [binary, "serve", "--listen", f"127.0.0.1:{port}"]
        log = folder / "serve.log"
        with log.open("w") as sink:
            child = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=sink, text=True
            )
        line = _first_line(child)
        if line.startswith("http://"):
            return child, line
        _ended(child)
        said = log.read_text(errors="replace").strip()
        if "cannot listen" not in said:
            break
    raise ConsoleError(f"`sightline serve` did not start: {said[-500:] or 'it said nothing'}")


def _first_line(child: subprocess.Popen[str]) -> str:
    """What it says first; nothing where it ends before, or takes too long."""
    if child.stdout is None:
        return ""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        return child.stdout.readline().strip() if selector.select(PATIENCE) else ""


def _ended(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()
