SELECT 'inference-profile' AS kind, arn, title, region, inference_profile_id AS called, models->0->>'modelArn' AS listed
FROM aws_bedrock_inference_profile
