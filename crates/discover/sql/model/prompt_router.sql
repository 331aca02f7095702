SELECT 'prompt-router' AS kind, arn, title, region, title AS called FROM aws_bedrock_prompt_router
