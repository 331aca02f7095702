SELECT account_id, arn, policy AS document FROM aws_ecr_repository
