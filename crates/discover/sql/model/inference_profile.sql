SELECT 'inference-profile' AS kind, arn, title, region, inference_profile_id AS called FROM aws_bedrock_inference_profile
