SELECT 'provisioned-model' AS kind, arn, title, region, provisioned_model_name AS called
FROM aws_bedrock_provisioned_model_throughput
