-- Interface endpoints of ours, with their policy.
SELECT account_id, region, vpc_endpoint_id AS id, policy_document FROM aws_vpc_endpoint
