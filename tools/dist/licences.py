"""The licences of what is in the binary: each text once, with the crates that come under it.

python3 tools/dist/licences.py --target x86_64-unknown-linux-gnu --output THIRD-PARTY.txt
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path

from tree import ROOT, Crate, crates, npm_packages

NAMES = re.compile(r"^(licen[cs]e|copying|notice|copyright|unlicense)([-._].*)?$", re.IGNORECASE)
LARGEST = 200_000
RULE = "=" * 100


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    tree = [one for one in crates(options.target).values() if one.in_binary and not one.is_ours]
    options.output.write_text(_text(sorted(tree, key=lambda one: (one.name, one.version))))


def _text(tree: list[Crate]) -> str:
    users: dict[str, list[str]] = defaultdict(list)
    silent: list[str] = []
    for crate in tree:
        texts = _texts(crate.folder)
        title = f"{crate.name} {crate.version} ({crate.licence or 'see its text'})"
        for text in texts:
            users[text].append(title)
        if not texts:
            silent.append(f"{title} {crate.repository}")
    for name, package in sorted(npm_packages().items()):
        title = f"{name} {package['version']} ({package.get('license', 'see its text')}), in the console's pages"
        texts = _texts(ROOT / "console" / "node_modules" / name)
        for text in texts:
            users[text].append(title)
        if not texts:
            silent.append(title)
    parts = ["Sightline's binary holds the programs below. Each text stands once, under the names that come with it."]
    if silent:
        parts.append("These bring no text of their own; the licence is the one that they name:\n\n" + "\n".join(silent))
    for text, names in sorted(users.items(), key=lambda item: (-len(item[1]), item[1])):
        parts.append("\n".join(dict.fromkeys(names)) + "\n\n" + text)
    return f"\n\n{RULE}\n\n".join(parts) + "\n"


def _texts(folder: Path) -> list[str]:
    """The files of a package that say its licence, without differences of white space at lines' ends."""
    files = sorted(path for path in folder.glob("*") if path.is_file() and NAMES.match(path.name))
    files = [path for path in files if path.stat().st_size <= LARGEST and path.suffix not in {".rs", ".toml", ".json"}]
    read = (path.read_text(encoding="utf-8", errors="replace") for path in files)
    return ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in read if text.strip()]


if __name__ == "__main__":
    main()
