-- Since when each interface writes flow records.
SELECT interface_id, min(first_seen) AS first_seen
FROM flow
WHERE interface_id <> '' AND $window
GROUP BY interface_id
