-- The newest record of each log.
SELECT source, account_id, region, max(coalesce(last_seen, last_modified)) AS last_seen
FROM log_object
WHERE seq > 0 AND source <> ''
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
