SELECT account_id, arn, inline_policies, attached_policies FROM aws_iam_role WHERE arn = '$principal'
