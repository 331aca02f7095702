SELECT i.arn, i.title, i.account_id, i.region, i.instance_id AS name, p.roles->0->>'Arn' AS role_arn,
  coalesce(i.tags->>'eks:cluster-name', i.tags->>'aws:eks:cluster-name') AS node_of
FROM aws_ec2_instance i LEFT JOIN aws_iam_instance_profile p ON p.arn = i.iam_instance_profile->>'Arn'
