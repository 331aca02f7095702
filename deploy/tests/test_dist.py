"""The archive of a release: what is in it, that it repeats, and that its bill of materials is one.

In the place of the binary, which is hundreds of megabytes where tests are built, stands a script that calls it.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
import unittest
from pathlib import Path

from tests.support import CLEAN, ROOT, binary, program, run, said

SCHEMAS = ROOT / "crates" / "report" / "tests" / "schema" / "cyclonedx"
EPOCH = "1763942400"


class Archive(unittest.TestCase):
    """tools/dist/dist.sh."""

    @classmethod
    def setUpClass(cls) -> None:
        real = binary()
        program("git")
        program("cargo")
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        stand_in = Path(cls.folder.name, "target", "debug", "sightline")
        stand_in.parent.mkdir(parents=True)
        stand_in.write_text(f'#!/bin/sh\nexec "{real}" "$@"\n')
        stand_in.chmod(0o755)
        cls.made = cls.make("first")

    @classmethod
    def make(cls, name: str) -> Path:
        """An archive in a folder of its own."""
        out = Path(cls.folder.name, name)
        settings = {"PROFILE": "dev", "SKIP_BUILD": "1", "NO_STRIP": "1", "OUT": str(out), "SOURCE_DATE_EPOCH": EPOCH}
        env = CLEAN | settings | {"CARGO_TARGET_DIR": f"{cls.folder.name}/target"}
        ended = run("bash", ROOT / "tools" / "dist" / "dist.sh", env=env)
        assert ended.returncode == 0, said(ended)
        return Path(ended.stdout.strip().splitlines()[-1])

    def test_what_is_in_it(self) -> None:
        with tarfile.open(self.made) as tar:
            members = {one.name.partition("/")[2]: one for one in tar.getmembers()}
        for name in (
            "bin/sightline",
            "share/man/man1/sightline.1",
            "share/man/man1/sightline-probe-run.1",
            "share/bash-completion/completions/sightline",
            "share/zsh/site-functions/_sightline",
            "share/fish/vendor_completions.d/sightline.fish",
            "share/doc/sightline/LICENSE",
            "share/doc/sightline/NOTICE",
            "share/doc/sightline/THIRD-PARTY.txt",
            "share/doc/sightline/sightline.cdx.json",
            "share/doc/sightline/CHANGELOG.md",
            "lib/systemd/system/sightline.service",
            "lib/systemd/system/sightline-scan.timer",
        ):
            self.assertIn(name, members)
        self.assertEqual(0o755, members["bin/sightline"].mode)
        for one in members.values():
            self.assertEqual((0, 0, int(EPOCH)), (one.uid, one.gid, one.mtime), one.name)
            self.assertFalse(one.mode & 0o022, one.name)

    def test_checksums(self) -> None:
        [sums] = self.made.parent.glob("*.sha256")
        lines = dict(reversed(line.split()) for line in sums.read_text().splitlines())
        self.assertEqual(2, len(lines))
        for name, digest in lines.items():
            self.assertEqual(digest, hashlib.sha256(self.made.with_name(name).read_bytes()).hexdigest())

    def test_it_repeats(self) -> None:
        second = self.make("second")
        self.assertEqual(hashlib.sha256(self.made.read_bytes()).digest(), hashlib.sha256(second.read_bytes()).digest())

    def test_the_bill_of_materials(self) -> None:
        from jsonschema import Draft7Validator
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT7

        [path] = self.made.parent.glob("*.cdx.json")
        bill = json.loads(path.read_text())
        read = {file.name: json.loads(file.read_text()) for file in SCHEMAS.glob("*.json")}
        registry = Registry().with_resources(
            [(schema["$id"], Resource.from_contents(schema, default_specification=DRAFT7)) for schema in read.values()]
        )
        validator = Draft7Validator(read["bom-1.6.SNAPSHOT.schema.json"], registry=registry)
        self.assertEqual([], [error.message[:200] for error in validator.iter_errors(bill)][:5])
        self.assertTrue(list(validator.iter_errors(bill | {"bomFormat": "none"})))
        names = {one["name"]: one for one in bill["components"]}
        for name in ("datafusion", "deltalake", "rustls", "rusqlite", "react"):
            self.assertEqual("required", names[name]["scope"], name)
        # A procedural macro runs in the compiler.
        self.assertEqual("excluded", names["serde_derive"]["scope"])
        for absent in ("insta", "proptest", "wiremock", "vite", "typescript"):
            self.assertNotIn(absent, names)
        known = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
        named = {ref for edge in bill["dependencies"] for ref in [edge["ref"], *edge["dependsOn"]]}
        self.assertEqual(set(), named - known)
        strangers = [one for one in bill["components"] if not one["name"].startswith("sightline")]
        self.assertEqual([], [one["purl"] for one in strangers if not one.get("hashes") or not one.get("licenses")])

    def test_licences(self) -> None:
        with tarfile.open(self.made) as tar:
            root = tar.getnames()[0]
            text = tar.extractfile(f"{root}/share/doc/sightline/THIRD-PARTY.txt").read().decode()
        for words in ("datafusion", "Permission is hereby granted", "Apache License", "rusqlite"):
            self.assertIn(words, text)
