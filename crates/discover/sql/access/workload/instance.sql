SELECT i.account_id, i.arn, p.roles->0->>'Arn' AS role
FROM aws_ec2_instance i JOIN aws_iam_instance_profile p ON p.arn = i.iam_instance_profile->>'Arn'
