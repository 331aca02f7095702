"""A server between a scanner and an emulator: it remembers each answer, and later gives it again after a fixed time.

    python replay.py PORT=UPSTREAM_URL [PORT=UPSTREAM_URL …]

The emulators are slower than AWS where many calls come at once, and faster where one comes after the other. With every
answer known and every answer taking the same time, what is left is how a scanner asks: how many calls, and how many of them at once.

A request is known by its method, target, `X-Amz-Target` and body; one that is not known goes to the emulator. Control:
`PUT /_replay/latency/MILLISECONDS` on any port, `GET /_replay/counts` (hits, misses, most in flight), `PUT /_replay/counts/reset`.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"}
MOST_BODY = 64 * 1024 * 1024

Key = tuple[int, str, str, str, bytes]


@dataclass
class Replay:
    """What is known, and what was asked."""

    upstreams: dict[int, str]
    latency_s: float = 0.0
    known: dict[Key, bytes] = field(default_factory=dict)
    hits: int = 0
    misses: int = 0
    flying: int = 0
    most_flying: int = 0

    def counts(self) -> dict[str, int]:
        return {"hits": self.hits, "misses": self.misses, "most_in_flight": self.most_flying}

    def control(self, method: str, target: str) -> bytes:
        parts = target.strip("/").split("/")
        if method == "PUT" and parts[1] == "latency":
            self.latency_s = float(parts[2]) / 1000
        elif method == "PUT" and parts[1:] == ["counts", "reset"]:
            self.hits = self.misses = self.most_flying = 0
        return answer(200, [("content-type", "application/json")], json.dumps(self.counts()).encode())

    async def answer(self, port: int, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        if target.startswith("/_replay/"):
            return self.control(method, target)
        key = (port, method, target, headers.get("x-amz-target", ""), body)
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        try:
            found = self.known.get(key)
            if found is None:
                self.misses += 1
                found = await asyncio.to_thread(ask, self.upstreams[port], method, target, headers, body)
                self.known[key] = found
            else:
                self.hits += 1
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            return found
        finally:
            self.flying -= 1


def answer(status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    reason = http.client.responses.get(status, "Unknown")
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers), f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def ask(upstream: str, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    place = urlsplit(upstream)
    connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=120)
    try:
        kept = {name: value for name, value in headers.items() if name not in HOP}
        connection.request(method, target, body=body or None, headers=kept)
        response = connection.getresponse()
        content = response.read()
        kept_back = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP]
        return answer(response.status, kept_back, content)
    finally:
        connection.close()


async def request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes] | None:
    """The next request of a connection; none when it ends."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return method, target, headers, await chunks(reader)
    length = int(headers.get("content-length", "0"))
    if length > MOST_BODY:
        return None
    return method, target, headers, await reader.readexactly(length) if length else b""


async def chunks(reader: asyncio.StreamReader) -> bytes:
    whole = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        whole += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return bytes(whole)


async def serve(replay: Replay, port: int) -> None:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (asked := await request(reader)) is not None:
                method, target, headers, body = asked
                if headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                found = await replay.answer(port, method, target, headers, body)
                if method == "HEAD":
                    found = found.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
                writer.write(found)
                await writer.drain()
        except (ConnectionError, OSError, ValueError) as error:
            print(f"connection on {port}: {error}", file=sys.stderr)
        finally:
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", port, limit=1 << 20, backlog=512)
    async with server:
        await server.serve_forever()


async def main(arguments: list[str]) -> None:
    pairs = [argument.split("=", 1) for argument in arguments]
    replay = Replay({int(port): url for port, url in pairs})
    await asyncio.gather(*(serve(replay, port) for port in replay.upstreams))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
