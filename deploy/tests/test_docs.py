"""The documentation: links lead somewhere, and each command line that it shows is one that the binary knows."""

from __future__ import annotations

import re
import shlex
import unittest
from functools import cache
from pathlib import Path

from tests.support import ROOT, binary, run

PAGES = sorted(
    [
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "how-to").glob("*.md"),
        *(ROOT / "deploy").rglob("*.md"),
        *(ROOT / "action").glob("*.md"),
        *ROOT.glob("*.md"),
    ]
)
COMMANDS = [page for page in PAGES if page.name not in ("cli.md", "roadmap.md")]
OUR_WORD = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*sightline ")


@cache
def usage(words: tuple[str, ...]) -> str | None:
    """The help of a command; nothing where there is no such command."""
    ended = run(binary(), *words, "--help")
    return ended.stdout if ended.returncode == 0 else None


@cache
def prerequisites() -> str:
    """The names of all."""
    return run(binary(), "onboard", "list").stdout


def lines_of(page: Path) -> list[str]:
    """The command lines of a page: in blocks, and in the text between backticks."""
    text = page.read_text()
    found = []
    for block in re.findall(r"^```(?:sh|console|bash|text)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        joined = block.replace("\\\n", " ")
        found += [line.strip() for line in joined.splitlines() if OUR_WORD.match(line.strip())]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    found += [one for one in re.findall(r"`(sightline [^`]+)`", prose)]
    return found


def faults_of(line: str) -> str | None:
    """What is wrong with a command line."""
    line = re.sub(r"^\$ ", "", line)
    for end in ("#", "|", ">", "&&", ";", "…", "2>"):
        line = line.split(f" {end}")[0]
    try:
        words = shlex.split(line, comments=False)
    except ValueError:
        return None
    words = words[words.index("sightline") + 1 :]
    command: list[str] = []
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        told = usage((*command, word))
        # What a command takes is no command: its help has none by that name.
        above = usage(tuple(command)) or ""
        if told is None or (command and not re.search(rf"^  {word}(\s|$)", above, re.MULTILINE)):
            if not command:
                return f"there is no command `{word}`"
            if re.search(r"^Commands:$", above, re.MULTILINE):
                return f"`{' '.join(command)}` has no command `{word}`"
            break
        command.append(word)
    told = usage(tuple(command)) or ""
    if (
        command[:1] == ["onboard"]
        and len(words) > 2
        and re.fullmatch(r"[a-z][a-z-]*", words[2])
        and words[2] not in prerequisites()
    ):
        return f"there is no prerequisite `{words[2]}`"
    for word in words:
        option = re.match(r"(--[a-z][a-z-]*|-[a-zA-Z])(?:=|$)", word)
        if option and not re.search(rf"(^|[\s,\[]){re.escape(option[1])}\b", told):
            return f"`{' '.join(command)}` has no option `{option[1]}`"
    return None


class Docs(unittest.TestCase):
    """All pages."""

    def test_links(self) -> None:
        seen = 0
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
                if re.match(r"[a-z]+:", target):
                    continue
                seen += 1
                with self.subTest(str(page.relative_to(ROOT)), link=target):
                    self.assertTrue((page.parent / target).exists())
        self.assertGreater(seen, 50)

    def test_every_page_is_in_the_index(self) -> None:
        index = (ROOT / "docs" / "README.md").read_text()
        for page in [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md")]:
            name = page.relative_to(ROOT / "docs").as_posix()
            if name != "README.md":
                self.assertIn(f"({name})", index)

    def test_commands(self) -> None:
        binary()
        seen = 0
        for page in COMMANDS:
            for line in lines_of(page):
                seen += 1
                with self.subTest(str(page.relative_to(ROOT)), line=line):
                    self.assertIsNone(faults_of(line))
        self.assertGreater(seen, 100)

    def test_faults_are_seen(self) -> None:
        binary()
        for line in (
            "sightline fly",
            "sightline scan --wings",
            "sightline probe walk",
            "sightline findings --fail-on high -z",
            "sightline onboard policy wings",
        ):
            self.assertIsNotNone(faults_of(line), line)
        for line in (
            "sightline scan --org",
            'sightline query "SELECT 1" --format csv',
            "sightline report -o html=x.html",
            "sightline explain bedrock-x",
        ):
            self.assertIsNone(faults_of(line), line)


class Scale(unittest.TestCase):
    """docs/scale.md."""

    def test_the_tables_are_those_of_the_script(self) -> None:
        ended = run("python3", ROOT / "tools" / "scale" / "estimate.py")
        self.assertEqual(0, ended.returncode, ended.stderr)
        text = (ROOT / "docs" / "scale.md").read_text()
        between = text.partition("<!-- made by tools/scale/estimate.py -->")[2].partition("<!-- end -->")[0]
        self.assertEqual(ended.stdout.strip(), between.strip())
