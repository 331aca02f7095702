-- Objects of which something is missing: rejected in part, unreadable, or never fetched.
WITH read AS (
  SELECT DISTINCT uri AS read_uri FROM log_object WHERE seq > 0
), lacking AS (
  SELECT
    CASE WHEN status = 'partial' THEN 'partial' ELSE 'unreadable' END AS state,
    source, account_id, region,
    -- What was rejected in part has reasons a record, not one.
    CASE WHEN status = 'partial' THEN '' ELSE error END AS error,
    uri, last_modified, rejects
  FROM log_object
  WHERE seq > 0 AND status IN ('partial', 'unreadable')
  UNION ALL
  SELECT 'never fetched', source, account_id, region, error, uri, last_modified, rejects
  FROM log_object
  LEFT JOIN read ON read_uri = uri
  WHERE seq = 0 AND read_uri IS NULL
)
SELECT
  state, source, account_id, region, error,
  count(DISTINCT uri) AS objects,
  sum(rejects) AS rejects,
  max(last_modified) AS last_modified,
  min(uri) AS object
FROM lacking
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
