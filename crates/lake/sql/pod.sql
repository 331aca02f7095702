-- Pods of all finished scans: one row a pod, with when it was first and last seen.
--
-- `gone_by` is when the first scan that read all pods of the account and region after the last that saw the pod began without it:
-- the pod ended between `last_seen` and then. It is NULL while the pod is there, and where no such scan came later.
WITH seen AS (
  SELECT r.scan_id, r.account_id, r.region, r.arn, r.collected_at, s.finished_at,
    r.config->>'cluster_arn' AS cluster_arn, r.config->>'cluster_name' AS cluster_name,
    r.config->>'namespace' AS namespace, r.config->>'name' AS name,
    coalesce(r.config->>'uid', r.arn) AS uid,
    r.config->>'pod_ip' AS ip, r.config->>'host_ip' AS host_ip, r.config->>'node_name' AS node_name,
    r.config->>'host_network' = 'true' AS host_network,
    r.config->>'service_account' AS service_account, r.config->>'role_arn' AS role_arn,
    r.config->>'workload_kind' AS workload_kind, r.config->>'workload_name' AS workload_name,
    r.config->>'images' AS images, r.config->>'phase' AS phase,
    arrow_cast(r.config->>'started_at', 'Timestamp(Microsecond, Some("UTC"))') AS started_at,
    arrow_cast(r.config->>'deleted_at', 'Timestamp(Microsecond, Some("UTC"))') AS deleted_at
  FROM resource r JOIN scan s ON s.scan_id = r.scan_id AND s.account_id = r.account_id
  WHERE r.table_name = 'kubernetes_pod'
),
whole AS (
  SELECT c.scan_id, c.account_id, c.region, s.started_at
  FROM coverage c JOIN scan s ON s.scan_id = c.scan_id AND s.account_id = c.account_id
  WHERE c.table_name = 'kubernetes_pod'
  GROUP BY c.scan_id, c.account_id, c.region, s.started_at
  HAVING bool_and(c.outcome = 'ok')
),
gone AS (
  SELECT l.account_id, l.region, l.finished_at, min(w.started_at) AS gone_by
  FROM (SELECT DISTINCT account_id, region, finished_at FROM seen) l
  JOIN whole w ON w.account_id = l.account_id AND w.region = l.region AND w.started_at >= l.finished_at
  GROUP BY l.account_id, l.region, l.finished_at
),
newest AS (
  SELECT account_id, max(finished_at) AS finished_at FROM scan GROUP BY account_id
),
pods AS (
  SELECT account_id, region, cluster_arn, uid,
    max(arn) AS arn, max(cluster_name) AS cluster_name, max(namespace) AS namespace, max(name) AS name, max(ip) AS ip,
    max(host_ip) AS host_ip, max(node_name) AS node_name, bool_or(host_network) AS host_network,
    max(service_account) AS service_account, max(role_arn) AS role_arn, max(workload_kind) AS workload_kind,
    max(workload_name) AS workload_name, max(images) AS images, last_value(phase ORDER BY collected_at) AS phase,
    min(started_at) AS started_at, max(deleted_at) AS deleted_at,
    min(collected_at) AS first_seen, max(collected_at) AS last_seen, count(DISTINCT scan_id) AS scans,
    max(finished_at) AS last_scan
  FROM seen
  GROUP BY account_id, region, cluster_arn, uid
)
SELECT p.account_id, p.region, p.cluster_arn, p.cluster_name, p.namespace, p.name, p.uid, p.arn, p.ip, p.host_ip, p.node_name,
  p.host_network, p.service_account, p.role_arn, p.workload_kind, p.workload_name, p.images, p.phase, p.started_at, p.deleted_at,
  p.first_seen, p.last_seen, g.gone_by, p.last_scan = n.finished_at AS is_current, p.scans
FROM pods p
JOIN newest n ON n.account_id = p.account_id
LEFT JOIN gone g ON g.account_id = p.account_id AND g.region = p.region AND g.finished_at = p.last_scan
