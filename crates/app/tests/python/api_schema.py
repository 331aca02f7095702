"""Asks `sightline serve` whatever its document allows, and what it does not: schemathesis makes the requests and holds the answers against the document.

    api_schema.py BINARY LAKE OPENAPI_JSON [SECONDS]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from served import Served  # noqa: E402

SECONDS = "45"
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
]
# A stream that never ends cannot be held against a schema.
STREAMS = ["/api/v1/events"]
# The longest time in which an answer is there, in seconds, on a machine that does other things too.
PATIENCE = "20"


def write_findings(lake: str) -> None:
    """A few findings of each kind, as a run of checks leaves them."""
    import pyarrow as pa
    from deltalake import write_deltalake

    run = "20261122T030405Z-00bead"
    rows = [
        {
            **{"run_id": run, "scan_id": run, "check_id": f"made-up-{number % 3}", "title": "What a check says", "region": "eu-west-1"},
            **{"status": ["fail", "unknown", "pass", "skip"][number % 4], "severity": ["critical", "low"][number % 2]},
            **{"account_id": "123456789012", "resource": f"arn:aws:s3:::bucket-{number}", "resource_title": f"bucket {number} <b>&\u202e"},
            **{"reason": "it is open", "missing_actions": "[]", "fingerprint": f"{number:032x}", "fix_values": "{}"},
        }
        for number in range(200)
    ]
    times = pa.array([1_795_316_645_000_000] * len(rows), pa.timestamp("us", "UTC"))
    write_deltalake(f"{lake}/finding", pa.Table.from_pylist(rows).append_column("evaluated_at", times), partition_by=["run_id"])


def main(binary: str, lake: str, document: str, seconds: str = SECONDS) -> int:
    write_findings(lake)
    with tempfile.TemporaryDirectory() as folder, Served(binary, lake) as served:
        # By the document's own security scheme, so that `ignored_auth` can leave it out.
        Path(folder, "schemathesis.toml").write_text(f'[auth.openapi.token]\nbearer = "{served.token("admin")}"\n')
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", document, "--url", served.url),
            *("--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing"),
            *("--max-time", seconds, "--request-timeout", PATIENCE, "--seed", "9", "--generation-database", "none"),
            *("--continue-on-failure", "--no-color", "--warnings", "off"),
        ]
        for path in STREAMS:
            command += ["--exclude-path", path]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=float(seconds) * 4 + 60)
        lines = [line if len(line) < 400 else f"{line[:300]} … {line[-60:]}" for line in ended.stdout.splitlines()]
        print("\n".join(lines[-200:]), ended.stderr[-4_000:])
        assert ended.returncode == 0, "an answer is not as the document says, or there was none"
        assert served.get("/readyz").status_code == 200, "the server did not live through it"
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
