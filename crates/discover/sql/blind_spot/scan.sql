-- When the inventory was looked at.
SELECT account_id, min(finished_at) AS first_seen, max(finished_at) AS last_seen, count(*) AS records FROM scan WHERE finished_at IS NOT NULL GROUP BY 1
