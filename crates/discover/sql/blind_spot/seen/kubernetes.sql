SELECT coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, coalesce(cluster_name, '') AS cluster,
  min(event_time) AS first_seen, max(event_time) AS last_seen, count(*) AS records
FROM kubernetes_call WHERE $window
GROUP BY 1, 2, 3
