SELECT account_id, arn, policy_content AS content FROM aws_organizations_effective_policy WHERE policy_type = 'BEDROCK_POLICY'
