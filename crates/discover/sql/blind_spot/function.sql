-- Functions outside of VPCs.
SELECT account_id, region, count(*) AS functions FROM aws_lambda_function
WHERE coalesce(vpc_config->>'VpcId', '') = ''
GROUP BY 1, 2
