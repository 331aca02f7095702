SELECT account_id, region, arn, models AS listed FROM aws_bedrock_inference_profile
