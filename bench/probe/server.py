"""A model behind Converse that takes its time: each answer comes after the same latency, however many are asked for at once.

    python server.py LATENCY_MS

Prints its port, serves until standard input ends, then prints what it saw as JSON: calls, the time from the first call's arrival to the
last answer, and how many calls were open at once on average and at most. Who the caller is, is answered at once.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:iam::123456789012:user/prober</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
ANSWER = json.dumps(
    {
        "output": {
            "message": {"role": "assistant", "content": [{"text": "I'm sorry, but I can't help with that. " * 8}]}
        },
        "stopReason": "end_turn",
        "usage": {"inputTokens": 120, "outputTokens": 80, "totalTokens": 200},
        "metrics": {"latencyMs": 200},
    }
).encode()


class Seen:
    """What arrived, and when."""

    def __init__(self) -> None:
        self.calls = self.open = self.most = 0
        self.busy_s = 0.0
        self.first = self.last = 0.0

    def begin(self) -> float:
        """A call has arrived."""
        now = time.perf_counter()
        self.first = self.first or now
        self.calls += 1
        self.open += 1
        self.most = max(self.most, self.open)
        return now

    def end(self, begun: float) -> None:
        """It is answered."""
        self.last = time.perf_counter()
        self.open -= 1
        self.busy_s += self.last - begun

    def told(self) -> str:
        """All figures."""
        seconds = self.last - self.first
        average = self.busy_s / seconds if seconds else 0.0
        return json.dumps(
            {"calls": self.calls, "seconds": seconds, "open_on_average": average, "open_at_most": self.most}
        )


async def serve(latency_s: float) -> None:
    """Answer until standard input ends."""
    seen = Seen()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = head.split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                await reader.readexactly(int(headers.get("content-length", "0")))
                if lines[0].split()[1].endswith("/converse"):
                    begun = seen.begin()
                    await asyncio.sleep(latency_s)
                    kind, body = "application/json", ANSWER
                else:
                    begun, kind, body = None, "text/xml", IDENTITY
                writer.write(
                    f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
                )
                await writer.drain()
                if begun is not None:
                    seen.end(begun)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(seen.told(), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
