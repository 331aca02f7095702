#!/usr/bin/env python3
"""Asks every peer the documented cases (the format that `sightline iam test` reads) and counts who agrees.

Usage: cases.py FILE [--verbose]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from peers import install  # noqa: E402


def outcome(answer: dict[str, str]) -> str:
    if "skipped" in answer:
        return "not asked"
    if "error" in answer:
        return "error"
    expected = "Allow" if answer["expected"] == "Allowed" else "Deny"
    return "agrees" if answer["decision"] == expected else "differs"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--verbose", action="store_true", help="name each case that is answered differently or not at all")
    args = parser.parse_args()
    peers, missing = install()
    for line in missing:
        print(f"missing: {line}", file=sys.stderr)
    print(f"{'peer':14}{'agrees':>8}{'differs':>9}{'error':>7}{'not asked':>11}")
    for peer in peers:
        done = subprocess.run(peer.command("--cases", str(args.file)), capture_output=True, text=True, timeout=300, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode != 0:
            print(f"{peer.name:14} stopped: {done.stderr.strip().splitlines()[-1:]}")
        counts = Counter(map(outcome, answers))
        print(f"{peer.name:14}{counts['agrees']:>8}{counts['differs']:>9}{counts['error']:>7}{counts['not asked']:>11}")
        for answer in answers if args.verbose else []:
            if outcome(answer) != "agrees":
                said = answer.get("decision") or answer.get("error") or f"needs {answer['skipped']}"
                print(f"    {answer['id']}: {answer['name']}: expected {answer['expected']}, {outcome(answer)} ({said})")


if __name__ == "__main__":
    main()
