SELECT arn, account_id, title AS name, assume_role_policy_document AS trust FROM aws_iam_role
