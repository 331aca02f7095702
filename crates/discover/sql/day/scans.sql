-- All scans, for pods are known by all of them, and those whose resources are looked at.
SELECT concat('of ', scan_id) AS scan, account_id FROM scan
UNION ALL
SELECT concat('current ', scan_id) AS scan, account_id FROM current_scan
ORDER BY 1, 2
