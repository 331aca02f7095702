SELECT account_id, region, arn FROM aws_bedrock_provisioned_model_throughput
