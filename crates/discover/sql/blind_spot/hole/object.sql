-- Objects of which something is missing: rejected in part, unreadable, or never fetched.
WITH fetched AS (
  SELECT DISTINCT uri AS fetched_uri FROM log_object WHERE coalesce(seq, 1) > 0
), lacking AS (
  SELECT source, account_id, region, uri, CASE WHEN status = 'partial' THEN 'partial' ELSE 'unreadable' END AS reason,
    first_seen, last_seen, last_modified, CASE WHEN status = 'partial' THEN rejects ELSE 0 END AS rejects
  FROM log_object WHERE coalesce(seq, 1) > 0 AND status IN ('partial', 'unreadable')
  UNION ALL
  SELECT source, account_id, region, uri, 'never fetched', first_seen, last_seen, last_modified, 0
  FROM log_object LEFT JOIN fetched ON fetched_uri = uri
  WHERE seq = 0 AND fetched_uri IS NULL
)
SELECT coalesce(source, '') AS source, coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, reason,
  min(uri) AS subject, count(DISTINCT uri) AS records, sum(rejects) AS rejects,
  -- Of what could not be read, the time that it was written is all that is known: an hour of it at most.
  min(coalesce(first_seen, last_modified - INTERVAL '1 hour')) AS first_seen, max(coalesce(last_seen, last_modified)) AS last_seen
FROM lacking
GROUP BY 1, 2, 3, 4, date_trunc('day', coalesce(first_seen, last_modified))
ORDER BY 1, 2, 3, 4, 8
