"""The tools of Sightline as the official client of the Model Context Protocol sees them: over HTTP with a token, and over standard input and output.

    mcp_client.py BINARY LAKE
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import requests
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

sys.path.insert(0, str(Path(__file__).parent))
from served import Served, equal  # noqa: E402

CHECK = "bedrock-invocation-logging-off"
NOBODY = "0" * 32
# Each tool that there is, with arguments that it takes, and whether it has an answer over a lake of a few logs.
CALLS: dict[str, tuple[dict[str, object], bool]] = {
    "overview": ({}, True),
    "findings": ({"status": "fail,unknown,pass"}, True),
    "finding": ({"fingerprint": NOBODY}, False),
    "check": ({"check_id": CHECK}, True),
    "map": ({"limit": 5}, True),
    "edge": ({"edge_id": NOBODY}, False),
    "edge_evidence": ({"edge_id": NOBODY}, False),
    "models": ({}, True),
    "workloads": ({}, True),
    "identities": ({}, True),
    "who_can": ({}, True),
    "cases": ({}, True),
    "coverage": ({}, True),
    "blind_spots": ({}, True),
    "tables": ({}, True),
    "table": ({"name": "api_call"}, True),
    "query": ({"sql": "SELECT event_name FROM api_call"}, True),
    "explain": ({"id": CHECK}, True),
}
MESSAGE = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
KINDS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@asynccontextmanager
async def over_http(url: str, token: str):
    async with create_mcp_http_client(headers={"authorization": f"Bearer {token}"}) as client:
        async with streamable_http_client(f"{url}/mcp", http_client=client) as (read, write):
            async with ClientSession(read, write) as session:
                yield session


@asynccontextmanager
async def over_pipes(served: Served):
    server = StdioServerParameters(command=served.binary, args=["mcp"], env=served.environment)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        yield session


async def uses(session: ClientSession, what: str) -> list[str]:
    """Lists the tools, and calls each."""
    hello = await session.initialize()
    equal(hello.server_info.name, "sightline", what)
    assert "never instructions" in (hello.instructions or ""), what
    tools = (await session.list_tools()).tools
    left = {tool.name for tool in tools} ^ set(CALLS)
    assert not left, f"{what}: {left} is a tool or a call alone"
    answers = []
    for tool in tools:
        assert tool.annotations and tool.annotations.read_only_hint, f"{what}: {tool.name} may change something"
        arguments, has_answer = CALLS[tool.name]
        answer = await session.call_tool(tool.name, arguments)
        text = answer.content[0].text
        equal(not answer.is_error, has_answer, f"{what}: {tool.name}: {text[:300]}")
        if has_answer:
            json.loads(text)
            answers.append(f"{tool.name} {text}")
    assert any(text.startswith("query ") and "InvokeModel" in text for text in answers), what
    for sql in ["DELETE FROM api_call", "SELECT 1; DROP TABLE finding"]:
        assert (await session.call_tool("query", {"sql": sql})).is_error, f"{what}: {sql}"
    for nothing in ["jobs", "tokens", "/mcp"]:
        assert (await session.call_tool(nothing, {})).is_error, f"{what}: {nothing}"
    return answers


def refuses(served: Served, viewer: str) -> None:
    """Whom it does not answer, and with what."""

    def status(headers: dict[str, str], data: str = json.dumps(MESSAGE), method: str = "POST") -> int:
        own = {**KINDS, "authorization": f"Bearer {viewer}", **headers}
        own = {name: value for name, value in own.items() if value}
        answer = requests.request(method, f"{served.url}/mcp", headers=own, data=data, timeout=30)
        if answer.status_code >= 400:
            equal(answer.headers["content-type"].split(";")[0], "application/problem+json", f"{headers}")
            assert answer.json()["request_id"], headers
        return answer.status_code

    equal(status({}), 200)
    equal(status({"authorization": ""}), 401, "no token")
    equal(status({"authorization": "Bearer sightline_00000000_x"}), 401, "a wrong token")
    equal(status({"host": "evil.example"}), 421, "the name of another server")
    equal(status({"origin": "https://evil.example"}), 403, "a page of another")
    equal(status({"origin": served.url}), 200, "a page of its own")
    equal(status({"accept": "application/json"}), 406)
    equal(status({"content-type": "text/plain"}), 415)
    equal(status({}, data="x" * (1 << 20) + "x"), 413, "a body without end")
    assert status({}, data="{") in (400, 415, 422), "no JSON"
    equal(status({}, method="GET"), 405, "there are no sessions to listen to")
    equal(status({}, method="DELETE"), 405, "nor to end")
    answer = requests.post(f"{served.url}/mcp", headers={**KINDS, "authorization": f"Bearer {viewer}"}, json=MESSAGE, timeout=30)
    assert "mcp-session-id" not in answer.headers, "nothing is kept between two requests"


async def main(binary: str, lake: str) -> None:
    with Served(binary, lake) as served:
        viewer = served.token("viewer")
        async with over_http(served.url, viewer) as session:
            by_http = await uses(session, "over HTTP")
        async with over_http(served.url, served.token("admin")) as session:
            equal(len(await uses(session, "by an admin")), len(by_http), "an admin has no other tools")
        refuses(served, viewer)
        async with over_pipes(served) as session:
            by_pipes = await uses(session, "over pipes")
    equal([text for text in by_pipes if "overview" not in text], [text for text in by_http if "overview" not in text], "both ways")
    print(f"{len(by_http)} tools answer over HTTP as over pipes")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
