SELECT account_id, arn, inline_policies, attached_policies, groups FROM aws_iam_user WHERE arn = '$principal'
