"""Answers every AWS call that botocore knows, and fails those that it is told to fail.

    python every_call.py SERVICE…   prints its port, then serves these until standard input ends

No simulator: an answer is made of the operation's output shape alone, written by moto's serializers, which is what the
emulators speak with. Lists hold two things, ids given in a question come back in the answer, and the same question has
always the same answer. Control: `PUT /_faults {"iam:ListUsers": "denied", …}`, `GET /_asked` (operation → number).
"""

from __future__ import annotations

import hashlib
import json
import re
import socketserver
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
from moto.core.model import OperationModel, ServiceModel
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

ACCOUNT, REGION = "123456789012", "us-east-1"
ITEMS, DEEP = 2, 7
MOMENT = datetime(2026, 11, 1, tzinfo=timezone.utc)
MORE = {"istruncated", "hasmore", "hasmorestreams", "moreresultsavailable", "truncated"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"}]})


# ---------------------------------------------------------------- which operation is asked for


@dataclass(frozen=True)
class Route:
    """How a REST operation is recognised."""

    operation: OperationModel
    method: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    query: dict[str, list[str]]
    literal: int


@cache
def services() -> dict[str, list[ServiceModel]]:
    """Services by the name that signs their calls."""
    session = botocore.session.get_session()
    found: dict[str, list[ServiceModel]] = {}
    for name in session.get_available_services():
        if name in SERVICES:
            model = get_service_model(name)
            found.setdefault(model.signing_name, []).append(model)
    return found


@cache
def routes(service: str) -> list[Route]:
    model = get_service_model(service)
    found = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        labels = tuple(re.findall(r"{([^}+]+)\+?}", path))
        pattern = re.escape(path)
        pattern = re.sub(r"\\{[^}]+?\\\+\\}", "(.+)", pattern)
        pattern = re.sub(r"\\{[^}]+?\\}", "([^/]+)", pattern)
        literal = len(re.sub(r"{[^}]+}", "", path)) + 1000 * len(query)
        found.append(Route(operation, operation.http["method"], re.compile(f"^{pattern}/?$"), labels, parse_qs(query, keep_blank_values=True), literal))
    return sorted(found, key=lambda route: -route.literal)


Asked = tuple[OperationModel, str, dict[str, Any]]
"""An operation, the protocol that it was asked in (a service may speak several), and what it was given."""


def find(signer: str, method: str, target: str, headers: dict[str, str], body: bytes) -> Asked | None:
    place = urlsplit(target)
    wanted = headers.get("x-amz-target", "")
    for model in services().get(signer, []):
        protocol = model.metadata["protocol"]
        if wanted:
            prefix, _, name = wanted.rpartition(".")
            if model.metadata.get("targetPrefix") == prefix and name in model.operation_names:
                return model.operation_model(name), "json", json.loads(body or b"{}")
        elif not protocol.startswith("rest-"):
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            if form.get("Action") in model.operation_names:
                return model.operation_model(form["Action"]), "ec2" if protocol == "ec2" else "query", form
        else:
            asked = parse_qs(place.query, keep_blank_values=True)
            for route in routes(model.service_name):
                match = route.path.match(place.path)
                if route.method == method and match and all(asked.get(name) is not None for name in route.query):
                    given: dict[str, Any] = {name: values[0] for name, values in asked.items()}
                    given |= dict(zip(route.labels, map(unquote, match.groups()), strict=True))
                    if body[:1] == b"{":
                        given |= json.loads(body)
                    return route.operation, protocol, given
    return None


# ---------------------------------------------------------------- the answer


def number(*path: object) -> int:
    """The same number for the same place, on every run."""
    return int.from_bytes(hashlib.sha256(repr(path).encode()).digest()[:4], "big")


@cache
def tokens(service: str, operation: str) -> frozenset[str]:
    """Members that would say that there is another page."""
    session = botocore.session.get_session()
    try:
        pages = session.get_component("data_loader").load_service_model(service, "paginators-1")["pagination"]
    except Exception:
        pages = {}
    page = pages.get(operation, {})
    named = page.get("output_token", [])
    named = [named] if isinstance(named, str) else named
    plain = {"NextToken", "nextToken", "Marker", "NextMarker", "NextContinuationToken", "PaginationToken"}
    return frozenset(plain | {part.split(".")[-1].strip() for name in named for part in name.split("||")})


class Maker:
    """Makes the answer to one operation."""

    def __init__(self, operation: OperationModel, given: dict[str, Any]) -> None:
        self.operation, self.service = operation, operation.service_model
        self.given = {name.lower(): value for name, value in given.items() if isinstance(value, str)}
        self.without = tokens(self.service.service_name, operation.name)

    def whole(self) -> dict[str, Any]:
        shape = self.operation.output_shape
        return {} if shape is None else self.structure(shape, (self.operation.name,), 0, ())

    def of(self, shape: Any, name: str, path: tuple, item: int, above: tuple[str, ...]) -> Any:
        if len(path) > DEEP * 2 or above.count(shape.name) > 1:
            return None
        above = (*above, shape.name)
        match shape.type_name:
            case "structure":
                return {} if getattr(shape, "is_document_type", False) else self.structure(shape, path, item, above)
            case "list":
                return [made for n in range(ITEMS) if (made := self.of(shape.member, name, (*path, n), n, above)) is not None]
            case "map":
                value = self.of(shape.value, name, (*path, "value"), item, above)
                return {} if value is None else {str(self.of(shape.key, "key", (*path, "key"), item, above)): value}
            case "boolean":
                return bool(number(*path) % 2)
            case "integer" | "long":
                return 1 + number(*path) % 30
            case "float" | "double":
                return 0.5
            case "timestamp":
                return MOMENT
            case "blob":
                return b"{}"
            case _:
                return self.text(shape, name, path, item)

    def structure(self, shape: Any, path: tuple, item: int, above: tuple[str, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        union = getattr(shape, "is_tagged_union", False)
        for name, member in shape.members.items():
            if name in self.without or member.type_name == "structure" and getattr(member, "is_eventstream", False):
                continue
            if name.lower() in MORE:
                made[name] = False
                continue
            value = self.of(member, name, (*path, name), item, above)
            if value is not None:
                made[name] = value
                if union:
                    break
        return made

    def text(self, shape: Any, name: str, path: tuple, item: int) -> str:
        lower = name.lower()
        listed = any(isinstance(part, int) for part in path)
        if not listed and lower in self.given:
            return self.given[lower]
        if getattr(shape, "enum", None):
            return str(shape.enum[number(*path) % len(shape.enum)])
        if lower.endswith("arn") or lower.endswith("arns"):
            return self.arn(lower, item)
        if "policy" in lower and lower.endswith(("document", "policy", "policytext", "resourcepolicy")):
            return DOCUMENT
        if lower in ("accountid", "owneraccountid", "ownerid", "account", "owner"):
            return ACCOUNT
        if lower in ("region", "regionname", "awsregion", "homeregion"):
            return REGION
        if lower in ("definition", "schema", "pipelinedefinition", "manifest"):
            return "{}"
        if lower.endswith(("time", "date", "timestamp", "createdat", "updatedat")):
            return "2026-11-01T00:00:00Z"
        return f"{lower.removesuffix('s')}-{item}"

    def arn(self, lower: str, item: int) -> str:
        if "role" in lower:
            return f"arn:aws:iam::{ACCOUNT}:role/rolename-{item}"
        if "kms" in lower or "key" in lower:
            return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/keyid-{item}"
        signer = self.service.signing_name
        kind = lower.removesuffix("s").removesuffix("arn") or self.operation.name.lower()
        region = "" if self.service.endpoint_prefix in ("iam", "organizations", "cloudfront") else REGION
        return f"arn:aws:{signer}:{region}:{ACCOUNT}:{kind}/{kind}-{item}"


# ---------------------------------------------------------------- failing

FAULTS = {
    "denied": (400, "AccessDeniedException", "User is not authorized to perform this action"),
    "throttled": (400, "ThrottlingException", "Rate exceeded"),
    "failed": (500, "InternalFailure", "something broke"),
    "unknown": (400, "UnknownOperationException", "unknown operation"),
    "unknown_too": (400, "ValidationException", "Unknown Operation"),
}
"""`cut` is the other one: the answer ends in its middle."""


def failure(protocol: str, fault: str) -> tuple[int, dict[str, str], bytes]:
    status, code, message = FAULTS[fault]
    if protocol in ("query", "ec2", "rest-xml"):
        code = {"AccessDeniedException": "AccessDenied", "ThrottlingException": "Throttling", "UnknownOperationException": "InvalidAction"}.get(code, code)
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        body = {
            "query": f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>",
            "ec2": f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>",
            "rest-xml": error,
        }[protocol]
        status = 403 if fault == "denied" else 503 if fault == "throttled" else status
        return status, {"content-type": "text/xml"}, body.encode()
    status = 403 if fault == "denied" and protocol == "rest-json" else 429 if fault == "throttled" and protocol == "rest-json" else status
    return status, {"content-type": "application/json", "x-amzn-errortype": code}, json.dumps({"__type": code, "message": message}).encode()


# ---------------------------------------------------------------- serving


class State:
    faults: dict[str, str] = {}
    asked: dict[str, int] = {}
    lock = threading.Lock()


def special(operation: OperationModel, answer: dict[str, Any]) -> dict[str, Any]:
    """The three answers that a scan cannot go on without."""
    name = f"{operation.service_model.service_name}:{operation.name}"
    if name == "sts:GetCallerIdentity":
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:role/scanner", "UserId": "AROAEXAMPLE:scanner"}
    if name == "ec2:DescribeRegions":
        return {"Regions": [{"RegionName": REGION, "Endpoint": f"ec2.{REGION}.amazonaws.com", "OptInStatus": "opt-in-not-required"}]}
    if name == "iam:GenerateCredentialReport":
        return {"State": "COMPLETE"}
    if name == "iam:GetCredentialReport":
        return answer | {"Content": REPORT, "ReportFormat": "text/csv", "GeneratedTime": MOMENT}
    return answer


REPORT = (
    b"user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    b"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    b"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,"
    b"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
    b"<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,"
    b"false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path == "/_faults":
            State.faults, State.asked = json.loads(body), {}
            return self.reply(200, {}, b"{}")
        if self.path == "/_asked":
            return self.reply(200, {}, json.dumps(State.asked).encode())
        headers = {name.lower(): value for name, value in self.headers.items()}
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", headers.get("authorization", ""))
        found = find(scope[1] if scope else "", self.command, self.path, headers, body)
        if found is None:
            print(f"not recognised: {self.command} {self.path} {scope and scope[1]} {headers.get('x-amz-target', '')} {body[:80]!r}", file=sys.stderr, flush=True)
            return self.reply(501, {}, b"<html>not recognised</html>")
        operation, protocol, given = found
        name = f"{operation.service_model.service_name}:{operation.name}"
        with State.lock:
            State.asked[name] = State.asked.get(name, 0) + 1
        fault = State.faults.get(name)
        if fault and fault != "cut":
            return self.reply(*failure(protocol, fault))
        answer = special(operation, Maker(operation, given).whole())
        made = get_serializer_class(operation.service_model.service_name, protocol)(operation).serialize(answer)
        content = made["body"].encode() if isinstance(made["body"], str) else made["body"]
        self.reply(made["status_code"], {str(k): str(v) for k, v in made["headers"].items()}, content, cut=fault == "cut")

    def reply(self, status: int, headers: dict[str, str], body: bytes, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        kind, error, _ = sys.exc_info()
        if not isinstance(error, (ConnectionError, socketserver.socket.timeout)):
            super().handle_error(request, client_address)


SERVICES = frozenset(sys.argv[1:])
"""Services whose calls are answered, as botocore calls them."""


def main() -> None:
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
