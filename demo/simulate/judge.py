"""Hold what Sightline found against the truth, and say each difference in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from simulate.parts import Json

Key = tuple[str, str, str, str, str]

MIN_PRECISION, MIN_RECALL = 0.99, 0.95


@dataclass
class Verdict:
    """What came of one estate."""

    expected: int = 0
    found: int = 0
    given: int = 0
    right: int = 0
    unexplained: int = 0
    explained: int = 0
    controls: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    attacks: int = 0
    cases: int = 0
    missed_attacks: int = 0
    false_cases: int = 0
    traffic: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    """`edges`, `blindspots`, `detect`: what there was an answer for."""

    @property
    def precision(self) -> float:
        """Share of the answer's edges that are true."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Share of the true edges with telemetry that are in the answer."""
        return self.found / self.expected if self.expected else 1.0

    @property
    def wrong_controls(self) -> int:
        """Controls that the product says otherwise."""
        return sum(counts["wrong"] for counts in self.controls.values())

    @property
    def unknown_controls(self) -> int:
        """Controls that are known here and of which the product says that it does not know."""
        return sum(counts["unknown"] for counts in self.controls.values())

    @property
    def holds(self) -> bool:
        """Whether all bars are met."""
        edges = self.precision >= MIN_PRECISION and self.recall >= MIN_RECALL
        cases = self.missed_attacks == 0 and self.false_cases == 0
        return edges and cases and self.unexplained == 0 and self.wrong_controls == 0 and self.unknown_controls == 0


def judge(truth: Json, edges: list[Json], spots: list[Json] | None, cases: list[Json] | None) -> Verdict:
    """The verdict; without rows of blind spots or cases these are not judged."""
    verdict = Verdict()
    verdict.judged.add("edges")
    _edges(truth, edges, spots, verdict)
    _traffic(truth, edges, verdict)
    if spots is not None:
        verdict.judged.add("blindspots")
    if cases is not None:
        verdict.judged.add("detect")
        _cases(truth.get("attacks", []), cases, verdict)
    return verdict


# ---------------------------------------------------------------- edges


def _edges(truth: Json, edges: list[Json], spots: list[Json] | None, verdict: Verdict) -> None:
    given = [one for one in edges if one.get("class", "application_to_model") == "application_to_model"]
    by_key: dict[Key, list[Json]] = defaultdict(list)
    for one in given:
        by_key[_key(one)].append(one)
    right: set[int] = set()
    for true in truth["edges"]:
        answers = [one for key in _keys(true) for one in by_key.get(key, [])]
        coarse = [one for arn in true["coarser"] for one in by_key.get(_key(true | {"workload_arn": arn}), [])]
        right |= {id(one) for one in [*answers, *coarse, *_by_own_log(true, by_key)]}
        if true["required"]:
            verdict.expected += 1
            verdict.found += bool(answers)
            if not answers:
                verdict.words.append(
                    f"missed: {_told(true)}; the logs have {true['delivered']} of {true['made']} calls "
                )
        elif (
            not answers and true["seen_by"] in ("none", "trail") and not coarse and true["blind"] and spots is not None
        ):
            _explain(true, spots, verdict)
        if true["seen_by"] == "trail" and answers:
            _calls(true, answers, verdict)
        if answers and true["controls"] and true["required"]:
            _controls(true, answers[0], verdict)
    right |= {id(one) for one in given if _is_of_address(one, truth["addresses"], verdict)}
    verdict.given = len(given)
    verdict.right = sum(id(one) in right for one in given)
    for one in given:
        if id(one) not in right:
            verdict.words.append(
                f"invented: {_told(one)}; {one['confidence']}: {one['attribution'][:160]}; "
                f"calls {one['calls']}, flows {one.get('flows')}"
            )


def _is_of_address(edge: Json, addresses: Json, verdict: Verdict) -> bool:
    """Whether the edge tells the address of a pod that did call, and no workload."""
    called = addresses.get(edge["workload_arn"], {})
    known = [called[name] for name in (edge["model_arn"], edge.get("service", "")) if name in called]
    if any(known):
        verdict.traffic["addresses alone, though scans or audit logs tell the pod"] += 1
        verdict.words.append(f"weaker than could be: {_told(edge)}: {edge['attribution'][:160]}")
    return bool(known)


