"""The Dockerfile: linted, and what it copies is there and gets through `Dockerfile.dockerignore`. No engine builds it here."""

from __future__ import annotations

import json
import re
import unittest
from pathlib import PurePosixPath

from tests.support import ROOT, program, run, said

FILE = ROOT / "deploy" / "container" / "Dockerfile"
IGNORE = FILE.with_name("Dockerfile.dockerignore")


def instructions() -> list[tuple[str, list[str]]]:
    """Each instruction and its words, without options."""
    text = re.sub(r"^#.*$", "", FILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return [(line[0], [word for word in line[1:] if not word.startswith("--")]) for line in lines]


def from_context() -> list[str]:
    """What is copied from the repository."""
    lines = [line for line in FILE.read_text().splitlines() if line.startswith("COPY ") and "--from=" not in line]
    return [source for line in lines for source in line.split()[1:-1]]


def is_let_through(path: str) -> bool:
    """As Docker reads the file: the last line that fits the path or a folder above it decides."""
    through = True
    for line in IGNORE.read_text().splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        keeps, pattern = pattern.startswith("!"), pattern.lstrip("!")
        places = [PurePosixPath(path), *PurePosixPath(path).parents][:-1]
        if any(_fits(place, pattern) for place in places):
            through = keeps
    return through


def _fits(place: PurePosixPath, pattern: str) -> bool:
    wanted = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(wanted, str(place)) is not None


class Container(unittest.TestCase):
    """The image's recipe."""

    def test_lint(self) -> None:
        ended = run(program("hadolint"), "--failure-threshold", "style", FILE)
        self.assertEqual(0, ended.returncode, said(ended))

    def test_lint_sees_faults(self) -> None:
        ended = run(program("hadolint"), "-", input="FROM debian\nRUN apt-get install curl\n")
        self.assertNotEqual(0, ended.returncode)

    def test_what_is_copied_is_there_and_let_through(self) -> None:
        sources = from_context()
        self.assertGreater(len(sources), 6)
        for source in sources:
            with self.subTest(source):
                self.assertTrue((ROOT / source).exists())
                self.assertTrue(is_let_through(source))

    def test_what_a_build_reads_is_let_through_and_nothing_else(self) -> None:
        for path in (
            "crates/app/src/main.rs",
            "crates/app/build.rs",
            "crates/aws/models/ec2.json",
            "console/src/main.tsx",
            "Cargo.lock",
        ):
            self.assertTrue(is_let_through(path), path)
            self.assertTrue((ROOT / path).exists(), path)
        for path in (
            ".git/config",
            "target/debug/sightline",
            ".venv/bin/python",
            "console/node_modules/react/index.js",
            "demo/run.py",
            ".sightline/lake/lake.json",
        ):
            self.assertFalse(is_let_through(path), path)

    def test_every_member_of_the_workspace_is_copied(self) -> None:
        ended = run("cargo", "metadata", "--no-deps", "--format-version=1", "--offline", cwd=ROOT)
        if ended.returncode:
            self.skipTest("cargo is not there")
        for package in json.loads(ended.stdout)["packages"]:
            place = package["manifest_path"].removeprefix(f"{ROOT}/")
            self.assertTrue(any(place.startswith(source) for source in from_context()), place)

    def test_it_runs_as_nobody_with_rights(self) -> None:
        steps = instructions()
        last = max(number for number, (name, _) in enumerate(steps) if name == "FROM")
        final = steps[last:]
        self.assertIn("distroless/cc-debian12", final[0][1][0])
        self.assertIn(("USER", ["65532:65532"]), final)
        self.assertFalse([one for one in final if one[0] in ("RUN", "ADD")])
        for name, words in steps:
            if name == "FROM":
                self.assertRegex(words[0], r":\$\{[A-Z_]+\}$", "pinned by a tag")
        for name, words in steps:
            if name == "ARG":
                self.assertNotIn("latest", words[0])
