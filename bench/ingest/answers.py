"""What a program's answer comes to, in figures that two programs share only if they did the same work."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

KEYS = (
    "hour, account_id, region, vpc_id, subnet_id, interface_id, instance_id, client_addr, server_addr, server_port, {protocol}, action, "
    "direction, from_client, pkt_client_addr, pkt_server_addr, server_aws_service, traffic_path"
)
FLOW = """
SELECT count(*) AS edges, CAST(sum(packets) AS BIGINT) AS packets, CAST(sum(bytes) AS BIGINT) AS bytes, CAST(sum(records) AS BIGINT) AS records,
  CAST(sum(server_port) AS BIGINT) AS server_ports, CAST(sum({protocol}) AS BIGINT) AS protocols, count(DISTINCT client_addr) AS clients,
  count(DISTINCT server_addr) AS servers, count(DISTINCT interface_id) AS interfaces,
  CAST(sum(CASE WHEN from_client THEN records ELSE 0 END) AS BIGINT) AS from_client,
  CAST(sum(CASE WHEN coalesce(pkt_client_addr, '') <> '' THEN records ELSE 0 END) AS BIGINT) AS behind_client,
  CAST(sum(CASE WHEN coalesce(pkt_server_addr, '') <> '' THEN records ELSE 0 END) AS BIGINT) AS behind_server,
  CAST(sum(CASE WHEN coalesce(server_aws_service, '-') NOT IN ('', '-') THEN records ELSE 0 END) AS BIGINT) AS to_services,
  CAST(sum(CASE WHEN action = 'REJECT' THEN records ELSE 0 END) AS BIGINT) AS rejected
FROM (SELECT {keys}, sum(packets) AS packets, sum(bytes) AS bytes, sum(records) AS records FROM {table} GROUP BY {keys}) AS edge
"""
TRAIL = """
SELECT count(*) AS calls, count(DISTINCT event_id) AS events, count(DISTINCT request_id) AS requests, count(DISTINCT identity_arn) AS identities,
  count(DISTINCT user_name) AS names, count(DISTINCT event_name) AS operations, count(DISTINCT source_ip) AS addresses,
  CAST(sum(CASE WHEN coalesce(model_id, '') <> '' THEN 1 ELSE 0 END) AS BIGINT) AS model_calls,
  CAST(sum(CASE WHEN coalesce(guardrail_id, '') <> '' THEN 1 ELSE 0 END) AS BIGINT) AS guarded,
  CAST(sum(CASE WHEN coalesce(assumed_role_arn, '') <> '' THEN 1 ELSE 0 END) AS BIGINT) AS assumed,
  CAST(sum(CASE WHEN coalesce(issued_access_key_id, '') <> '' THEN 1 ELSE 0 END) AS BIGINT) AS issued,
  CAST(sum(CASE WHEN coalesce(error_code, '') <> '' THEN 1 ELSE 0 END) AS BIGINT) AS errors,
  CAST(sum(CASE WHEN bearer_token THEN 1 ELSE 0 END) AS BIGINT) AS bearer_tokens,
  CAST(sum(CASE WHEN read_only THEN 1 ELSE 0 END) AS BIGINT) AS read_only
FROM {table}
"""


def question(kind: str, table: str, protocol: str = "protocol") -> str:
    if kind == "trail":
        return TRAIL.format(table=table)
    return FLOW.format(table=table, protocol=protocol, keys=KEYS.format(protocol=protocol))


def of_sightline(binary: Path, lake: Path, kind: str) -> dict[str, int]:
    sql = question(kind, "flow" if kind == "flow" else "api_call")
    return parsed([str(binary), "--lake", str(lake), "query", sql, "--json"], "sightline query")


def of_parquet(python: Path, file: Path, kind: str, protocol: str) -> dict[str, int]:
    code = "import duckdb,json,sys;r=duckdb.sql(sys.argv[1]);print(json.dumps([dict(zip(r.columns, r.fetchall()[0]))]))"
    return parsed([str(python), "-c", code, question(kind, f"'{file}'", protocol)], file.name)


def parsed(command: list[str], what: str) -> dict[str, int]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise RuntimeError(f"{what}: {last[0][:300]}")
    answer = json.loads(done.stdout)
    row = answer[0] if isinstance(answer, list) else answer
    return {name: int(value) for name, value in row.items()}
