-- What was read of each log.
SELECT source, coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
  coalesce(sum(records), 0) AS records
FROM log_object
WHERE coalesce(seq, 1) > 0 AND source <> '' AND status IN ('read', 'partial') AND first_seen IS NOT NULL
GROUP BY 1, 2, 3
