"""The units, by systemd's own checks. systemd need not run for that."""

from __future__ import annotations

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.support import ROOT, binary, program, run, said

UNITS = ROOT / "deploy" / "systemd"
SERVICES = ("sightline.service", "sightline-scan.service", "sightline-queue.service")


class Units(unittest.TestCase):
    """Services and timer."""

    def setUp(self) -> None:
        self.analyze = program("systemd-analyze")

    def verified(self, edit: tuple[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """`systemd-analyze verify` over the units, with a program that is there."""
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNITS.glob("*.[st]*[er]"):
                text = unit.read_text().replace("/usr/local/bin/sightline", "/bin/true")
                Path(folder, unit.name).write_text(text.replace(*edit) if edit else text)
            names = sorted(str(path) for path in Path(folder).iterdir())
            return run(self.analyze, "verify", "--man=no", *names)

    def test_verify(self) -> None:
        ended = self.verified()
        ours = [line for line in ended.stderr.splitlines() if "sightline" in line]
        self.assertEqual(([], 0), (ours, ended.returncode), said(ended))

    def test_verify_sees_faults(self) -> None:
        ended = self.verified(("ProtectHome=yes", "ProtectHome=perhaps"))
        self.assertIn("Failed to parse protect home value", ended.stderr)

    def test_exposure(self) -> None:
        for name in SERVICES:
            ended = run(self.analyze, "security", "--offline=yes", "--threshold=15", UNITS / name)
            if "unrecognized option" in ended.stderr:
                self.skipTest("this systemd cannot judge units that are not installed")
            self.assertEqual(0, ended.returncode, said(ended))

    def test_memory_can_be_read(self) -> None:
        # The lake's writer ends a program that cannot see `/proc/meminfo`.
        for name in SERVICES:
            self.assertNotIn("ProcSubset", (UNITS / name).read_text(), name)

    def test_the_command_line_knows_every_command(self) -> None:
        sightline = binary()
        for name in SERVICES:
            lines = re.findall(r"^ExecStart=\S+ (.*)$", (UNITS / name).read_text(), re.MULTILINE)
            self.assertTrue(lines)
            for line in lines:
                words = [word for word in line.split() if not word.startswith("$")]
                ended = run(sightline, *words, "--help")
                self.assertEqual(0, ended.returncode, said(ended))
                for word in words:
                    if word.startswith("--"):
                        self.assertIn(word.split("=")[0], ended.stdout)
