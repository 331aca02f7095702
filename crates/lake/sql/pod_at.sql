-- Which pod had an address when: join with `time >= since AND (until IS NULL OR time < until)` and the address. Pods with their
-- node's address are left out.
--
-- `until` is NULL for pods that run. For others it is when they were missed, but not later than the next pod had the address;
-- up to `last_seen` it is sure, for pods that had not ended by then.
SELECT account_id, region, cluster_arn, cluster_name, ip, coalesce(started_at, first_seen) AS since,
  CASE WHEN is_current AND coalesce(phase, '') NOT IN ('Succeeded', 'Failed') THEN NULL ELSE
    least(coalesce(gone_by, last_seen), coalesce(
      lead(coalesce(started_at, first_seen)) OVER (PARTITION BY account_id, region, cluster_arn, ip ORDER BY coalesce(started_at, first_seen), uid),
      coalesce(gone_by, last_seen)))
  END AS until,
  last_seen, namespace, name, uid, node_name, service_account, role_arn, workload_kind, workload_name
FROM pod
WHERE ip IS NOT NULL AND NOT coalesce(host_network, false)
