SELECT account_id, region, arn, transit_gateway_route_table_id AS table_id, destination_cidr_block AS cidr, prefix_list_id, state,
  type AS kind, transit_gateway_attachments AS attachments
FROM aws_ec2_transit_gateway_route
