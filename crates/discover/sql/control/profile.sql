SELECT arn, models FROM aws_bedrock_inference_profile
