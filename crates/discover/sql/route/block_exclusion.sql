SELECT account_id, region, arn, resource_arn FROM aws_vpc_block_public_access_exclusion WHERE state LIKE '%complete'
