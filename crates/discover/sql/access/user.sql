SELECT account_id, arn, tags, inline_policies, attached_policies, groups, permissions_boundary->>'PermissionsBoundaryArn' AS boundary
FROM aws_iam_user ORDER BY account_id, arn
