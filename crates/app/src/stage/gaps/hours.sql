-- Hours between the first and the last record of a continuous log in which no object has one: each run of them.
WITH object AS (
  SELECT DISTINCT
    source, account_id, region,
    date_trunc('hour', first_seen) AS begins,
    date_trunc('hour', last_seen) AS ends
  FROM log_object
  WHERE seq > 0 AND first_seen IS NOT NULL AND last_seen IS NOT NULL
    AND source IN ('vpc_flow', 'transit_gateway_flow', 'cloudtrail', 'resolver_query')
), placed AS (
  SELECT *, max(ends) OVER (
    PARTITION BY source, account_id, region ORDER BY begins, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS seen_until
  FROM object
)
SELECT
  source, account_id, region,
  seen_until + INTERVAL '1 hour' AS missing_from,
  begins AS missing_until,
  CAST((date_part('epoch', begins) - date_part('epoch', seen_until)) / 3600 - 1 AS BIGINT) AS hours
FROM placed
WHERE begins > seen_until + INTERVAL '1 hour'
ORDER BY 1, 2, 3, 4
