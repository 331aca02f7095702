SELECT account_id, arn, group_name AS name, inline_policies, attached_policies FROM aws_iam_group
