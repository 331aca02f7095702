SELECT account_id, arn, tags, inline_policies, attached_policies, permissions_boundary->>'PermissionsBoundaryArn' AS boundary,
  assume_role_policy_document AS trust
FROM aws_iam_role ORDER BY account_id, arn
