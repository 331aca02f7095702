SELECT arn, account_id, region, subnet_id FROM aws_ec2_instance
