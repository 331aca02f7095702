"""The questions that are asked, each of a kind of its own. All have one right answer: what is cut off is sorted by all that is shown."""

from __future__ import annotations

QUERIES = {
    "count": "SELECT count(*) AS n, sum(bytes) AS bytes, min(first_seen) AS first, max(last_seen) AS last FROM flow",
    "few groups": "SELECT action, protocol, count(*) AS n, sum(bytes) AS bytes, sum(packets) AS packets FROM flow GROUP BY 1, 2 ORDER BY 1, 2",
    "many groups": "SELECT client_addr, count(*) AS n, sum(bytes) AS bytes FROM flow GROUP BY 1 ORDER BY bytes DESC, client_addr LIMIT 20",
    "pairs": "SELECT client_addr, server_addr, server_port, sum(bytes) AS bytes FROM flow GROUP BY 1, 2, 3 "
    "ORDER BY bytes DESC, client_addr, server_addr, server_port LIMIT 20",
    "needle": "SELECT hour, client_addr, server_addr, bytes, line FROM flow WHERE client_addr = '10.0.7.77' AND server_port = 5432 "
    "ORDER BY hour, server_addr, line, bytes LIMIT 20",
    "distinct": "SELECT region, count(DISTINCT client_addr) AS clients, count(DISTINCT interface_id) AS interfaces FROM flow GROUP BY 1 ORDER BY 1",
    "top rows": "SELECT bytes, hour, client_addr, server_addr, line FROM flow ORDER BY bytes DESC, hour, client_addr, server_addr, line LIMIT 50",
    "window": "SELECT * FROM (SELECT region, hour, sum(bytes) AS bytes, row_number() OVER (PARTITION BY region ORDER BY sum(bytes) DESC, hour) AS place "
    "FROM flow GROUP BY 1, 2) WHERE place <= 3 ORDER BY region, place",
    "join, small": "SELECT t.team, count(*) AS n, sum(f.bytes) AS bytes FROM flow f JOIN (SELECT DISTINCT instance_id, 'team ' || "
    "(CAST(substr(instance_id, 3) AS BIGINT) % 10) AS team FROM flow WHERE hour < TIMESTAMP '2026-11-19T02:00:00Z') t USING (instance_id) GROUP BY 1 ORDER BY 1",
    "join, large": "SELECT a.region, count(*) AS n, sum(b.bytes) AS bytes FROM (SELECT region, interface_id, server_addr, hour, sum(bytes) AS bytes FROM flow "
    "GROUP BY 1, 2, 3, 4) a JOIN (SELECT interface_id, server_addr, hour + INTERVAL '1 hour' AS hour, sum(bytes) AS bytes FROM flow GROUP BY 1, 2, 3) b "
    "USING (interface_id, server_addr, hour) GROUP BY 1 ORDER BY 1",
    "texts": "SELECT substr(server_addr, 1, 4) AS net, count(*) AS n, max(length(object)) AS longest FROM flow WHERE object LIKE '%7.log.gz' GROUP BY 1 ORDER BY 1",
}
