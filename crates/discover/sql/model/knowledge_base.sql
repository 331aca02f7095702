SELECT 'knowledge-base' AS kind, arn, title, region, knowledge_base_id AS called FROM aws_bedrock_knowledge_base
