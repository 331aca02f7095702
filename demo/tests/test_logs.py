"""The logs say what the ground truth says, and say it again in the same bytes."""

from __future__ import annotations

import gzip
import json
import unittest
import zlib
from collections import Counter
from typing import Any, ClassVar

from estate.ledger import Ledger
from estate.log_delivery import APPS_FIELDS, DATA_FIELDS
from logs import damaged, generate
from settings import DEFAULT_END, WINDOW, rfc3339
from tests.sample import ledger
from traffic import TRAFFIC
from truth import ground_truth

Json = dict[str, Any]

INFERENCE = {
    "InvokeModel",
    "InvokeModelWithResponseStream",
    "Converse",
    "ConverseStream",
    "InvokeAgent",
    "Retrieve",
    "InvokeEndpoint",
}


def records(files: dict[str, bytes]) -> list[Json]:
    """CloudTrail records of all whole files, each event once."""
    once: dict[str, Json] = {}
    for key, content in files.items():
        if key.startswith("AWSLogs/") and "/CloudTrail/" in key:
            once |= {one["eventID"]: one for one in json.loads(gzip.decompress(content))["Records"]}
    return list(once.values())


class Logs(unittest.TestCase):
    """Everything is generated once: it takes two seconds."""

    ledger: ClassVar[Ledger]
    files: ClassVar[dict[str, bytes]]
    records: ClassVar[list[Json]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.ledger = ledger()
        cls.files = dict(generate.objects(cls.ledger, DEFAULT_END))
        cls.records = records(cls.files)

    def test_two_generations_are_byte_identical(self) -> None:
        self.assertEqual(self.files, dict(generate.objects(ledger(), DEFAULT_END)))

    def test_another_end_gives_other_events(self) -> None:
        later = dict(generate.objects(self.ledger, DEFAULT_END + WINDOW))
        ids = {one["eventID"] for one in records(later)}
        self.assertEqual(len(self.records), len(ids))
        self.assertEqual(0, len(ids & {one["eventID"] for one in self.records}))

    def test_the_records_add_up_to_the_truth(self) -> None:
        counted: Counter[tuple[str, bool]] = Counter()
        for one in self.records:
            if one["eventName"] in INFERENCE:
                counted[(_caller(one), "errorCode" in one)] += 1
        expected: Counter[tuple[str, bool]] = Counter()
        for edge in ground_truth(self.ledger, DEFAULT_END)["edges"]:
            expected[(edge["identity_arn"], False)] += edge["calls"]
            expected[(edge["identity_arn"], True)] += edge["errors"]
        self.assertEqual(+expected, counted)

    def test_the_truth_is_the_table(self) -> None:
        edges = ground_truth(self.ledger, DEFAULT_END)["edges"]
        self.assertEqual(
            len(TRAFFIC), len({(one["workload_arn"], one["model_arn"], one["region"], one["path"]) for one in edges})
        )
        self.assertEqual(sum(row.calls for row in TRAFFIC), sum(one["calls"] for one in edges))

    def test_one_file_comes_twice_and_its_events_are_the_same(self) -> None:
        total = sum(
            len(json.loads(gzip.decompress(content))["Records"])
            for key, content in self.files.items()
            if key.startswith("AWSLogs/") and "/CloudTrail/" in key
        )
        self.assertGreater(total, len(self.records))

    def test_every_issued_key_is_issued_before_it_is_used(self) -> None:
        issued = {
            one["responseElements"]["credentials"]["accessKeyId"]: one["eventTime"]
            for one in self.records
            if one["eventSource"] == "sts.amazonaws.com" and one["responseElements"]
        }
        for one in self.records:
            kind = one["userIdentity"]["type"]
            if (
                one["eventName"] in INFERENCE
                and kind == "AssumedRole"
                and one["userIdentity"]["accountId"] == one["recipientAccountId"]
            ):
                self.assertLess(issued[one["userIdentity"]["accessKeyId"]], one["eventTime"])

    def test_the_window_holds_everything(self) -> None:
        begin, end = rfc3339(DEFAULT_END - WINDOW), rfc3339(DEFAULT_END)
        self.assertFalse([one["eventTime"] for one in self.records if not begin <= one["eventTime"] < end])

    def test_flow_lines_fit_their_header(self) -> None:
        lines, words = 0, Counter[str]()
        for key, content in self.files.items():
            if "vpcflowlogs" in key:
                fields = DATA_FIELDS if "hour=" in key else APPS_FIELDS
                text = gzip.decompress(content).decode().splitlines()
                self.assertEqual(" ".join(fields), text[0])
                lines += len(text) - 1
                status = fields.index("log-status")
                words.update(
                    line.split()[status] if len(line.split()) == len(fields) else "broken" for line in text[1:]
                )
        self.assertGreater(lines, 50_000)
        self.assertEqual(1, words["broken"])
        self.assertEqual(1, words["log-status"], "one header in the middle of a file")
        self.assertEqual(4, words["SKIPDATA"])
        self.assertGreater(words["NODATA"], 50)

    def test_damaged_files_are_damaged_and_hold_no_model_call(self) -> None:
        for _, content in damaged.objects():
            with self.assertRaises((OSError, EOFError, zlib.error)):
                gzip.decompress(content)
            self.assertNotIn(
                b"InvokeModel",
                zlib.decompressobj(31).decompress(content) if content.startswith(b"\x1f\x8b") else content,
            )


def _caller(one: Json) -> str:
    identity = one["userIdentity"]
    return str(identity.get("sessionContext", {}).get("sessionIssuer", {}).get("arn") or identity["arn"])


if __name__ == "__main__":
    unittest.main()
