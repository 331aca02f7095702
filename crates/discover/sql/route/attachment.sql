SELECT account_id, region, arn, transit_gateway_attachment_id AS id, transit_gateway_id AS gateway_id, transit_gateway_owner_id AS owner_id,
  resource_owner_id, resource_type AS kind, resource_id, state, association->>'TransitGatewayRouteTableId' AS table_id
FROM aws_ec2_transit_gateway_attachment