def _by_own_log(true: Json, by_key: dict[Key, list[Json]]) -> list[Json]:
    """Edges of calls that the model's own log alone has: it tells no path."""
    if true["counted"] <= true["delivered"]:
        return []
    arns = [true["workload_arn"], *true["coarser"]]
    return [one for arn in arns for one in by_key.get(_key(true | {"workload_arn": arn, "path": "unknown"}), [])]


def _key(edge: Json) -> Key:
    model = edge["model_arn"] or edge.get("service", "")
    return (edge["workload_arn"], edge["identity_arn"], model, edge["region"], edge["path"])


def _keys(true: Json) -> list[Key]:
    return [_key(true), *(_key(true | {"model_arn": arn}) for arn in true["model_alternatives"])]


def _told(edge: Json) -> str:
    model = edge["model_arn"] or f"{edge.get('service')} (which model is not told)"
    by = f" as {edge['identity_arn'].rsplit('/', 1)[-1]}" if edge["identity_arn"] else ""
    return f"{edge['workload_arn']}{by} -> {model} in {edge['region']} by {edge['path']}"


def _calls(true: Json, answers: list[Json], verdict: Verdict) -> None:
    seen = sum(one["calls"] + one["errors"] for one in answers)
    if not true["named"] <= seen <= true["counted"]:
        verdict.words.append(
            f"counted otherwise: {_told(true)}: {seen} calls, of which the logs have {true['counted']}"
        )
        verdict.traffic["counts"] += 1


def _controls(true: Json, answer: Json, verdict: Verdict) -> None:
    said = {one["name"]: one for one in answer["controls"]}
    for name, value in true["controls"].items():
        right = value if isinstance(value, list) else [value]
        one = said.get(name)
        state = one["state"] if one else "missing"
        if state in right:
            verdict.controls[name]["right"] += 1
            continue
        verdict.controls[name]["unknown" if state in ("unknown", "missing") else "wrong"] += 1
        why = one["reason"] if one else ""
        verdict.words.append(f"control {name}: {state} instead of {' or '.join(right)}: {_told(true)}: {why[:200]}")


def _explain(true: Json, spots: list[Json], verdict: Verdict) -> None:
    for wanted in true["blind"]:
        for row in spots:
            same = all(row[name] == wanted[name] for name in ("account_id", "region", "plane", "telemetry"))
            if same and row["sight"] != "seen" and row["subject"] in ("", wanted["subject"]):
                verdict.explained += 1
                return
            if same and row["sight"] != "seen" and not wanted["subject"]:
                verdict.explained += 1
                return
    verdict.unexplained += 1
    first = true["blind"][0]
    verdict.words.append(
        f"unexplained: {_told(true)} is in no log; expected such as {first['telemetry']} of {first['plane']} "
        f"in {first['region']} {first['subject']}"
    )


def _traffic(truth: Json, edges: list[Json], verdict: Verdict) -> None:
    """The other classes, counted alone: who talks to whom."""
    given = {(one["workload_arn"], one["target_arn"]) for one in edges} | {
        (one["workload_arn"], one.get("service", "")) for one in edges
    }
    users = {one["target_arn"] for one in edges if one.get("class") == "user_to_application"}
    for true in truth["traffic"]:
        if true["seen"]:
            verdict.traffic[f"{true['class']} expected"] += 1
            reached = true["to"] in users if not true["from"] else (true["from"], true["to"]) in given
            verdict.traffic[f"{true['class']} found"] += reached


# ---------------------------------------------------------------- cases


def _cases(attacks: list[Json], cases: list[Json], verdict: Verdict) -> None:
    verdict.attacks, verdict.cases = sum(one["expected"] for one in attacks), len(cases)
    left = list(cases)
    for attack in attacks:
        fitting = [one for one in left if _is_of(one, attack)]
        for one in fitting:
            left.remove(one)
        if len(fitting) != 1 and (attack["expected"] or fitting):
            verdict.missed_attacks += 1
            ids = ", ".join(one["title"] for one in fitting) or "none"
            verdict.words.append(
                f"attack {attack['name']} by {attack['identity_arn']}: {len(fitting)} cases instead of one: {ids}"
            )
    for one in left:
        verdict.false_cases += 1
        signals = ", ".join(signal["detection_id"] for signal in one["signals"])
        verdict.words.append(f"a case without an attack: {one['title']} ({one['identity_arn']}): {signals}")


def _is_of(case: Json, attack: Json) -> bool:
    return (
        case["identity_arn"] in attack["identities"]
        and case["first_seen"] <= attack["until"]
        and case["last_seen"] >= attack["from"]
    )
