"""The simulator: the same seed gives the same bytes, and the truth is what the logs say."""

from __future__ import annotations

import gzip
import json
import unittest
from collections import Counter
from dataclasses import replace
from typing import ClassVar

from logs.invocation import OPERATIONS
from settings import ACCOUNT
from simulate import attacks, delivery, inventory, truth
from simulate.catalogue import tables
from simulate.estate import Estate, draw, objects
from simulate.judge import judge
from simulate.options import Options
from simulate.parts import Json

OPTIONS = Options(5, attacks=3, log_loss=0.1)


class Simulation(unittest.TestCase):
    """One small estate with faults and attackers."""

    estate: ClassVar[Estate]
    files: ClassVar[list[tuple[str, bytes]]]
    truth: ClassVar[Json]

    @classmethod
    def setUpClass(cls) -> None:
        cls.estate = draw(OPTIONS)
        cls.files = objects(cls.estate)
        cls.truth = truth.of(cls.estate.world, cls.estate.uses, cls.estate.talks, cls.estate.trail)

    def test_the_same_seed_gives_the_same_bytes(self) -> None:
        again = draw(OPTIONS)
        self.assertEqual(self.files, objects(again))
        self.assertEqual(self.truth, truth.of(again.world, again.uses, again.talks, again.trail))

    def test_another_seed_gives_another_estate(self) -> None:
        other = draw(replace(OPTIONS, seed=6))
        mine = {one.arn for one in self.estate.world.instances}
        self.assertFalse(mine & {one.arn for one in other.world.instances})

    def test_the_trail_has_the_calls_that_the_truth_counts(self) -> None:
        counted: Counter[str] = Counter()
        seen = set()
        for key, content in self.files:
            for one in json.loads(gzip.decompress(content))["Records"] if "/CloudTrail/" in key else []:
                if one["eventID"] not in seen and one["eventName"] in OPERATIONS:
                    seen.add(one["eventID"])
                    issuer = one["userIdentity"].get("sessionContext", {}).get("sessionIssuer", {})
                    counted[issuer.get("arn") or one["userIdentity"]["arn"]] += 1
        expected: Counter[str] = Counter()
        models = ("bedrock-runtime.us-east-1.amazonaws.com", "bedrock-runtime.eu-west-1.amazonaws.com")
        for edge in self.truth["edges"]:
            if edge["service"] in models and edge["delivered"]:
                expected[edge["identity_arn"]] += edge["delivered"]
        self.assertEqual(expected, counted)

    def test_what_is_lost_is_in_no_file(self) -> None:
        lost = set(self.estate.trail.lost)
        self.assertTrue(lost)
        for one in self.estate.trail.delivered:
            begin = one.record["eventTime"][:13]
            self.assertFalse(
                any(one.record["awsRegion"] == region and f"{hour:%Y-%m-%dT%H}" == begin for region, hour in lost)
            )

    def test_late_objects_are_no_others(self) -> None:
        first, second = delivery.split(self.estate.world, self.files)
        self.assertEqual(dict(self.files), dict(first) | dict(second))
        self.assertTrue(second)

    def test_rows_have_the_columns_of_the_tables(self) -> None:
        for scan in inventory.scans(self.estate.world):
            keys = Counter((row["table_name"], row["region"], row["arn"]) for row in scan.resources)
            self.assertEqual({}, {key: count for key, count in keys.items() if count > 1})
            self.assertEqual(set(tables()), {row["table_name"] for row in scan.coverage})

    def test_pods_that_live_at_once_have_addresses_of_their_own(self) -> None:
        places = [place for account in self.estate.world.pods for place in account.places]
        for number, one in enumerate(places):
            for other in places[number + 1 :]:
                if one.address == other.address and one.network is other.network:
                    self.assertTrue(one.end <= other.begin or other.end <= one.begin, (one, other))

    def test_each_attacker_leaves_steps(self) -> None:
        told = attacks.truth(self.estate.raids, self.estate.trail)
        self.assertEqual(3, len(told))
        self.assertTrue(all(one["steps"] >= 7 for one in told))

    def test_the_truth_itself_is_judged_right(self) -> None:
        verdict = judge({**self.truth, "attacks": []}, _answer(self.truth), None, None)
        self.assertEqual([], verdict.words)
        self.assertTrue(verdict.holds)
        self.assertGreater(verdict.expected, 30)

    def test_what_is_missing_or_invented_is_told(self) -> None:
        answer = _answer(self.truth)
        stranger = answer[0] | {"workload_arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nobody"}
        verdict = judge({**self.truth, "attacks": []}, [stranger, *answer[1:]], None, None)
        self.assertEqual(verdict.expected - 1, verdict.found)
        self.assertEqual(verdict.given - 1, verdict.right)
        self.assertEqual(["missed", "invented"], [word.split(":")[0] for word in verdict.words])

    def test_a_control_that_is_said_otherwise_is_told(self) -> None:
        answer = _answer(self.truth)
        number = next(n for n, one in enumerate(answer) if one["controls"])
        for one in answer[number]["controls"]:
            if one["name"] == "private_path":
                one["state"] = {"yes": "no", "no": "yes"}.get(one["state"], "yes")
        verdict = judge({**self.truth, "attacks": []}, answer, None, None)
        self.assertEqual(1, verdict.wrong_controls)
        self.assertFalse(verdict.holds)


def _answer(told: Json) -> list[Json]:
    """The map that agrees with the truth."""
    made = []
    for edge in told["edges"]:
        if not edge["required"]:
            continue
        controls = [
            {"name": name, "state": state if isinstance(state, str) else state[0], "reason": ""}
            for name, state in edge["controls"].items()
        ]
        names = ("workload_arn", "identity_arn", "model_arn", "service", "region", "path")
        made.append(
            {name: edge[name] for name in names}
            | {"calls": edge["counted"], "errors": 0, "controls": controls, "confidence": "exact", "attribution": ""}
            | {"target_arn": edge["model_arn"]}
        )
    return made


if __name__ == "__main__":
    unittest.main()
