"""Compare the map that Sightline found with the ground truth.

    sightline map --json | python demo/evaluate.py
    python demo/evaluate.py --map map.json [--state FOLDER] [--min-precision 1.0] [--min-recall 0.95]

An edge is the same edge when workload, model, region and path agree. Exit 1 when precision or recall is below its
bound, 2 when there is nothing to compare.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings import DEFAULT_STATE

Json = dict[str, Any]
Key = tuple[str, str, str, str]

TO_MODEL = "application_to_model"
"""The class of the edges that are compared; `--class all` has others beside."""

COMPARED = ("calls", "errors", "identity_arn", "workload_kind", "first_seen", "last_seen")
"""What must agree in an edge that was found, where the truth has it; differences are shown, only those in `calls` and
`errors` counted."""


@dataclass
class Result:
    """What was found, missed, invented, and found with other numbers."""

    found: list[Key] = field(default_factory=list)
    missed: list[Key] = field(default_factory=list)
    invented: list[Key] = field(default_factory=list)
    repeated: list[Key] = field(default_factory=list)
    differences: dict[Key, list[str]] = field(default_factory=dict)
    exact: int = 0

    @property
    def precision(self) -> float:
        """Share of the answer's edges that are true; 0 for an answer without edges, which says nothing."""
        answered = len(self.found) + len(self.invented) + len(self.repeated)
        return len(self.found) / answered if answered else 0.0

    @property
    def recall(self) -> float:
        """Share of the true edges that are in the answer."""
        true = len(self.found) + len(self.missed)
        return len(self.found) / true if true else 0.0


def key(edge: Json) -> Key:
    """What makes two edges the same."""
    return (str(edge["workload_arn"]), str(edge["model_arn"]), str(edge["region"]), str(edge["path"]))


def compare(answer: Iterable[Json], truth: Iterable[Json]) -> Result:
    """Match the answer's edges with the true ones."""
    answered, counts = {}, Counter[Key]()
    for edge in answer:
        answered[key(edge)] = edge
        counts[key(edge)] += 1
    true = {key(edge): edge for edge in truth}
    result = Result(
        found=sorted(set(true) & set(answered)),
        missed=sorted(set(true) - set(answered)),
        invented=sorted(set(answered) - set(true)),
        repeated=sorted(one for one, count in counts.items() if count > 1),
    )
    for one in result.found:
        different = _differences(answered[one], true[one])
        if different:
            result.differences[one] = different
        result.exact += all(answered[one].get(name) == true[one][name] for name in ("calls", "errors"))
    return result


def _differences(answered: Json, true: Json) -> list[str]:
    def plain(name: str, value: Any) -> Any:
        # RFC 3339 allows a fraction of a second; the truth has whole ones.
        return str(value).split(".")[0].rstrip("Z") if name.endswith("_seen") else value

    return [
        f"{name}: {answered.get(name)!r} instead of {true[name]!r}"
        for name in COMPARED
        if name in true and plain(name, answered.get(name)) != plain(name, true[name])
    ]


def report(result: Result) -> str:
    """The result for a person, in at most 80 columns but for the ARNs."""
    true = len(result.found) + len(result.missed)
    invented = len(result.invented) + len(result.repeated)
    lines = [
        f"edges in the ground truth   {true:>4}",
        f"edges found                 {len(result.found):>4}   recall    {result.recall:.3f}",
        f"edges invented              {invented:>4}   precision {result.precision:.3f}",
        f"with exact call counts      {result.exact:>4}   of {len(result.found)} found",
    ]
    for title, keys in (("missed", result.missed), ("invented", result.invented), ("given twice", result.repeated)):
        lines += [f"{title}: {_shown(one)}" for one in keys]
    for one, different in sorted(result.differences.items()):
        lines += [f"differs: {_shown(one)}", *(f"    {text}" for text in different)]
    return "\n".join(lines)


def _shown(one: Key) -> str:
    workload, model, region, path = one
    return f"{workload}\n    -> {model}\n       in {region} by {path}"


def edges_of(content: Any) -> list[Json]:
    """The edges to models of `sightline map --json`: under `edges`, or the bare array."""
    edges = content.get("edges") if isinstance(content, dict) else content
    if not isinstance(edges, list):
        raise ValueError("the map has no array `edges`")
    return [edge for edge in edges if edge.get("class", TO_MODEL) == TO_MODEL]


def main() -> int:
    """The command line."""
    options = _arguments()
    truth_file = options.truth or options.state / "ground_truth.json"
    try:
        text = options.map.read_text() if options.map else sys.stdin.read()
        result = compare(edges_of(json.loads(text)), json.loads(truth_file.read_text())["edges"])
    except (OSError, ValueError, KeyError) as error:
        print(f"error: cannot compare {options.map or 'standard input'} with {truth_file}: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(
            json.dumps(
                {
                    "precision": result.precision,
                    "recall": result.recall,
                    "exact": result.exact,
                    "found": len(result.found),
                    "missed": result.missed,
                    "invented": result.invented,
                }
            )
        )
    else:
        print(report(result))
    return 0 if result.precision >= options.min_precision and result.recall >= options.min_recall else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--map", type=Path, help="output of `sightline map --json`; standard input by default")
    parser.add_argument("--truth", type=Path, help="the ground truth; that of the state folder by default")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--min-precision", type=float, default=1.0)
    parser.add_argument("--min-recall", type=float, default=0.95)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
