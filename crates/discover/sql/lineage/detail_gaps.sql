-- Details of these resources that could not be read.
SELECT target, table_name, outcome, action
FROM current_coverage
WHERE outcome NOT IN ('ok', 'unsupported') AND target IN ($arns)
GROUP BY target, table_name, outcome, action
ORDER BY target, table_name, outcome, action
