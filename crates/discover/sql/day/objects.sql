-- Log objects by source and the hours of their first and last record; without hours where an object of an older version told none.
SELECT source, date_trunc('hour', first_seen) AS first_hour, date_trunc('hour', last_seen) AS last_hour,
  count(*) AS objects, sum(size) AS bytes, max(ingested_at) AS newest, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM log_object
WHERE status IN ('read', 'partial') AND records > 0
GROUP BY 1, 2, 3
