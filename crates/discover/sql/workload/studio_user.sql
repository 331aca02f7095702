-- A person of a Studio domain without a role of its own gets the domain's.
SELECT p.arn, p.title, p.account_id, p.region, p.title AS name,
  coalesce(p.user_settings->>'ExecutionRole', d.default_user_settings->>'ExecutionRole') AS role_arn
FROM aws_sagemaker_user_profile p
LEFT JOIN aws_sagemaker_domain d ON d.domain_id = p.domain_id AND d.account_id = p.account_id AND d.region = p.region
