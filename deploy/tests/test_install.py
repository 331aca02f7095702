"""docs/how-to/install.md and deploy/systemd/README.md, followed to the letter in a minimal Debian 12; and what a checkout says of what is missing there.

Takes five minutes and 150 MB, and so is asked for: SIGHTLINE_CHROOT=1, as root, where `debootstrap` is. SIGHTLINE_DEBIAN names another mirror.
Mounts are in a namespace of their own and end with each command.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.support import CLEAN, ROOT, binary, program, run, said

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHIVE = "sightline-0.1.0-x86_64-unknown-linux-gnu"
FLOW = """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789012 eni-0a1 10.0.0.4 10.0.1.7 40000 443 6 10 840 1795316400 1795316460 ACCEPT OK
"""


def blocks(page: str, heading: str) -> list[str]:
    """The commands below a heading, or of a whole page."""
    text = (ROOT / page).read_text()
    if heading:
        text = re.split(r"^## ", text.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class Chroot(unittest.TestCase):
    """A system without anything."""

    @classmethod
    def setUpClass(cls) -> None:
        if not os.environ.get("SIGHTLINE_CHROOT"):
            raise unittest.SkipTest("is asked for: set SIGHTLINE_CHROOT=1")
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root makes a system in a folder")
        program("unshare")
        debootstrap = program("debootstrap")
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(run, "rm", "-rf", "--one-file-system", folder)
        cls.root = Path(folder, "debian")
        mirror = os.environ.get("SIGHTLINE_DEBIAN", "http://deb.debian.org/debian")
        cls.outside(debootstrap, "--variant=minbase", "bookworm", cls.root, mirror, seconds=1200)

    @staticmethod
    def outside(*command: object, seconds: int = 600, **settings: str) -> str:
        """Runs on this machine."""
        words = [str(word) for word in command]
        ended = subprocess.run(words, capture_output=True, text=True, timeout=seconds, env=CLEAN | settings)
        assert ended.returncode == 0, said(ended)
        return ended.stdout

    def inside(self, script: str, user: str = "root", place: str = "/root") -> subprocess.CompletedProcess[str]:
        """Runs a script of bash in the system, up to its first failure, in an environment that holds nothing else."""
        home = "/root" if user == "root" else f"/home/{user}"
        env = ["/usr/bin/env", "-i", f"PATH={PATH}", f"HOME={home}", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        words = ["runuser", "-u", user, "--", *env, "bash", "-euc", f"cd {place}\n{script}"]
        mounted = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
        command = ["unshare", "--mount", "--pid", "--fork", "--propagation=private", "sh", "-c", mounted, "sh", self.root]
        return run(*command, *words)

    def done(self, script: str, user: str = "root", place: str = "/root") -> str:
        """What it printed; it must end well."""
        ended = self.inside(script, user, place)
        self.assertEqual(0, ended.returncode, said(ended))
        return ended.stdout

    def installed(self, *packages: str) -> None:
        """Debian's packages, with what they recommend."""
        self.done(f"apt-get update -qq && apt-get install --yes -qq {' '.join(packages)} >/dev/null")


