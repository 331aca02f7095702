"""What is missing is said at once, with the way to get it."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import ready


class Tools(unittest.TestCase):
    """Compiler, Rust, git."""

    def missing(self, folder: str) -> str:
        """What is said where the PATH has this folder alone."""
        with mock.patch.dict(os.environ, {"PATH": folder}), self.assertRaises(ready.Missing) as caught:
            list(ready.tools())
        return str(caught.exception)

    def test_all_that_is_missing_is_said_at_once(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            told = self.missing(folder)
        for words in ("`cargo`", "rustup.rs", "`git`", "apt install git", "`cc`", "build-essential"):
            self.assertIn(words, told)

    def test_an_old_compiler_is_told_from_none(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, version in (("cargo", "cargo 1.70.0"), ("git", "git version 2.39"), ("cc", "cc 12")):
                tool = Path(folder, name)
                tool.write_text(f"#!/bin/sh\necho {version}\n")
                tool.chmod(0o755)
            told = self.missing(folder)
        self.assertIn("1.95 or later is needed, this is `cargo 1.70.0`", told)
        self.assertNotIn("`git`", told)
