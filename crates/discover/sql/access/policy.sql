SELECT arn, policy_document AS document FROM aws_iam_policy
