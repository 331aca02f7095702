-- Interfaces that stand for something on a way: those of transit gateways, and those that forward what is not theirs.
SELECT account_id, region, arn, network_interface_id AS id, subnet_id, vpc_id, interface_type AS kind, description,
  attachment->>'InstanceId' AS instance_id
FROM aws_ec2_network_interface
WHERE interface_type = 'transit_gateway' OR source_dest_check = false
