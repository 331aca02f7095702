"""docs/how-to/install.md and deploy/systemd/README.md, followed to the letter in a minimal Debian 12 (chroot.py), where
the units run under its systemd; and what a checkout says there of what is missing.
"""

from __future__ import annotations

import re
import shutil

from tests.chroot import Booted, Chroot, blocks
from tests.support import FAKE_AWS, ROOT, binary, free_port, program, said

ARCHIVE = "sightline-0.1.0-x86_64-unknown-linux-gnu"
FLOW = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status\n"
    "2 123456789012 eni-0a1 10.0.0.4 10.0.1.7 40000 443 6 10 840 1795316400 1795316460 ACCEPT OK\n"
)
# What a server answers, asked by bash alone.
ASK = """
ask() (
    exec 3<>/dev/tcp/127.0.0.1/8480
    printf 'GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:8480\\r\\n\\r\\n' "$1" >&3
    cat <&3
)
ready() { for _ in $(seq 50); do sleep 0.2; if ask /readyz >/dev/null 2>&1; then return; fi; done; return 1; }
"""


class Archive(Chroot):
    """Who has the archive alone."""

    @classmethod
    def setUpClass(cls) -> None:
        binary()
        program("cargo")
        super().setUpClass()
        out = cls.root / "srv"
        cls.outside("bash", ROOT / "tools" / "dist" / "dist.sh", PROFILE="dev", SKIP_BUILD="1", OUT=str(out))
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
        # The loader is no friend of `set -eu`: it answers with 124.
        bash = "set +eu; source /usr/share/bash-completion/bash_completion; _completion_loader sightline"
        self.assertIn("_sightline", self.done(f"{bash}; complete -p sightline"))
        zsh = "zsh -c 'autoload -Uz compinit; compinit; print $_comps[sightline]'"
        self.assertEqual("_sightline", self.done(zsh).strip())
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
        # The server of the last line goes on until all here is ended.
        told = self.done(
            f"{console.rstrip()} 2>server.log &\n{ASK}\nready\nask /readyz; ask /; exit 0",
            "ada",
            "/home/ada",
            alone=True,
        )
        self.assertRegex(told, r"sightline_[0-9a-f]{8}_\S{40,}")
        self.assertEqual(2, told.count("HTTP/1.0 200 OK"), told)
        self.assertIn('{"status":"ok"}', told)

    def service(self) -> None:
        """The server and the timer's scan, under systemd."""
        self.installed("systemd")
        script, *_ = blocks("deploy/systemd/README.md", "")
        before, started = script.split("systemctl ", 1)
        self.done(before, place=f"/srv/{ARCHIVE}")
        verified = self.done("systemd-analyze verify /etc/systemd/system/sightline* 2>&1")
        self.assertNotIn("sightline", verified)
        with self.booted() as system:
            ended = system.run(f"systemctl {started}")
            self.assertEqual(0, ended.returncode, said(ended))
            self.assertIn("sightline_", ended.stdout)
            self.server(system)
            self.scan(system)

    def server(self, system: Booted) -> None:
        """It answers, has no rights, and is there again when it was killed."""
        answered = system.run(f"{ASK}\nready\nask /readyz")
        self.assertIn('{"status":"ok"}', answered.stdout, said(answered))
        told = system.run("cat /proc/$(systemctl show -P MainPID sightline)/status; stat -c '%U %a' /var/lib/sightline")
        for line in ("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "sightline 700"):
            self.assertIn(line, told.stdout)
        killed = "kill -9 $(systemctl show -P MainPID sightline)"
        again = system.run(f"{killed}; {ASK}\nsleep 5; ready\nsystemctl show -P NRestarts sightline")
        self.assertEqual("1", again.stdout.splitlines()[-1], said(again))

    def scan(self, system: Booted) -> None:
        """All commands of the timer's unit, against an emulator: what the unit forbids, none of them needs."""
        port = free_port()
        settings = FAKE_AWS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "SIGHTLINE_ACCESS": "--region=us-east-1"}
        (self.root / "etc/sightline/environment").write_text("".join(f"{name}={settings[name]}\n" for name in settings))
        with system.beside(program("moto_server"), "-H", "127.0.0.1", "-p", port):
            system.run(f"for _ in $(seq 100); do (: </dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.2; done")
            ended = system.run("systemctl start sightline-scan.service || journalctl -u sightline-scan.service")
        self.assertEqual("", ended.stdout, said(ended))
        found = "SELECT (SELECT count(*) FROM scan) AS scans, (SELECT count(*) FROM finding) > 100 AS many"
        query = f'runuser -u sightline -- sightline --lake /var/lib/sightline/lake query "{found}" --json'
        told = system.run(f"{query}; systemctl stop sightline; systemctl show -P Result sightline")
        self.assertRegex(told.stdout, r'(?s)"many": true.*"scans": 1.*\nsuccess$|"scans": 1.*"many": true.*\nsuccess$')

    def remove(self) -> None:
        """Nothing is left but what was kept on purpose."""
        [script] = blocks("docs/how-to/install.md", "Remove")
        self.done(script)
        self.assertEqual("", self.done("find /usr/local /etc/fish -name '*sightline*'"))


class Source(Chroot):
    """Who has a checkout. The long build is not begun."""

    def test_what_is_missing_is_said(self) -> None:
        source = self.root / "srv" / "sightline"
        source.mkdir()
        shutil.copy(ROOT / "Makefile", source)
        shutil.copytree(ROOT / "demo", source / "demo")
        self.installed("make")
        for target in ("demo", "test"):
            ended = self.inside(f"make {target}", place="/srv/sightline")
            self.assertIn("missing: Python 3.10 or later", ended.stdout, said(ended))
            self.assertNotEqual(0, ended.returncode)
        self.installed("python3")
        for target in ("demo", "test"):
            ended = self.inside(f"make {target}", place="/srv/sightline")
            for words in ("rustup.rs", "apt install git", "build-essential", "python3-venv"):
                self.assertIn(words, ended.stderr, said(ended))
        # The README's packages leave Rust alone, and what rustup.rs asks for is there.
        [packages] = set(re.findall(r"`apt install (make [^`]+)`", (ROOT / "README.md").read_text()))
        self.assertIn(f"`apt install {packages}`", (ROOT / "docs" / "tutorial.md").read_text())
        self.installed(packages)
        ended = self.inside("make demo", place="/srv/sightline")
        self.assertEqual(1, ended.stderr.count("is not on the PATH"), said(ended))
        self.assertIn("`cargo`", ended.stderr)
        self.done("command -v curl && test -s /etc/ssl/certs/ca-certificates.crt")
