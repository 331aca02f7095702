SELECT account_id, arn, policy AS document FROM aws_s3_bucket
