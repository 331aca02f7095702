-- Pods of all scans. One that had ended when it was first seen may have lost its address at any time before.
SELECT account_id, region, cluster_name, namespace, name, uid, ip, host_ip, service_account,
  coalesce(host_network, false) AS host_network, concat(lower(workload_kind), '/', namespace, '/', workload_name) AS workload,
  cluster_arn, phase, started_at, deleted_at, first_seen, last_seen, gone_by, is_current
FROM pod
WHERE coalesce(name, '') <> ''
