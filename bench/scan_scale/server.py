"""Answers the calls of a few tables with as many things as it is told, page by page, without keeping any of them.

    python server.py PORT --log-groups 300000 --functions 50000 [--latency 0.05] [--throttle RATE]

`logs:DescribeLogGroups` in pages of 50; `lambda:ListFunctions` in pages of 50, each function with a policy, no URL and one alias with a
policy; `sts:GetCallerIdentity`; all else is denied. `--throttle` lets so many calls a second of each operation through and refuses the
rest. `GET /_asked` tells how often each was asked, and the sums of what was refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "123456789012"
asked: Counter[str] = Counter()
refused: Counter[str] = Counter()
buckets: dict[str, tuple[float, float]] = {}
options: argparse.Namespace


def allowed(operation: str) -> bool:
    if not options.throttle:
        return True
    tokens, last = buckets.get(operation, (options.throttle, time.monotonic()))
    now = time.monotonic()
    tokens = min(options.throttle, tokens + (now - last) * options.throttle)
    buckets[operation] = (max(0.0, tokens - 1) if tokens >= 1 else tokens, now)
    return tokens >= 1


def log_groups(body: dict) -> dict:
    start = int(body.get("nextToken", 0))
    end = min(start + 50, options.log_groups)
    groups = [
        {"logGroupName": f"/aws/lambda/function-{n:07}", "creationTime": 1700000000000, "retentionInDays": 30, "metricFilterCount": 0,
         "arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/function-{n:07}:*", "storedBytes": n,
         "logGroupClass": "STANDARD", "logGroupArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/function-{n:07}"}
        for n in range(start, end)
    ]
    return {"logGroups": groups} | ({"nextToken": str(end)} if end < options.log_groups else {})


def functions(query: dict) -> dict:
    start = int(query.get("Marker", ["0"])[0])
    end = min(start + 50, options.functions)
    items = [
        {"FunctionName": f"function-{n:07}", "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:function-{n:07}",
         "Runtime": "python3.13", "Role": f"arn:aws:iam::{ACCOUNT}:role/role-{n % 100}", "Handler": "main.handler", "CodeSize": 1000,
         "Timeout": 30, "MemorySize": 128, "Environment": {"Variables": {f"KEY_{k}": "value" * 8 for k in range(10)}},
         "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}}
        for n in range(start, end)
    ]
    return {"Functions": items} | ({"NextMarker": str(end)} if end < options.functions else {})


POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": f"s{n}", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "*"}
    for n in range(5)]})


def of_lambda(path: str, query: dict) -> tuple[str, int, dict]:
    parts = path.strip("/").split("/")
    if parts[-1] == "functions":
        return "lambda:ListFunctions", 200, functions(query)
    if parts[-1] == "aliases":
        name = parts[-2]
        alias = {"AliasArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}:live", "Name": "live", "FunctionVersion": "1"}
        return "lambda:ListAliases", 200, {"Aliases": [alias]}
    if parts[-1] == "policy":
        return "lambda:GetPolicy", 200, {"Policy": POLICY, "RevisionId": "1"}
    if parts[-1] == "url":
        return "lambda:GetFunctionUrlConfig", 404, {"__type": "ResourceNotFoundException", "message": "none"}
    return "lambda:other", 403, {"__type": "AccessDeniedException", "message": "no"}


def answer(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[str, int, str]:
    url = urlsplit(target)
    if url.path == "/_asked":
        return "", 200, json.dumps({"asked": asked, "refused": refused})
    if b"Action=GetCallerIdentity" in body:
        return "sts:GetCallerIdentity", 200, (
            f"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/u</Arn><UserId>U</UserId>"
            f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
    if headers.get("x-amz-target", "").endswith(".DescribeLogGroups"):
        return "logs:DescribeLogGroups", 200, json.dumps(log_groups(json.loads(body or b"{}")))
    if url.path.startswith(("/2015-03-31/functions", "/2021-10-31/functions")):
        operation, status, value = of_lambda(url.path, parse_qs(url.query))
        return operation, status, json.dumps(value)
    return "other", 403, json.dumps({"__type": "AccessDeniedException", "message": "no"})


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while line := await reader.readline():
            method, target, _ = line.decode().split(" ", 2)
            headers = {}
            while (header := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = header.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = await reader.readexactly(int(headers.get("content-length") or 0))
            operation, status, text = answer(method, target, headers, body)
            asked[operation] += 1
            if options.latency:
                await asyncio.sleep(options.latency)
            if operation not in ("", "other", "sts:GetCallerIdentity") and not allowed(operation):
                refused[operation] += 1
                status, text = 400, json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"})
            kind = json.loads(text)["__type"] if status >= 400 else ""
            head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(text.encode())}\r\nx-amzn-errortype: {kind}\r\n\r\n"
            writer.write(head.encode() + text.encode())
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", options.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--log-groups", type=int, default=300_000)
    parser.add_argument("--functions", type=int, default=50_000)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--throttle", type=float, default=0.0)
    options = parser.parse_args()
    asyncio.run(main())
