-- Regions that are enabled in accounts, as the newest scans saw it.
SELECT account_id, region_name AS region FROM aws_region WHERE coalesce(opt_in_status, '') <> 'not-opted-in'
