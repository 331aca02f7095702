"""A minimal Debian 12 in a folder, for tests that ask for one: commands in it, and its systemd.

SIGHTLINE_CHROOT=1 asks, as root, where `debootstrap` is. SIGHTLINE_DEBIAN names another mirror. Mounts are in
namespaces of their own and end with each command.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support import CLEAN, ROOT, program, run, said

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENV = ("/usr/bin/env", "-i", f"PATH={PATH}", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive")
APART = ("unshare", "--mount", "--pid", "--fork", "--propagation=private")
GROUP = f"sightline-test-{os.getpid()}"


def blocks(page: str, heading: str) -> list[str]:
    """The commands below a heading, or of a whole page."""
    text = (ROOT / page).read_text()
    if heading:
        text = re.split(r"^## ", text.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@cache
def minimal() -> Path:
    """A system of Debian's required packages and apt, for all tests to copy."""
    folder = tempfile.mkdtemp()
    unittest.addModuleCleanup(run, "rm", "-rf", "--one-file-system", folder)
    mirror = os.environ.get("SIGHTLINE_DEBIAN", "http://deb.debian.org/debian")
    command = [program("debootstrap"), "--variant=minbase", "bookworm", f"{folder}/debian", mirror]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert ended.returncode == 0, said(ended)
    return Path(folder, "debian")


class Chroot(unittest.TestCase):
    """A system without anything."""

    @classmethod
    def setUpClass(cls) -> None:
        if not os.environ.get("SIGHTLINE_CHROOT"):
            raise unittest.SkipTest("is asked for: set SIGHTLINE_CHROOT=1")
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root makes a system in a folder")
        program("unshare")
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(run, "rm", "-rf", "--one-file-system", folder)
        cls.root = Path(folder, "debian")
        cls.outside("cp", "--archive", minimal(), cls.root)

    @staticmethod
    def outside(*command: object, **settings: str) -> str:
        """Runs on this machine."""
        ended = run(*command, env=CLEAN | settings)
        assert ended.returncode == 0, said(ended)
        return ended.stdout

    def inside(
        self, script: str, user: str = "root", place: str = "/srv", alone: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Runs a script of bash in it, up to its first failure. `alone` has the loopback address and no other."""
        home = "/srv" if user == "root" else f"/home/{user}"
        words = ["runuser", "-u", user, "--", *ENV, f"HOME={home}", "bash", "-euc", f"cd {place}\n{script}"]
        prepared = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
        network = ["--net"] if alone else []
        if alone:
            prepared = f"ip link set lo up && {prepared}"
        return run(*APART, *network, "sh", "-c", prepared, "sh", self.root, *words)

    def done(self, script: str, user: str = "root", place: str = "/srv", alone: bool = False) -> str:
        """What it printed; it must end well."""
        ended = self.inside(script, user, place, alone)
        self.assertEqual(0, ended.returncode, said(ended))
        return ended.stdout

    def installed(self, *packages: str) -> None:
        """Debian's packages, with what they recommend."""
        self.done(f"apt-get update -qq && apt-get install --yes -qq {' '.join(packages)} >/dev/null")

    @contextlib.contextmanager
    def booted(self) -> Iterator[Booted]:
        """The system under its own systemd, with a network of its own that has the loopback address alone."""
        log = self.root.parent / "boot.log"
        boot = ROOT / "deploy" / "tests" / "boot.sh"
        with log.open("w") as out:
            words = [*APART, "--ipc", "--uts", "--net", "sh", str(boot), str(self.root), GROUP]
            child = subprocess.Popen(words, stdout=out, stderr=out, env=CLEAN)
        try:
            system = Booted(child, log)
            try:
                yield system
            finally:
                # Who ends the first process ends all.
                os.kill(system.first, 9)
        finally:
            child.kill()
            child.wait()
            # A group that somebody is still in cannot be removed.
            time.sleep(1)
            remove = f"mount -t cgroup2 cgroup2 /mnt && find /mnt/{GROUP} -depth -type d -exec rmdir {{}} +"
            run("unshare", "--mount", "--propagation=private", "sh", "-c", remove)


class Booted:
    """A system that runs."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path) -> None:
        children = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        until = time.monotonic() + 60
        state = ""
        while state not in ("running", "degraded"):
            if child.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"systemd does not run ({state}): {log.read_text()}")
            time.sleep(0.5)
            [self.first] = [int(pid) for pid in children.read_text().split()] or [0]
            # Until the shell has become systemd, it is this machine that would answer.
            if self.first and Path(f"/proc/{self.first}/comm").read_text().strip() == "systemd":
                state = self.run("systemctl is-system-running").stdout.strip()

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """A script of bash as root in it."""
        spaces = ("--mount", "--pid", "--ipc", "--uts", "--net", "--cgroup", "--root", "--wd")
        return run("nsenter", f"--target={self.first}", *spaces, *ENV, "HOME=/srv", "bash", "-euc", script)

    @contextlib.contextmanager
    def beside(self, *command: object) -> Iterator[None]:
        """A program of this machine in its network."""
        words = ["nsenter", f"--target={self.first}", "--net", *map(str, command)]
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=CLEAN)
        try:
            yield
        finally:
            child.terminate()
            child.wait()
