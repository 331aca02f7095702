-- What the logs themselves say is missing or came late, by day.
SELECT
  source, account_id, region, reason,
  -- A late object's subject is how late it was.
  CASE WHEN reason = 'LATE' THEN '' ELSE subject END AS subject,
  date_trunc('day', first_seen) AS day,
  count(*) AS gaps,
  min(first_seen) AS first_seen,
  max(last_seen) AS last_seen,
  min(object) AS object
FROM log_gap
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 3, 6, 4, 5
