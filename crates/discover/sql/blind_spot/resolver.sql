-- VPCs whose look-ups are logged.
SELECT a.account_id, a.region, a.resource_id AS vpc_id, coalesce(a.status, '') AS status, coalesce(c.destination_arn, '') AS destination
FROM aws_route53_resolver_query_log_config_association a
LEFT JOIN aws_route53_resolver_query_log_config c
  ON c.account_id = a.account_id AND c.region = a.region AND c.id = a.resolver_query_log_config_id
