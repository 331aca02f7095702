-- Regions that the newest scans asked.
SELECT DISTINCT account_id, region FROM current_coverage WHERE region <> 'global' AND region <> ''
