SELECT account_id, region, arn, internet_gateway_block_mode AS mode FROM aws_vpc_block_public_access_options
