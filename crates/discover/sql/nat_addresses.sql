SELECT address->>'PublicIp' AS address, 'NAT gateway ' || nat_gateway_id AS owner
FROM (SELECT nat_gateway_id, unnest(json_get_array(nat_gateway_addresses)) AS address FROM aws_vpc_nat_gateway)
WHERE address->>'PublicIp' <> ''
