SELECT account_id FROM current_scan
