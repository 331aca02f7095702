"""A day of logs as the lake's rows, drawn with numpy: rows of `flow`, `api_call`, `dns_answer` and `log_object` for each hour."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

Rows = dict[str, pa.Array]

ACCOUNT, REGION = "123456789012", "us-east-1"
MICRO = 1_000_000


@dataclass(frozen=True)
class Part:
    """How many rows of an hour a day has; `quick` is a fiftieth of it."""

    pairs: int = 51_000
    """Connections of an hour; each has two rows on each side that is ours."""

    calls: int = 208_000
    names: int = 20_000
    objects: int = 800


class Texts:
    """Texts that many rows share: the rows hold numbers until they are written."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def add(self, text: str) -> int:
        """The text's number."""
        return self.numbers.setdefault(text, len(self.numbers))

    def column(self, numbers: np.ndarray) -> pa.Array:
        """The texts of these numbers."""
        return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), pa.array(list(self.numbers)))


def hexadecimal(dice: np.random.Generator, count: int, digits: int = 32) -> pa.Array:
    """Random texts of hexadecimal digits, made in one go."""
    data = dice.bytes(count * digits // 2).hex().encode()
    offsets = np.arange(0, (count + 1) * digits, digits, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def moments(micros: np.ndarray) -> pa.Array:
    """Microseconds since 1970 as moments in UTC."""
    return pa.array(micros.astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC"))


def epoch(at: datetime) -> int:
    """Microseconds since 1970."""
    return int(at.timestamp()) * MICRO


# ---------------------------------------------------------------- flow

SIDES = ("subnet_id", "interface_id", "instance_id", "vpc_id")


class Flows:
    """Connections that come back every hour, each as rows of both ends' interfaces and both directions."""

    def __init__(self, dice: np.random.Generator, ends: list[dict[str, Any]], pairs: list[tuple[int, int, int, str]]) -> None:
        """`pairs`: client, server, port, AWS's name of the server; both are numbers in `ends`."""
        self.dice = dice
        self.texts = {name: Texts() for name in (*SIDES, "address")}
        self.sides = {name: np.array([self.texts[name].add(one.get(name, "")) for one in ends]) for name in (*SIDES, "address")}
        self.ours = np.array([bool(one.get("interface_id")) for one in ends])
        self.client, self.server, self.port = (np.array([pair[n] for pair in pairs]) for n in range(3))
        self.services = Texts()
        self.service = np.array([self.services.add(pair[3]) for pair in pairs])

    def hour(self, at: datetime, objects: list[str]) -> Rows:
        """The rows of one hour."""
        picked = []
        for side, mine in (("client", self.client), ("server", self.server)):
            seen = np.flatnonzero(self.ours[mine])
            for from_client in (True, False):
                picked.append((seen, mine[seen], side == "client", from_client))
        pair = np.concatenate([one[0] for one in picked])
        end = np.concatenate([one[1] for one in picked])
        at_client = np.concatenate([np.full(len(one[0]), one[2]) for one in picked])
        from_client = np.concatenate([np.full(len(one[0]), one[3]) for one in picked])
        order = np.argsort(self.sides["interface_id"][end], kind="stable")
        pair, end, at_client, from_client = pair[order], end[order], at_client[order], from_client[order]
        count = len(pair)
        size = self.dice.integers(400, 4_000_000, count)
        first = epoch(at) + self.dice.integers(0, 1800, count) * MICRO
        egress = at_client == from_client
        address = self.texts["address"]
        return {
            "hour": moments(np.full(count, epoch(at))),
            "account_id": constant(ACCOUNT, count),
            "region": constant(REGION, count),
            **{name: self.texts[name].column(self.sides[name][end]) for name in SIDES},
            "client_addr": address.column(self.sides["address"][self.client[pair]]),
            "server_addr": address.column(self.sides["address"][self.server[pair]]),
            "server_port": pa.array(self.port[pair], pa.int64()),
            "protocol": pa.array(np.full(count, 6), pa.int64()),
            "action": constant("ACCEPT", count),
            "direction": pa.array(np.where(egress, "egress", "ingress")),
            "from_client": pa.array(from_client),
            "server_aws_service": self.services.column(np.where(from_client, self.service[pair], self.services.add(""))),
            "traffic_path": pa.array(np.where(egress, 1, 0), pa.int64()),
            "packets": pa.array(size // 900 + 1, pa.int64()),
            "bytes": pa.array(size, pa.int64()),
            "records": pa.array(self.dice.integers(1, 60, count), pa.int64()),
            "first_seen": moments(first),
            "last_seen": moments(first + 1700 * MICRO),
            "object": pick(self.dice, objects, count),
            "line": pa.array(self.dice.integers(2, 40_000, count), pa.int64()),
        }


def constant(text: str, count: int) -> pa.Array:
    """The same text in every row."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([text]))


def pick(dice: np.random.Generator, texts: list[str], count: int) -> pa.Array:
    """One of the texts in each row."""
    return pa.DictionaryArray.from_arrays(pa.array(dice.integers(0, len(texts), count).astype(np.int32)), pa.array(texts))


# ---------------------------------------------------------------- api_call


class Calls:
    """Calls by their patterns: who calls what from where; a row is a pattern with a time and ids of its own."""

    def __init__(self, dice: np.random.Generator, patterns: list[dict[str, Any]], weights: np.ndarray) -> None:
        self.dice, self.weights = dice, weights / weights.sum()
        names = sorted({name for one in patterns for name in one})
        self.columns: dict[str, tuple[Texts, np.ndarray]] = {}
        for name in names:
            texts = Texts()
            self.columns[name] = (texts, np.array([texts.add(str(one.get(name, ""))) for one in patterns]))

    def hour(self, at: datetime, objects: list[str], count: int) -> Rows:
        """The rows of one hour."""
        pattern = self.dice.choice(len(self.weights), count, p=self.weights)
        made = {name: texts.column(numbers[pattern]) for name, (texts, numbers) in self.columns.items()}
        return finished(self.dice, made, epoch(at) + np.sort(self.dice.integers(0, 3600, count)) * MICRO, objects)


def finished(dice: np.random.Generator, made: Rows, micros: np.ndarray, objects: list[str]) -> Rows:
    """What every row of `api_call` has beside its pattern."""
    count = len(micros)
    return made | {
        "event_id": hexadecimal(dice, count),
        "request_id": hexadecimal(dice, count),
        "event_time": moments(micros),
        "account_id": constant(ACCOUNT, count),
        "event_category": constant("Management", count),
        "read_only": pa.array(np.full(count, True)),
        "session_tags": made.get("session_tags", constant("{}", count)),
        "resources": constant("[]", count),
        "object": pick(dice, objects, count),
        "line": pa.array(dice.integers(1, 4000, count), pa.int64()),
    }


def objects_of(source: str, at: datetime, count: int) -> list[str]:
    """URIs of log objects of this hour."""
    return [f"s3://logs/AWSLogs/{ACCOUNT}/{source}/{REGION}/{at:%Y/%m/%d/%H}/{number:05}.gz" for number in range(count)]


def log_objects(uris: list[str], source: str, at: datetime) -> Rows:
    """Their rows in `log_object`."""
    count = len(uris)
    begin, end = np.full(count, epoch(at)), np.full(count, epoch(at + timedelta(hours=1)) - 1)
    return {
        "uri": pa.array(uris),
        "version": pa.array([f"v{number}" for number in range(count)]),
        "content": pa.array([f"{hash_of(uri)}" for uri in uris]),
        "source": constant(source, count),
        "account_id": constant(ACCOUNT, count),
        "region": constant(REGION, count),
        "status": constant("read", count),
        "shard": constant("bench", count),
        "seq": pa.array(np.ones(count, np.int64)),
        "size": pa.array(np.full(count, 100_000, np.int64)),
        "records": pa.array(np.full(count, 1_000, np.int64)),
        "reject_reasons": constant("{}", count),
        "reject_samples": constant("[]", count),
        "last_modified": moments(end),
        "first_seen": moments(begin),
        "last_seen": moments(end),
        "ingested_at": moments(end + 600 * MICRO),
    }


def hash_of(text: str) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
