SELECT count(*) AS events, 0 AS most FROM model_invocation WHERE $day
