SELECT coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, coalesce(vpc_id, '') AS vpc_id,
  coalesce(interface_id, '') AS interface_id, min(first_seen) AS first_seen, max(last_seen) AS last_seen, sum(records) AS records
FROM flow WHERE $window
GROUP BY 1, 2, 3, 4
