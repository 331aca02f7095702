"""Holds the findings of both scanners against each other, resource by resource.

`pairs.toml` says which checks ask the same, and why they differ where they do. A difference without a reason there is
told as unexplained.

    python compare.py OUR_REPORT.json THEIR_FINDINGS.csv
"""

from __future__ import annotations

import csv
import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

PAIRS = Path(__file__).resolve().parent / "pairs.toml"
GROUPS = ("differs", "only_ours", "only_theirs")
THEIR_STATUS = {"PASS": "pass", "FAIL": "fail", "MANUAL": "unknown"}
"""`MANUAL` is what Prowler says where it could not look, or leaves the judgement to people."""
WORST = {"fail": 3, "unknown": 2, "pass": 1, "skip": 0}
NOT_ASKED = "was not collected"
"""Of Sightline's findings: a table that this run was not told to read."""


@dataclass(frozen=True)
class Finding:
    resource: str
    region: str
    status: str
    reason: str


Findings = dict[str, list[Finding]]
"""Check → what it said."""


def ours(path: Path) -> tuple[Findings, set[str]]:
    """What Sightline's report says, and the checks that rest on tables which this run left out."""
    found: Findings = defaultdict(list)
    left_out = set()
    for finding in json.loads(path.read_text())["findings"]:
        if finding["status"] == "unknown" and NOT_ASKED in finding["reason"]:
            left_out.add(finding["check_id"])
        elif finding["status"] in WORST and not nothing_listed(finding):
            one = Finding(finding["resource"], finding["region"], finding["status"], finding["reason"])
            found[finding["check_id"]].append(one)
    return found, left_out


def nothing_listed(finding: dict[str, str]) -> bool:
    """Said once of a whole table that no region has: it is about no resource, and nothing was judged."""
    return finding["status"] == "skip" and ":table/" in finding["resource"]


