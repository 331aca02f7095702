"""The logs say what the ground truth says, and say it again in the same bytes."""

from __future__ import annotations

import gzip
import json
import re
import unittest
import zlib
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from estate.ledger import Ledger
from estate.log_delivery import APPS_FIELDS, DATA_FIELDS
from logs import bodies, damaged, generate, invocation, resolver
from logs.conversation import conversations
from settings import ACCOUNT, DEFAULT_END, LOG_BUCKET, MAIN_REGION, WINDOW, rfc3339
from tests.sample import ledger
from traffic import SHADOWS, TRAFFIC
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
            len(TRAFFIC) + len(SHADOWS),
            len({(one["workload_arn"], one["model_arn"], one["region"], one["path"]) for one in edges}),
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


class InvocationLogs(unittest.TestCase):
    """Each record is of a call that the trail has; each shape is there."""

    files: ClassVar[dict[str, bytes]]
    records: ClassVar[dict[str, Json]]
    trail: ClassVar[dict[str, Json]]

    @classmethod
    def setUpClass(cls) -> None:
        made = dict(generate.objects(ledger(), DEFAULT_END))
        cls.trail = {one["requestID"]: one for one in records(made)}
        cls.files = {key: content for key, content in made.items() if key.startswith(invocation.FOLDER)}
        logs = [content for key, content in cls.files.items() if content and "/data/" not in key]
        cls.records = {one["requestId"]: one for content in logs for one in lines(content)}

    def test_each_is_a_call_of_the_trail(self) -> None:
        for request_id, one in self.records.items():
            call = self.trail[request_id]
            self.assertEqual(
                (call["eventTime"], call["eventName"], call["userIdentity"]["arn"], "errorCode" in call),
                (one["timestamp"], one["operation"], one["identity"]["arn"], "errorCode" in one),
            )
            self.assertEqual(call["requestParameters"]["modelId"], one["modelId"])
            self.assertEqual(
                call.get("additionalEventData", {}).get("inferenceRegion"), one.get("inferenceRegion"), request_id
            )

    def test_each_call_since_the_switch_is_there_and_none_of_before(self) -> None:
        since = rfc3339(DEFAULT_END - WINDOW + invocation.SILENT)
        mine = [
            one
            for one in self.trail.values()
            if one["eventName"] in invocation.OPERATIONS
            and one["awsRegion"] == MAIN_REGION
            and one["userIdentity"]["accountId"] == ACCOUNT
        ]
        self.assertEqual({one["requestID"] for one in mine if one["eventTime"] >= since}, set(self.records))
        self.assertLess(len(self.records), len(mine))

    def test_keys_are_those_of_bedrock(self) -> None:
        name = r"/2026/11/1[89]/\d\d/(\d{8}T\d{9}Z_[0-9a-f]{16}|data/[0-9a-f-]{36}_(input|output))\.json\.gz"
        for key in set(self.files) - {invocation.MARKER}:
            self.assertRegex(key.removeprefix(invocation.FOLDER), rf"^{name}$")
        self.assertEqual(b"", self.files[invocation.MARKER])

    def test_large_bodies_lie_beside_and_are_named(self) -> None:
        named = {
            side[path].removeprefix(f"s3://{LOG_BUCKET}/")
            for one in self.records.values()
            for side, path in ((one["input"], "inputBodyS3Path"), (one.get("output", {}), "outputBodyS3Path"))
            if path in side
        }
        self.assertEqual({key for key in self.files if "/data/" in key}, named)
        self.assertEqual(2, len(named))
        for key in named:
            text = gzip.decompress(self.files[key])
            self.assertGreater(len(text), 100_000)
            self.assertIsInstance(json.loads(text), list if key.endswith("_output.json.gz") else dict)

    def test_guardrails_speak_in_every_shape(self) -> None:
        seen: Counter[str] = Counter()
        for one in self.records.values():
            body = one.get("output", {}).get("outputBodyJson", {})
            text = json.dumps(body)
            if "guardrail" in text:
                kind = "stream" if isinstance(body, list) else "whole"
                shape = next((word for word in ("amazon-bedrock-trace", '"trace"') if word in text), "no trace")
                done = next((word for word in ("BLOCKED", "ANONYMIZED", '"action": "NONE"') if word in text), "nothing")
                seen[f"{kind}, {shape}, {done}"] += 1
        for shape in ('whole, "trace"', 'stream, "trace"', "stream, amazon-bedrock-trace"):
            for done in ("BLOCKED", "ANONYMIZED", '"action": "NONE"', "nothing"):
                self.assertGreater(seen[f"{shape}, {done}"], 0, f"{shape}, {done}")
        # The reason alone, and a word in a chunk alone.
        self.assertGreater(seen["whole, no trace, nothing"], 0)
        self.assertGreater(seen["stream, no trace, nothing"], 0)

    def test_bodies_are_there_where_they_are_delivered(self) -> None:
        for one in self.records.values():
            is_embedding = "embed" in one["modelId"]
            self.assertEqual(not is_embedding, any(name.startswith("inputBody") for name in one["input"]))
            if "errorCode" in one:
                self.assertNotIn("output", one)
            else:
                self.assertIn("inputTokenCount", one["input"])
                self.assertEqual(not is_embedding, "outputTokenCount" in one["output"])

    def test_one_prompt_holds_a_key_and_it_is_that_of_the_documentation(self) -> None:
        found = [key for one in self.records.values() for key in re.findall(r"A[KS]IA[A-Z0-9]{16}", json.dumps(one))]
        self.assertEqual([bodies.EXAMPLE_KEY], found)


