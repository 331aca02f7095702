SELECT coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, coalesce(vpc_id, '') AS vpc_id,
  min(first_seen) AS first_seen, max(last_seen) AS last_seen, sum(queries) AS records
FROM dns_answer WHERE $window
GROUP BY 1, 2, 3
