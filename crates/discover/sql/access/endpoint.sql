SELECT account_id, vpc_endpoint_id AS id, service_name AS service, policy_document AS document FROM aws_vpc_endpoint
