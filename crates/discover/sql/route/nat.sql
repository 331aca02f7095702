SELECT account_id, region, arn, nat_gateway_id AS id, vpc_id, subnet_id, connectivity_type, route_table_id, state
FROM aws_vpc_nat_gateway