class Archive(Chroot):
    """Who has the archive alone."""

    @classmethod
    def setUpClass(cls) -> None:
        binary()
        program("cargo")
        super().setUpClass()
        out = cls.root / "root"
        cls.outside(
            "bash", ROOT / "tools" / "dist" / "dist.sh", PROFILE="dev", SKIP_BUILD="1", OUT=str(out)
        )
        # What is not in the archive shall not help.
        shutil.rmtree(out / ARCHIVE)

    def test_the_pages(self) -> None:
        self.without_authorities()
        self.archive()
        self.manual_and_completions()
        self.first_minutes()
        self.service()
        self.remove()

    def without_authorities(self) -> None:
        """The step that is forgotten is told."""
        self.done(f"mkdir /early && tar -xzf {ARCHIVE}.tar.gz -C /early")
        for command in ("scan", "doctor", "ingest s3://bucket/"):
            with self.subTest(command):
                ended = self.inside(f"/early/{ARCHIVE}/bin/sightline {command}", place="/tmp")
                self.assertIn("install `ca-certificates`", " ".join((ended.stdout + ended.stderr).split()), said(ended))
                self.assertNotIn("panicked", ended.stderr)
                self.assertIn(ended.returncode, (1, 2))
        self.done("rm -r /early")

    def archive(self) -> None:
        """From checksums to the version."""
        needs, unpack, fish = blocks("docs/how-to/install.md", "From an archive")
        self.done("apt-get update -qq")
        self.done(needs)
        told = self.done(unpack)
        self.assertIn(f"{ARCHIVE}.tar.gz: OK", told)
        self.assertIn("sightline 0.1.0", told)
        self.done(fish)
        # A checksum that is wrong ends it.
        self.done(f"mkdir /tmp/bad && cp {ARCHIVE}.sha256 /tmp/bad && echo x > /tmp/bad/{ARCHIVE}.tar.gz")
        self.assertNotEqual(0, self.inside(unpack, place="/tmp/bad").returncode)

    def manual_and_completions(self) -> None:
        """By the programs that read them, where they look by themselves."""
        self.installed("man-db", "bash-completion", "zsh", "fish")
        self.assertIn("sightline-scan", self.done("man sightline"))
        self.assertIn("PROBE-RUN", self.done("man sightline-probe-run"))
        bash = "source /usr/share/bash-completion/bash_completion; _completion_loader sightline; complete -p sightline"
        self.assertIn("_sightline", self.done(bash.replace("source", "set +u; source")))
        self.assertEqual("_sightline", self.done("zsh -c 'autoload -Uz compinit; compinit; print $_comps[sightline]'").strip())
        self.assertIn("findings\t", self.done("fish -c 'complete -C \"sightline find\"'"))

    def first_minutes(self) -> None:
        """As somebody who may do nothing special."""
        self.done("useradd --create-home ada")
        home = self.root / "home" / "ada"
        (home / "logs").mkdir()
        (home / "logs" / "flows.log").write_text(FLOW)
        self.done("chown -R ada:ada /home/ada")
        doctor, logs, console = blocks("docs/how-to/install.md", "The first minutes")
        ended = self.inside(doctor, "ada", "/home/ada")
        self.assertEqual(1, ended.returncode, said(ended))
        self.assertIn("fix", ended.stdout)
        ended = self.inside("sightline scan", "ada", "/home/ada")
        self.assertEqual(2, ended.returncode, said(ended))
        self.assertIn("sign in to AWS", ended.stderr)
        told = self.done(logs, "ada", "/home/ada")
        self.assertRegex(told, r"(?m)^\s*1\s+840$")
        # The server of the last line goes on until it is ended; what it answers is asked by bash alone.
        ask = """
            ask() { exec 3<>/dev/tcp/127.0.0.1/8480 || return; printf 'GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:8480\\r\\n\\r\\n' "$1" >&3; cat <&3; }
            for _ in $(seq 50); do sleep 0.2; ask /readyz 2>/dev/null >/dev/null && break; done
            ask /readyz; ask /
        """
        told = self.done(f"{console.rstrip()} 2>server.log &\nset +e\n{ask}\nexit 0", "ada", "/home/ada")
        self.assertRegex(told, r"sightline_[0-9a-f]{8}_\S{40,}")
        self.assertEqual(2, told.count("HTTP/1.0 200 OK"), told)
        self.assertIn('{"status":"ok"}', told)

    def service(self) -> None:
        """All but the line that needs a running systemd."""
        self.installed("systemd")
        [script] = blocks("deploy/systemd/README.md", "")
        lines = script.splitlines()
        kept = [line for line in lines if not line.startswith("systemctl ")]
        self.assertEqual(len(lines) - 1, len(kept))
        token = kept.pop()
        self.done("\n".join(kept), place=f"/root/{ARCHIVE}")
        verified = self.done("systemd-analyze verify sightline.service sightline-scan.service sightline-scan.timer 2>&1")
        self.assertNotIn("sightline", verified)
        # The folder is what systemd makes of `StateDirectory`.
        self.done("install -d -o sightline -g sightline -m 0700 /var/lib/sightline")
        self.assertIn("sightline_", self.done(token))
        self.assertEqual("sightline 700", self.done("stat -c '%U %a' /var/lib/sightline").strip())

    def remove(self) -> None:
        """Nothing is left but what was kept on purpose."""
        [script] = blocks("docs/how-to/install.md", "Remove")
        self.done(script)
        self.assertEqual("", self.done("find /usr/local /etc/fish -name '*sightline*'"))


class Source(Chroot):
    """Who has a checkout. The long build is not begun."""

    def test_what_is_missing_is_said(self) -> None:
        source = self.root / "root" / "sightline"
        source.mkdir()
        shutil.copy(ROOT / "Makefile", source)
        shutil.copytree(ROOT / "demo", source / "demo")
        self.installed("make")
        for target in ("demo", "test"):
            ended = self.inside(f"make {target}", place="/root/sightline")
            self.assertIn("missing: Python 3.10 or later", ended.stdout, said(ended))
            self.assertNotEqual(0, ended.returncode)
        self.installed("python3")
        for target in ("demo", "test"):
            ended = self.inside(f"make {target}", place="/root/sightline")
            for words in ("rustup.rs", "apt install git", "build-essential", "python3-venv"):
                self.assertIn(words, ended.stderr, said(ended))
        # The README's packages leave Rust alone, and what rustup.rs asks for is there.
        [packages] = set(re.findall(r"`apt install (make [^`]+)`", (ROOT / "README.md").read_text()))
        self.assertIn(f"`apt install {packages}`", (ROOT / "docs" / "tutorial.md").read_text())
        self.installed(packages)
        ended = self.inside("make demo", place="/root/sightline")
        self.assertEqual(1, ended.stderr.count("is not on the PATH"), said(ended))
        self.assertIn("`cargo`", ended.stderr)
        self.done("command -v curl && test -s /etc/ssl/certs/ca-certificates.crt")
