"""Compares the answers to the sampled pairs: a benchmark whose sides answer differently measures nothing.

`compare.py ORG PAIRS OURS PEER=ANSWERS…` prints JSON. OURS is the output of `who-can --all --json`, or `-`: then the
first peer is what the others are compared with. A disagreement is counted by its direction and by what the statements
in question contain, because that is what one of the two sides reads differently.
"""

from __future__ import annotations

import fnmatch
import json
import sys
from collections import Counter
from pathlib import Path

from peer_common import ALLOW, DENY, Organisation
from peers import ALL_LAYERS, PEERS

CONDITIONAL, CHAIN = "Conditional", "Chain"
LAYERS = {peer.name: peer.layers for peer in PEERS}


def as_list(value):
    return value if isinstance(value, list) else [value]


def sampled(org: Organisation, pairs: list[list[int]]) -> list[tuple[dict, dict]]:
    return [(org.principals[p], org.questions[q]) for p, q in pairs]


def ours(path: Path, asked: list[tuple[dict, dict]]) -> list[str]:
    """Our answer to each pair: what the output does not name is Deny; what only a chain of roles allows is `Chain`."""
    wanted = {(p["arn"], q["action"], q["resource"]) for p, q in asked}
    found: dict[tuple[str, str, str], str] = {}
    with path.open() as lines:
        for line in lines:
            row = json.loads(line)
            key = (row["principal"], row["action"], row["resource"])
            if key in wanted:
                direct = row.get("hops", 0) == 0
                found[key] = row["decision"].capitalize() if direct else found.get(key, CHAIN)
    return [found.get((p["arn"], q["action"], q["resource"]), DENY) for p, q in asked]


def involved(org: Organisation, principal: dict, question: dict) -> list[str]:
    """What the statements that may match this request contain, and which layers lie around them."""
    features = set()
    if org.owner(principal, question) != principal["account"]:
        features.add("cross-account")
    if org.resource_policy(question):
        features.add("resource policy")
    guards = [org.boundary(principal)] if principal["boundary"] else []
    levels = [document for _, documents in org.scps(principal["account"]) for document in documents]
    for layer, documents in (("", org.identity(principal)), ("boundary", guards), ("scp", levels)):
        for document in documents:
            for statement in as_list(document["Statement"]):
                features |= statement_features(statement, question, layer)
    return sorted(features)


def statement_features(statement: dict, question: dict, layer: str) -> set[str]:
    action, resource = question["action"].lower(), question["resource"]
    wanted = as_list(statement.get("Action", statement.get("NotAction")))
    hits = [a for a in wanted if fnmatch.fnmatchcase(action, a.lower())]
    if bool(hits) == ("NotAction" in statement):
        return set()
    patterns = as_list(statement.get("Resource", statement.get("NotResource", "*")))
    touching = [r for r in patterns if fnmatch.fnmatchcase(resource, loose(r))]
    if bool(touching) == ("NotResource" in statement):
        return set()
    plain = statement["Effect"] == "Allow" and "Condition" not in statement and statement.get("Resource") == "*"
    features = {layer} if layer and not plain else set()
    features |= {key for key in ("NotAction", "NotResource") if key in statement}
    if "Condition" in statement:
        features.add("conditions")
    if any(a.split("*")[0] not in question["action"] for a in hits):
        features.add("letter case of the action")
    if any("${" in r for r in touching):
        features.add("variable")
    if any("?" in r for r in touching):
        features.add("question mark")
    return features


def loose(pattern: str) -> str:
    """The pattern as one for `fnmatch`, every variable as a wildcard."""
    parts = pattern.split("${")
    return (parts[0] + "".join("*" + part.partition("}")[2] for part in parts[1:])).replace("[", "[[]")


def settle(reference: str, answer: str) -> str | None:
    """The kind of a pair of answers; none where they agree."""
    if answer.startswith("error"):
        return "peer failed"
    if reference == CONDITIONAL or answer == "Unknown":
        return "left open by one side"
    if reference == CHAIN:
        return "reference only by a chain, peer Allow" if answer == ALLOW else None
    return None if reference == answer else f"reference {reference}, peer {answer}"


# A peer that ran out of time answered only the first of the pairs: hence no `strict` below.
def against(org: Organisation, name: str, asked: list, reference: list[str], answers: list[str]) -> dict:
    kinds: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for (principal, question), expected, answer in zip(asked, reference, answers, strict=False):
        kind = settle(expected, answer)
        if kind is None:
            continue
        features = involved(org, principal, question)
        unmodelled = [f for f in features if f in ALL_LAYERS and f not in LAYERS[name]]
        why = "peer has no " + ", ".join(unmodelled) if unmodelled else ", ".join(features) or "nothing special"
        kinds[kind, why] += 1
        tail = f": {answer}" if kind == "peer failed" else ""
        examples.setdefault((kind, why), f"{principal['arn']} {question['action']} {question['resource']}{tail}"[:400])
    rows = [{"kind": k, "involves": w, "count": n, "example": examples[k, w]} for (k, w), n in kinds.most_common()]
    differ = sum(row["count"] for row in rows if row["kind"].startswith("reference"))
    unexplained = sum(r["count"] for r in rows if r["kind"].startswith("reference") and not r["involves"].startswith("peer has no"))
    return {"compared": len(answers), "differ": differ, "unexplained": unexplained, "kinds": rows[:20]}


def main() -> None:
    org = Organisation(json.loads(Path(sys.argv[1]).read_bytes()))
    asked = sampled(org, json.loads(Path(sys.argv[2]).read_bytes()))
    peers = {name: json.loads(Path(path).read_bytes()) for name, _, path in (a.partition("=") for a in sys.argv[4:])}
    if sys.argv[3] != "-":
        name, reference = "sightline", ours(Path(sys.argv[3]), asked)
    else:
        name = next(iter(peers))
        reference = peers.pop(name)
    compared = {peer: against(org, peer, asked, reference, answers) for peer, answers in peers.items()}
    json.dump({"reference": name, "decisions": Counter(reference), "peers": compared}, sys.stdout)


if __name__ == "__main__":
    main()
