-- What logs themselves say is missing, by day.
SELECT source, coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, coalesce(subject, '') AS subject, reason,
  min(first_seen) AS first_seen, max(last_seen) AS last_seen, count(*) AS records
FROM log_gap
WHERE reason <> 'LATE' AND $window
GROUP BY 1, 2, 3, 4, 5, date_trunc('day', first_seen)
ORDER BY 1, 2, 3, 4, 5, 6
