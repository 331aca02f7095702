"""The GitHub Action: its description by GitHub's schema, its scripts by shellcheck, and then run as a runner runs them."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
import unittest
from pathlib import Path

import yaml

from tests.support import CLEAN, FAKE_AWS, ROOT, binary, program, run, said

ACTION = ROOT / "action"
SCRIPTS = sorted(ACTION.glob("*.sh"))
DESCRIPTION = yaml.safe_load((ACTION / "action.yml").read_text())

STAND_IN = """#!/usr/bin/env bash
[[ $1 == --version ]] && {{ echo sightline 0.0.0; exit; }}
printf '%s\\n' "lake=$SIGHTLINE_LAKE" "$@" >> "{log}"
for word in "$@"; do case $word in sarif=*) echo '{{}}' > "${{word#sarif=}}";; json=*) echo '{{}}' > "${{word#json=}}";; esac; done
case $1 in scan) exit {scan};; *) exit {rest};; esac
"""


class Described(unittest.TestCase):
    """action.yml."""

    def test_schema(self) -> None:
        ended = run(program("check-jsonschema"), "--builtin-schema", "vendor.github-actions", ACTION / "action.yml")
        self.assertEqual(0, ended.returncode, said(ended))

    def test_audit(self) -> None:
        """No text of a user in a command, every action of others pinned."""
        ended = run(program("zizmor"), "--offline", "--no-progress", ACTION / "action.yml")
        self.assertEqual(0, ended.returncode, said(ended))

    def test_every_input_reaches_a_script(self) -> None:
        steps = json.dumps(DESCRIPTION["runs"]["steps"])
        for name in DESCRIPTION["inputs"]:
            self.assertIn(f"inputs.{name} ", steps.replace("}}", " "), name)
        text = "".join(script.read_text() for script in SCRIPTS)
        for step in DESCRIPTION["runs"]["steps"]:
            for variable in step.get("env", {}):
                self.assertIn(variable, text)

    def test_shellcheck(self) -> None:
        ended = run(program("shellcheck"), *SCRIPTS, ROOT / "tools" / "dist" / "dist.sh")
        self.assertEqual(0, ended.returncode, said(ended))


class Run(unittest.TestCase):
    """The scripts, with a runner's files."""

    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.place = Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)
        self.output = self.place / "output"
        self.summary = self.place / "summary"
        self.env = (
            CLEAN
            | FAKE_AWS
            | {
                "GITHUB_OUTPUT": str(self.output),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "RUNNER_TEMP": str(self.place),
            }
        )

    def script(self, name: str, **variables: str) -> tuple[int, str, dict[str, str]]:
        """Status, what it said, and its outputs."""
        self.output.write_text("")
        ended = run("bash", ACTION / name, env=self.env | variables, cwd=self.place)
        lines = [line.partition("=") for line in self.output.read_text().splitlines()]
        return ended.returncode, ended.stdout + ended.stderr, {key: value for key, _, value in lines}

    def stand_in(self, scan: int = 0, rest: int = 0) -> tuple[str, Path]:
        """A program that writes down how it was called, and ends as told."""
        log = self.place / "calls"
        log.write_text("")
        program = self.place / "stand-in"
        program.write_text(STAND_IN.format(log=log, scan=scan, rest=rest))
        program.chmod(0o755)
        return str(program), log

    def test_findings(self) -> None:
        for scan, rest, wanted in ((0, 0, "0"), (0, 1, "1"), (3, 0, "3"), (3, 1, "1"), (0, 3, "3"), (2, 0, "2")):
            with self.subTest(f"{scan} {rest}"):
                program, log = self.stand_in(scan, rest)
                code, text, outputs = self.script(
                    "gate.sh",
                    SIGHTLINE=program,
                    INPUT_COMMAND="findings",
                    INPUT_SCAN_ARGS="--table\naws_bedrock_*\n\n",
                    INPUT_ARGS="--select\nhigh words; $(touch hacked)",
                    INPUT_FAIL_ON="medium",
                    INPUT_BASELINE="old.json",
                )
                self.assertEqual((0, wanted), (code, outputs["status"]), text)
                calls = log.read_text().splitlines()
                self.assertEqual(["scan", "--table", "aws_bedrock_*"], calls[1:4])
                self.assertFalse((self.place / "hacked").exists())
                if scan == 2:
                    self.assertNotIn("findings", calls)
                    self.assertEqual("", outputs["sarif"])
                    continue
                self.assertEqual(["findings", "--fail-on", "medium"], calls[5:8])
                self.assertEqual(["--baseline", "old.json", "--select", "high words; $(touch hacked)"], calls[-4:])
                self.assertEqual("{}", Path(outputs["sarif"]).read_text().strip())
                self.assertEqual("{}", Path(outputs["json"]).read_text().strip())

    def test_a_lake_that_stands_is_not_read_anew(self) -> None:
        program, log = self.stand_in()
        self.script("gate.sh", SIGHTLINE=program, INPUT_LAKE="my/lake")
        self.assertEqual(["lake=my/lake", "findings"], log.read_text().splitlines()[:2])

    def test_probe(self) -> None:
        program, log = self.stand_in(rest=1)
        code, text, outputs = self.script(
            "gate.sh",
            SIGHTLINE=program,
            INPUT_COMMAND="probe",
            INPUT_MAX_USD="0.5",
            INPUT_FAIL_IF="broken.lower > 0.05\nundecided.rate > 0.3",
            INPUT_ARGS="--model\nm",
        )
        self.assertEqual((0, "1"), (code, outputs["status"]), text)
        calls = log.read_text().splitlines()[1:]
        self.assertEqual(["probe", "run", "--yes", "--max-usd", "0.5"], calls[:5])
        self.assertEqual(
            ["--fail-if", "broken.lower > 0.05", "--fail-if", "undecided.rate > 0.3", "--model", "m"], calls[-6:]
        )
        code, text, _ = self.script("gate.sh", SIGHTLINE=program, INPUT_COMMAND="probe")
        self.assertEqual(2, code)
        self.assertIn("max-usd", text)

    def test_what_the_program_says_commands_no_runner(self) -> None:
        program, _ = self.stand_in()
        Path(program).write_text("#!/bin/sh\necho '::set-output name=status::0'\nexit 1\n")
        _, text, outputs = self.script("gate.sh", SIGHTLINE=program, INPUT_LAKE="x")
        lines = text.splitlines()
        stopped = next(line for line in lines if line.startswith("::stop-commands::"))
        token = stopped.removeprefix("::stop-commands::")
        self.assertRegex(token, "^[0-9a-f]{32}$")
        self.assertLess(lines.index(stopped), lines.index("::set-output name=status::0"))
        self.assertLess(lines.index("::set-output name=status::0"), lines.index(f"::{token}::"))
        self.assertEqual("1", outputs["status"])

    def test_verdict(self) -> None:
        for status, incomplete, wanted in (
            ("0", "fail", 0),
            ("1", "warn", 1),
            ("3", "fail", 3),
            ("3", "warn", 0),
            ("2", "warn", 2),
            ("", "warn", 2),
        ):
            with self.subTest(f"{status} {incomplete}"):
                self.assertEqual(wanted, self.script("verdict.sh", STATUS=status, INCOMPLETE=incomplete)[0])

    def test_install(self) -> None:
        program, _ = self.stand_in()
        code, text, outputs = self.script("install.sh", SIGHTLINE_BINARY=program)
        self.assertEqual((0, program), (code, outputs["binary"]), text)
        archive = self.place / "sightline-0.0.0-x.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(program, "sightline-0.0.0-x/bin/sightline")
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        url = archive.as_uri()
        code, text, outputs = self.script("install.sh", SIGHTLINE_URL=url, SIGHTLINE_SHA256=digest)
        self.assertEqual(0, code, text)
        self.assertTrue(os.access(outputs["binary"], os.X_OK))
        for broken in ("0" * 64, "", "abc", digest.upper()):
            with self.subTest(broken):
                code, text, outputs = self.script("install.sh", SIGHTLINE_URL=url, SIGHTLINE_SHA256=broken)
                self.assertEqual((2, {}), (code, outputs), text)

    def test_the_real_one(self) -> None:
        """An empty lake: nothing was read, so nothing is fine."""
        sightline = binary()
        code, text, outputs = self.script("install.sh", SIGHTLINE_BINARY=str(sightline))
        self.assertEqual(0, code, text)
        lake = self.place / "lake"
        code, text, outputs = self.script("gate.sh", SIGHTLINE=outputs["binary"], INPUT_LAKE=str(lake))
        self.assertEqual((0, "2"), (code, outputs["status"]), text)
        self.assertIn("there is no lake", text)
