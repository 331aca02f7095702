"""DuckDB: flow logs under a folder to hourly edges in one Parquet file. Usage: peer_duckdb_flow.py FOLDER OUT [THREADS]

Its best case: no sniffing, every column typed, the columns that nothing asks for never converted (`VARCHAR`).
"""

import sys

import duckdb

FOLDER, OUT = sys.argv[1], sys.argv[2]
THREADS = sys.argv[3] if len(sys.argv) > 3 else "2"

TYPES = {
    "version": "VARCHAR", "account-id": "VARCHAR", "interface-id": "VARCHAR", "srcaddr": "VARCHAR", "dstaddr": "VARCHAR",
    "srcport": "INTEGER", "dstport": "INTEGER", "protocol": "INTEGER", "packets": "BIGINT", "bytes": "BIGINT", "start": "BIGINT",
    "end": "BIGINT", "action": "VARCHAR", "log-status": "VARCHAR", "vpc-id": "VARCHAR", "subnet-id": "VARCHAR", "instance-id": "VARCHAR",
    "tcp-flags": "INTEGER", "type": "VARCHAR", "pkt-srcaddr": "VARCHAR", "pkt-dstaddr": "VARCHAR", "region": "VARCHAR", "az-id": "VARCHAR",
    "sublocation-type": "VARCHAR", "sublocation-id": "VARCHAR", "pkt-src-aws-service": "VARCHAR", "pkt-dst-aws-service": "VARCHAR",
    "flow-direction": "VARCHAR", "traffic-path": "INTEGER",
}
COLUMNS = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
SERVICES = (
    "1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4317, 4318, 4443, 5000, 5432, 5439, 5601, 5671, 5672, 5900, "
    "6333, 6379, 6443, 7077, 7687, 8000, 8001, 8080, 8081, 8086, 8182, 8265, 8443, 8501, 8888, 9000, 9042, 9090, 9092, 9200, 9443, 10250, "
    "11211, 11434, 27017"
)


def rank(port: str) -> str:
    """How likely a port is served, as one number: class, then port."""
    return (f"(CASE WHEN {port} = 0 THEN 4 WHEN {port} < 1024 THEN 0 WHEN {port} >= 32768 THEN 3 "
            f"WHEN {port} IN ({SERVICES}) THEN 1 ELSE 2 END * 65536 + {port})")


QUERY = f"""
COPY (
  WITH record AS (
    SELECT *, CASE
        WHEN protocol NOT IN (6, 17, 33, 132, 136) THEN true
        WHEN protocol = 6 AND "tcp-flags" & 2 <> 0 THEN "tcp-flags" & 18 <> 18
        ELSE {rank('dstport')} <= {rank('srcport')} END AS from_client
    FROM read_csv('{FOLDER}/**/*.gz', delim = ' ', header = true, nullstr = '-', quote = '', escape = '', comment = '',
                  auto_detect = false, compression = 'gzip', new_line = '\\n', columns = {{{COLUMNS}}})
    WHERE "log-status" = 'OK'
  ), edge AS (
    SELECT "start" // 3600 AS hour, "account-id" AS account_id, region, "vpc-id" AS vpc_id, "subnet-id" AS subnet_id,
      "interface-id" AS interface_id, "instance-id" AS instance_id,
      CASE WHEN from_client THEN srcaddr ELSE dstaddr END AS client_addr,
      CASE WHEN from_client THEN dstaddr ELSE srcaddr END AS server_addr,
      CASE WHEN protocol NOT IN (6, 17, 33, 132, 136) THEN 0 WHEN from_client THEN dstport ELSE srcport END AS server_port,
      protocol, action, "flow-direction" AS direction, from_client,
      CASE WHEN from_client THEN nullif("pkt-srcaddr", srcaddr) ELSE nullif("pkt-dstaddr", dstaddr) END AS pkt_client_addr,
      CASE WHEN from_client THEN nullif("pkt-dstaddr", dstaddr) ELSE nullif("pkt-srcaddr", srcaddr) END AS pkt_server_addr,
      CASE WHEN from_client THEN "pkt-dst-aws-service" ELSE "pkt-src-aws-service" END AS server_aws_service,
      "traffic-path" AS traffic_path, packets, bytes, "start", "end"
    FROM record
  )
  SELECT * EXCLUDE (hour, packets, bytes, "start", "end"), to_timestamp(hour * 3600) AS hour, sum(packets)::BIGINT AS packets,
    sum(bytes)::BIGINT AS bytes, count(*) AS records, to_timestamp(min("start")) AS first_seen, to_timestamp(max("end")) AS last_seen
  FROM edge GROUP BY hour, {', '.join(('account_id', 'region', 'vpc_id', 'subnet_id', 'interface_id', 'instance_id', 'client_addr',
    'server_addr', 'server_port', 'protocol', 'action', 'direction', 'from_client', 'pkt_client_addr', 'pkt_server_addr',
    'server_aws_service', 'traffic_path'))}
) TO '{OUT}' (FORMAT parquet, COMPRESSION zstd)
"""

connection = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": "false"})
connection.execute(QUERY)