def theirs(path: Path) -> Findings:
    found: Findings = defaultdict(list)
    with path.open(newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["STATUS"] in THEIR_STATUS:
                one = Finding(row["RESOURCE_UID"], row["REGION"], THEIR_STATUS[row["STATUS"]], row["STATUS_EXTENDED"])
                found[row["CHECK_ID"]].append(one)
    return found


def verdicts(found: Findings, checks: Iterable[str], by: str, of: str) -> dict[str, str]:
    """Place → status. Where a scanner says more than one thing of a place, the worst counts."""
    whole: dict[str, str] = {}
    for check in checks:
        for finding in found.get(check, []):
            if of not in finding.resource:
                continue
            place = {"account": "the account", "region": finding.region}.get(by, finding.resource)
            known = whole.get(place)
            if known is None or WORST[finding.status] > WORST[known]:
                whole[place] = finding.status
    return whole


def compare(our_file: Path, their_file: Path, pairs_file: Path = PAIRS) -> dict[str, object]:
    known = tomllib.loads(pairs_file.read_text())
    pairs: list[dict] = known["pair"]
    mine, left_out = ours(our_file)
    yours = theirs(their_file)
    rows = [compared(pair, mine, yours) for pair in pairs]
    return {
        "pairs": rows,
        "only_ours": alone(mine, {name for pair in pairs for name in pair["sightline"]}, known["only_sightline"]),
        "only_theirs": alone(yours, {name for pair in pairs for name in pair["prowler"]}, known["only_prowler"]),
        "left_out": sorted(left_out - mine.keys()),
    }


def compared(pair: dict, ours_of: Findings, theirs_of: Findings) -> dict[str, object]:
    by, of = pair.get("by", "resource"), pair.get("of", "")
    mine, yours = verdicts(ours_of, pair["sightline"], by, of), verdicts(theirs_of, pair["prowler"], by, of)
    both = mine.keys() & yours.keys()
    same = Counter(mine[place] for place in both if mine[place] == yours[place])
    groups = {
        "differs": [f"{place}: {mine[place]}, Prowler {yours[place]}" for place in sorted(both) if mine[place] != yours[place]],
        "only_ours": [f"{place}: {mine[place]}" for place in sorted(mine.keys() - both)],
        "only_theirs": [f"{place}: {yours[place]}" for place in sorted(yours.keys() - both)],
    }
    return {
        "prowler": pair["prowler"],
        "sightline": pair["sightline"],
        "by": by,
        "same_fail": same["fail"],
        "same_pass": same["pass"],
        "same_unknown": same["unknown"],
        **{name: {"count": len(places), "examples": places[:3], "reason": pair.get(name, "")} for name, places in groups.items()},
        "unexplained": [name for name, places in groups.items() if places and not pair.get(name)],
    }


def alone(found: Findings, paired: set[str], reasons: dict[str, str]) -> list[dict[str, object]]:
    rows = []
    for check in sorted(found.keys() - paired):
        statuses = Counter(finding.status for finding in found[check])
        counts = {status: statuses[status] for status in ("fail", "pass", "unknown", "skip")}
        rows.append({"check": check, **counts, "reason": why_alone(check, found[check], reasons)})
    return rows


def why_alone(check: str, findings: list[Finding], reasons: dict[str, str]) -> str:
    """The first pattern that fits; a check that could not look says itself what was in its way."""
    if all(finding.status == "unknown" for finding in findings):
        return "It could not look, and says so: " + findings[0].reason.removeprefix("could not tell: ")
    return next((text for pattern, text in reasons.items() if fnmatchcase(check, pattern)), "")


def unexplained(comparison: dict) -> list[str]:
    lines = [f"{' + '.join(row['prowler'])}: {', '.join(row['unexplained'])}" for row in comparison["pairs"] if row["unexplained"]]
    return lines + [f"{row['check']}: no reason" for side in ("only_ours", "only_theirs") for row in comparison[side] if not row["reason"]]


def show(comparison: dict) -> None:
    pairs = comparison["pairs"]
    total = {name: sum(row[name]["count"] for row in pairs) for name in GROUPS}
    same = {name: sum(row[f"same_{name}"] for row in pairs) for name in ("fail", "pass", "unknown")}
    print(f"\n== findings\n   {len(pairs)} checks of both: the same verdict {sum(same.values()):,} times ({same['fail']:,} fail), "
          f"another {total['differs']:,} times, only ours {total['only_ours']:,}, only theirs {total['only_theirs']:,}")
    for side, name in (("only_ours", "Sightline"), ("only_theirs", "Prowler")):
        rows = comparison[side]
        print(f"   checks of {name} alone: {len(rows)}, with {sum(row['fail'] for row in rows):,} fails")
    print(f"   checks of Sightline whose tables this run left out: {len(comparison['left_out'])}")
    for line in unexplained(comparison):
        print(f"   UNEXPLAINED {line}")


def markdown(comparison: dict) -> str:
    """The table of findings side by side, with the reason for each difference."""
    seen = [row for row in comparison["pairs"] if said_anything(row)]
    silent = [row for row in comparison["pairs"] if not said_anything(row)]
    lines = ["# Findings of Sightline and Prowler over the same account", "",
             "Written by `run.py`; the reasons are those of `pairs.toml`. Counts are resources, or regions or the account where it says so.", "",
             "## Checks of both", "",
             "| Prowler | Sightline | of each | both fail | both pass | both unknown | differ | only ours | only theirs | why |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    lines += [pair_line(row) for row in seen]
    if silent:
        lines += ["", "Of these pairs the account has nothing, or neither could look: "
                  + ", ".join(f"{', '.join(row['prowler'])} ({', '.join(row['sightline'])})" for row in silent) + "."]
    for side, title in (("only_theirs", "Only Prowler"), ("only_ours", "Only Sightline")):
        lines += ["", f"## {title}", "", "| check | fail | pass | unknown | skip | why |", "|---|---|---|---|---|---|"]
        lines += [f"| {row['check']} | {row['fail']} | {row['pass']} | {row['unknown']} | {row['skip']} | {cell(row['reason'] or '?')} |" for row in comparison[side]]
    if comparison["left_out"]:
        lines += ["", "## Left out", "", f"{len(comparison['left_out'])} more checks of Sightline join these services with others that this run does not "
                  "read (logs, alarms, containers); they answered `unknown`."]
    return "\n".join(lines) + "\n"


def said_anything(row: dict) -> bool:
    return any(row[f"same_{name}"] for name in ("fail", "pass", "unknown")) or any(row[name]["count"] for name in GROUPS)


def pair_line(row: dict) -> str:
    why = " ".join(f"*{name.replace('_', ' ')}*: {row[name]['reason'] or '?'}" for name in GROUPS if row[name]["count"])
    same = " | ".join(str(row[f"same_{name}"]) for name in ("fail", "pass", "unknown"))
    counts = " | ".join(str(row[name]["count"]) for name in GROUPS)
    return f"| {', '.join(row['prowler'])} | {', '.join(row['sightline'])} | {row['by']} | {same} | {counts} | {cell(why)} |"


def cell(text: str) -> str:
    """What stays within one cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit((__doc__ or "").strip())
    held = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    show(held)
    sys.exit(1 if unexplained(held) else 0)
