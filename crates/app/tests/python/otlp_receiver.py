"""What a collector of OpenTelemetry gets from `sightline serve`, decoded with the protocol's own messages; and that nobody waits for one that is slow or gone.

    otlp_receiver.py BINARY LAKE
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

sys.path.insert(0, str(Path(__file__).parent))
from served import Served, equal, until  # noqa: E402

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
QUICK = {"OTEL_METRIC_EXPORT_INTERVAL": "500"}


class Collector:
    """Takes what is sent to it, and keeps it."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.traces: list[ExportTraceServiceRequest] = []
        self.metrics: list[ExportMetricsServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                equal(self.headers["content-type"], "application/x-protobuf")
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.raw.append(body)
                kind, kept = {
                    "/v1/traces": (ExportTraceServiceRequest, collector.traces),
                    "/v1/metrics": (ExportMetricsServiceRequest, collector.metrics),
                }[self.path]
                kept.append(kind.FromString(body))
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list:
        return [span for sent in list(self.traces) for of in sent.resource_spans for scope in of.scope_spans for span in scope.spans]

    def named(self, name: str) -> list:
        return [span for span in self.spans() if span.name == name]


def attributes(of) -> dict[str, object]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of.attributes}


def is_told(binary: str, lake: str) -> None:
    """Requests and jobs are spans; what is secret or somebody's own is in none."""
    collector = Collector()
    with Served(binary, lake, f'[serve]\notlp = "{collector.url}"\n', QUICK) as served:
        token = served.token("operator")
        within = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        found = requests.get(
            f"{served.url}/api/v1/findings?text=looked-for", headers={"authorization": f"Bearer {token}", **within}, timeout=30
        )
        equal(found.status_code, 200)
        served.get("/api/v1/findings/named-in-the-path", token)
        served.get("/somewhere-else", token)
        sql = "SELECT 'asked-for' AS x"
        requests.post(f"{served.url}/api/v1/query", headers={"authorization": f"Bearer {token}"}, json={"sql": sql}, timeout=30)
        requests.request("BREW", f"{served.url}/healthz", timeout=30)
        job = requests.post(f"{served.url}/api/v1/jobs", headers={"authorization": f"Bearer {token}"}, json={"kind": "map"}, timeout=30)
        equal(job.status_code, 201, job.text)
        [span] = until("the list's span", lambda: collector.named("GET /api/v1/findings"))
        [made] = until("the job's span", lambda: collector.named("job map"))
        until("a span of what has no route", lambda: [one for one in collector.spans() if one.name == "GET"])
        until("a span of another method", lambda: [one for one in collector.spans() if one.name.startswith("_OTHER")])
        until("metrics", lambda: collector.metrics)
    equal(span.trace_id.hex(), TRACE, "it belongs to the trace that it came with")
    equal(span.parent_span_id.hex(), PARENT)
    told = attributes(span)
    request_id = told.pop("sightline.request_id")
    equal(request_id, found.headers["x-request-id"])
    equal(told, {"http.request.method": "GET", "http.route": "/api/v1/findings", "http.response.status_code": 200})
    assert span.end_time_unix_nano > span.start_time_unix_nano
    told = attributes(made)
    equal((told["sightline.job.kind"], told["sightline.job.id"]), ("map", job.json()["id"]))
    assert told["sightline.job.status"] in ("succeeded", "incomplete"), told
    names = {attributes(of.resource)["service.name"] for sent in collector.traces for of in sent.resource_spans}
    equal(names, {"sightline"})
    for body in collector.raw:
        for secret in [token, token.rsplit("_", 1)[1], "looked-for", "named-in-the-path", "somewhere-else", "asked-for", "BREW"]:
            assert secret.encode() not in body, f"`{secret}` was sent away"
    seconds = [
        point
        for sent in collector.metrics
        for of in sent.resource_metrics
        for scope in of.scope_metrics
        for metric in scope.metrics
        if metric.name == "http.server.request.duration"
        for point in metric.histogram.data_points
    ]
    lists = [point for point in seconds if attributes(point) == {"http.route": "/api/v1/findings", "http.response.status_code": 200}]
    assert lists and lists[-1].count == 1, lists


def is_no_burden(binary: str, lake: str) -> None:
    """A collector that is not there, or takes and never answers, makes no request wait; what it misses is counted."""
    deaf = socket.create_server(("127.0.0.1", 0), backlog=50)
    for url in ["http://127.0.0.1:1", f"http://127.0.0.1:{deaf.getsockname()[1]}"]:
        # By the variable that all programs know, which beats the file.
        with Served(binary, lake, '[serve]\notlp = "http://127.0.0.1:2"\n', {"OTEL_EXPORTER_OTLP_ENDPOINT": url, **QUICK}) as served:
            token = served.token("viewer")
            slowest = 0.0
            for _ in range(200):
                began = time.monotonic()
                equal(served.get("/healthz").status_code, 200)
                slowest = max(slowest, time.monotonic() - began)
            assert slowest < 2.0, f"a request waited {slowest:.1f} seconds for {url}"

            def lost(name: str) -> float:
                lines = served.get("/metrics", token).text.splitlines()
                return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

            until("what was lost to be counted", lambda: lost("sightline_otlp_lost_spans") >= 100)
            assert lost("sightline_otlp_failed_exports") >= 1
            began = time.monotonic()
        assert time.monotonic() - began < 20, "it ends although nobody takes the last spans"
    deaf.close()


def is_off(binary: str, lake: str) -> None:
    with Served(binary, lake) as served:
        assert "sightline_otlp" not in served.get("/metrics", served.token("viewer")).text


if __name__ == "__main__":
    is_told(*sys.argv[1:])
    is_no_burden(*sys.argv[1:])
    is_off(*sys.argv[1:])
    print("requests and jobs are told, and nobody waits for a collector")
