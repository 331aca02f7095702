SELECT arn, title, account_id, region, knowledge_base_id AS name, role_arn FROM aws_bedrock_knowledge_base
