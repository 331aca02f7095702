-- From when to when there are events of the account, and the days between without any.
WITH day AS (
  SELECT date_trunc('day', event_time) AS day, min(event_time) AS first_seen, max(event_time) AS last_seen
  FROM api_call WHERE account_id = '$account' GROUP BY 1
)
SELECT min(first_seen) AS first_seen, max(last_seen) AS last_seen, count(*) AS days,
  date_part('day', max(day) - min(day)) + 1 AS span
FROM day
