-- What could not be listed of a cluster.
SELECT account_id, region, coalesce(target, '') AS target, table_name, min(outcome || ': ' || action) AS gap
FROM current_coverage
WHERE table_name LIKE 'kubernetes_%' AND outcome NOT IN ('ok', 'unsupported')
GROUP BY 1, 2, 3, 4
