"""ClickHouse (chdb): flow logs under a folder to hourly edges in one Parquet file. Usage: peer_chdb_flow.py FOLDER OUT [THREADS]

Its best case: the columns that nothing asks for are skipped, a missing number is 0 and a missing text empty, so that nothing is nullable.
"""

import os
import sys

import chdb

FOLDER, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
THREADS = sys.argv[3] if len(sys.argv) > 3 else "2"
TEXT = "String"

TYPES = {
    "account-id": TEXT, "interface-id": TEXT, "srcaddr": TEXT, "dstaddr": TEXT, "srcport": "UInt16",
    "dstport": "UInt16", "protocol": "UInt8", "packets": "Int64", "bytes": "Int64", "start": "Int64",
    "end": "Int64", "action": TEXT, "log-status": TEXT, "vpc-id": TEXT, "subnet-id": TEXT, "instance-id": TEXT, "tcp-flags": "UInt8",
    "pkt-srcaddr": TEXT, "pkt-dstaddr": TEXT, "region": TEXT, "pkt-src-aws-service": TEXT, "pkt-dst-aws-service": TEXT,
    "flow-direction": TEXT, "traffic-path": "UInt8",
}
STRUCTURE = ", ".join(f"`{name}` {kind}" for name, kind in TYPES.items())
SERVICES = (
    "1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4317, 4318, 4443, 5000, 5432, 5439, 5601, 5671, 5672, 5900, "
    "6333, 6379, 6443, 7077, 7687, 8000, 8001, 8080, 8081, 8086, 8182, 8265, 8443, 8501, 8888, 9000, 9042, 9090, 9092, 9200, 9443, 10250, "
    "11211, 11434, 27017"
)


def rank(port: str) -> str:
    """How likely a port is served, as one number: class, then port."""
    return (f"(multiIf({port} = 0, 4, {port} < 1024, 0, {port} >= 32768, 3, {port} IN ({SERVICES}), 1, 2) * 65536 + {port})")


QUERY = f"""
INSERT INTO FUNCTION file('{OUT}', 'Parquet')
WITH srcport AS sp, dstport AS dp, `protocol` AS pr, `tcp-flags` AS flags,
  pr IN (6, 17, 33, 132, 136) AS ported
SELECT intDiv(`start`, 3600) AS hour, `account-id` AS account_id, region, `vpc-id` AS vpc_id, `subnet-id` AS subnet_id,
  `interface-id` AS interface_id, `instance-id` AS instance_id,
  if(from_client, srcaddr, dstaddr) AS client_addr, if(from_client, dstaddr, srcaddr) AS server_addr,
  multiIf(NOT ported, 0, from_client, dp, sp) AS server_port, pr AS proto, action, `flow-direction` AS direction,
  multiIf(NOT ported, true, pr = 6 AND bitAnd(flags, 2) != 0, bitAnd(flags, 18) != 18, {rank('dp')} <= {rank('sp')}) AS from_client,
  if(from_client, if(`pkt-srcaddr` = srcaddr, '', `pkt-srcaddr`), if(`pkt-dstaddr` = dstaddr, '', `pkt-dstaddr`)) AS pkt_client_addr,
  if(from_client, if(`pkt-dstaddr` = dstaddr, '', `pkt-dstaddr`), if(`pkt-srcaddr` = srcaddr, '', `pkt-srcaddr`)) AS pkt_server_addr,
  if(from_client, `pkt-dst-aws-service`, `pkt-src-aws-service`) AS server_aws_service, `traffic-path` AS traffic_path,
  sum(r.packets) AS packets, sum(r.bytes) AS bytes, count() AS records,
  toDateTime(min(`start`)) AS first_seen, toDateTime(max(`end`)) AS last_seen
FROM file('{FOLDER}/**/*.gz', 'CustomSeparatedWithNames', '{STRUCTURE}', 'gzip') AS r
WHERE `log-status` = 'OK'
GROUP BY hour, account_id, region, vpc_id, subnet_id, interface_id, instance_id, client_addr, server_addr, server_port, proto, action,
  direction, from_client, pkt_client_addr, pkt_server_addr, server_aws_service, traffic_path
SETTINGS max_threads = {THREADS}, format_custom_field_delimiter = ' ', format_custom_row_after_delimiter = '\\n',
  format_custom_escaping_rule = 'CSV', format_csv_null_representation = '-',
  input_format_skip_unknown_fields = 1, engine_file_truncate_on_insert = 1
"""

chdb.query(QUERY)
