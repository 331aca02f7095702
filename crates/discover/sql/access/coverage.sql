-- What became of every call of the newest scans that did not end well, and where tables were listed.
SELECT account_id, region, table_name, operation, coalesce(action, '') AS action, coalesce(target, '') AS target, outcome
FROM current_coverage
