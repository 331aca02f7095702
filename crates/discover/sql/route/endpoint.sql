SELECT account_id, region, arn, vpc_endpoint_id AS id, vpc_endpoint_type AS kind, vpc_id, service_name, subnet_ids, state,
  private_dns_enabled AS private_dns, tags->>'Firewall' AS firewall_arn
FROM aws_vpc_endpoint
