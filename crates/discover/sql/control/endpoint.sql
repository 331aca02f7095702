SELECT arn, vpc_endpoint_id AS id, policy_document AS policy FROM aws_vpc_endpoint
