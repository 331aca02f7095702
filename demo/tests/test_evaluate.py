"""The evaluation punishes what is missing, invented, doubled and miscounted."""

from __future__ import annotations

import unittest

from evaluate import compare, edges_of, report
from settings import DEFAULT_END
from tests.sample import ledger
from truth import ground_truth


class Evaluation(unittest.TestCase):
    """Answers made from the truth, each with one fault."""

    def setUp(self) -> None:
        self.truth = ground_truth(ledger(), DEFAULT_END)["edges"]

    def test_the_truth_is_perfect(self) -> None:
        result = compare(edges_of({"edges": self.truth}), self.truth)
        self.assertEqual((1.0, 1.0, len(self.truth)), (result.precision, result.recall, result.exact))
        self.assertFalse(result.differences)

    def test_a_missing_edge_costs_recall_and_is_named(self) -> None:
        result = compare(self.truth[1:], self.truth)
        self.assertLess(result.recall, 1.0)
        self.assertEqual(1.0, result.precision)
        self.assertIn(f"missed: {self.truth[0]['workload_arn']}", report(result))

    def test_another_path_is_a_miss_and_an_invention(self) -> None:
        result = compare([self.truth[0] | {"path": "unknown-path"}, *self.truth[1:]], self.truth)
        self.assertEqual((1, 1), (len(result.missed), len(result.invented)))

    def test_a_doubled_edge_costs_precision(self) -> None:
        self.assertLess(compare([*self.truth, self.truth[0]], self.truth).precision, 1.0)

    def test_a_wrong_count_is_shown(self) -> None:
        result = compare([self.truth[0] | {"calls": 1_000_000}, *self.truth[1:]], self.truth)
        self.assertEqual(len(self.truth) - 1, result.exact)
        self.assertIn("calls: 1000000 instead of", report(result))

    def test_fractions_of_seconds_are_no_difference(self) -> None:
        told = [one for one in self.truth if "first_seen" in one]
        answer = [one | {"first_seen": one["first_seen"].replace("Z", ".000Z")} for one in told]
        self.assertFalse(compare(answer, self.truth).differences)

    def test_an_empty_answer_fails(self) -> None:
        result = compare([], self.truth)
        self.assertEqual((0.0, 0.0), (result.precision, result.recall))


if __name__ == "__main__":
    unittest.main()
