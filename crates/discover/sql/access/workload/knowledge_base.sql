SELECT account_id, arn, role_arn AS role FROM aws_bedrock_knowledge_base
