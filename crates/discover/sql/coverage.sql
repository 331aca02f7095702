-- What the newest scans looked at, table by table: `gap` is the worst that happened.
SELECT account_id, region, table_name,
  coalesce(max(CASE WHEN outcome IN ('ok', 'unsupported') THEN '' ELSE outcome || ': ' || action END), '') AS gap
FROM current_coverage
GROUP BY account_id, region, table_name
