-- Where there is something of AI, or something that may call it.
SELECT DISTINCT account_id, region FROM current_resource
WHERE table_name IN ('aws_ec2_instance', 'aws_lambda_function', 'aws_ecs_task', 'aws_ecs_service', 'aws_eks_cluster', 'aws_sagemaker_endpoint',
  'aws_sagemaker_notebook_instance', 'aws_sagemaker_domain', 'aws_bedrock_agent', 'aws_bedrock_knowledge_base', 'aws_bedrock_flow',
  'aws_bedrock_agentcore_runtime', 'aws_bedrock_custom_model', 'aws_bedrock_imported_model',
  'aws_bedrock_provisioned_model_throughput', 'aws_codebuild_project')