class ResolverLogs(unittest.TestCase):
    """The names of the addresses that the flow logs have."""

    ledger: ClassVar[Ledger]
    records: ClassVar[list[Json]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.ledger = ledger()
        cls.records = []
        for key, content in resolver.objects(cls.ledger, DEFAULT_END):
            held = lines(content)
            folder = f"AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{held[0]['vpc_id']}/"
            assert key.startswith(folder), key
            assert {one["query_timestamp"][:10].replace("-", "/") for one in held} == {key[len(folder) :][:10]}, key
            cls.records += held

    def test_each_conversation_with_a_model_has_its_answer(self) -> None:
        answered = {
            (one["vpc_id"], answer["Rdata"], one["query_timestamp"]): one["query_name"]
            for one in self.records
            for answer in one["answers"]
        }
        endpoint = resolver.model_addresses("bedrock-runtime", "apps", self.ledger)
        public = resolver.model_addresses("bedrock-runtime", "data", self.ledger)
        self.assertFalse(set(endpoint) & set(public))
        met = Counter[str]()
        for talk in conversations(self.ledger, DEFAULT_END):
            if talk.client_side and talk.server in endpoint + public and talk.traffic_path != 2:
                asked = rfc3339(talk.begin - timedelta(seconds=1))
                name = answered[self.ledger.get("vpc", talk.vpc)["id"], talk.server, asked]
                self.assertEqual(f"bedrock-runtime.{MAIN_REGION}.amazonaws.com.", name)
                met[talk.vpc] += 1
        self.assertEqual({"apps", "data"}, set(met))

    def test_the_network_without_flow_logs_is_seen(self) -> None:
        eu = {one["query_name"] for one in self.records if one["vpc_id"] == self.ledger.get("vpc", "eu")["id"]}
        self.assertEqual({"bedrock-runtime.eu-west-1.amazonaws.com."}, eu)

    def test_one_instance_asks_for_a_model_that_is_none_of_aws(self) -> None:
        asking = {one["srcids"]["instance"] for one in self.records if one["query_name"] == f"{resolver.SHADOW_NAME}."}
        self.assertEqual({self.ledger.get("instance", "training-loader")["id"]}, asking)

    def test_pods_are_not_named(self) -> None:
        of_pods = [one for one in self.records if one["srcaddr"] == resolver.CLUSTER_RESOLVER]
        self.assertTrue(of_pods)
        self.assertFalse([one for one in of_pods if one["srcids"]])
        taken = {one["address"] for kind in ("instance", "pod") for one in self.ledger.all(kind).values()}
        self.assertNotIn(resolver.CLUSTER_RESOLVER, taken)

    def test_the_window_holds_everything(self) -> None:
        begin, end = rfc3339(DEFAULT_END - WINDOW), rfc3339(DEFAULT_END)
        self.assertFalse([one for one in self.records if not begin <= one["query_timestamp"] < end])


def lines(content: bytes) -> list[Json]:
    """The records of a file with one a line."""
    return [json.loads(line) for line in gzip.decompress(content).splitlines()]


def _caller(one: Json) -> str:
    identity = one["userIdentity"]
    return str(identity.get("sessionContext", {}).get("sessionIssuer", {}).get("arn") or identity["arn"])


if __name__ == "__main__":
    unittest.main()
