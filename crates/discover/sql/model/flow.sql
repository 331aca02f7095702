SELECT 'flow' AS kind, arn, title, region, id AS called FROM aws_bedrock_flow
