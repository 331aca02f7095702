"""Manual pages and completions, read by the programs that will read them."""

from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

from tests.support import CLEAN, binary, program, run, said


class Manual(unittest.TestCase):
    """`sightline man`."""

    def pages(self, folder: str) -> list[Path]:
        """All pages."""
        ended = run(binary(), "man", "--out", folder, "--date", "2026-11-22")
        self.assertEqual(0, ended.returncode, said(ended))
        return sorted(Path(folder).glob("*.1"))

    def test_a_page_for_each_command(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            names = {page.stem for page in self.pages(folder)}
        self.assertLess({"sightline", "sightline-scan", "sightline-probe-run", "sightline-man"}, names)
        self.assertFalse({"sightline-generate", "sightline-help", "sightline-probe-help"} & names)
        listed = re.findall(r"^  ([a-z-]+) ", run(binary(), "--help").stdout, re.MULTILINE)
        self.assertGreater(len(listed), 20)
        self.assertEqual(set(), {f"sightline-{name}" for name in listed if name != "help"} - names)

    def test_mandoc(self) -> None:
        mandoc = program("mandoc")
        with tempfile.TemporaryDirectory() as folder:
            ended = run(mandoc, "-T", "lint", "-W", "warning", *self.pages(folder))
        # An empty line between two breaks is how the pages' writer parts a list from what stands before it.
        faults = [line for line in ended.stdout.splitlines() if not line.endswith(("br before sp", "br after sp"))]
        self.assertEqual([], faults[:10])

    def test_man(self) -> None:
        man = program("man")
        with tempfile.TemporaryDirectory() as folder:
            for page in self.pages(folder):
                if page.stem not in ("sightline", "sightline-probe-run", "sightline-query", "sightline-serve"):
                    continue
                ended = run(
                    man,
                    "--warnings",
                    "-E",
                    "UTF-8",
                    "-l",
                    "-Tutf8",
                    "-Z",
                    page,
                    env=CLEAN | {"MANROFFSEQ": "", "LC_ALL": "C.UTF-8", "MANWIDTH": "100"},
                )
                if "groff" in ended.stderr and "not found" in ended.stderr:
                    self.skipTest("`groff` is not installed")
                self.assertEqual((0, ""), (ended.returncode, ended.stderr), page.stem)

    def test_one_page(self) -> None:
        ended = run(binary(), "man", "probe", "run")
        self.assertRegex(ended.stdout, r'\.TH "?SIGHTLINE-PROBE-RUN"? "?1"?')
        unknown = run(binary(), "man", "probe", "walk")
        self.assertEqual((2, ""), (unknown.returncode, unknown.stdout))
        self.assertIn("`sightline-probe` has no command `walk`", unknown.stderr)


class Completions(unittest.TestCase):
    """`sightline completions`."""

    def test_shells_read_them(self) -> None:
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            with self.subTest(shell):
                program(shell)
                ended = run(binary(), "completions", shell)
                self.assertEqual(0, ended.returncode, said(ended))
                self.assertEqual(0, run(*check, "/dev/stdin", input=ended.stdout).returncode)

    def test_bash_completes(self) -> None:
        script = f'source <("{binary()}" completions bash); COMP_WORDS=(sightline find); COMP_CWORD=1; _sightline sightline find sightline; echo "${{COMPREPLY[*]}}"'
        ended = run("bash", "-c", script)
        self.assertEqual("findings", ended.stdout.strip(), said(ended))
