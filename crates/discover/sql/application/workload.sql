-- What runs or calls, as the newest scans saw it: its tags, its network, and for tasks and services their cluster. A VPC is told by
-- itself or by a subnet.
SELECT arn, title, account_id, tags,
  CASE table_name
    WHEN 'aws_ec2_instance' THEN 'instance' WHEN 'aws_lambda_function' THEN 'function'
    WHEN 'aws_ecs_task' THEN 'task' WHEN 'aws_ecs_service' THEN 'task' WHEN 'aws_ecs_task_definition' THEN 'task'
    WHEN 'aws_sagemaker_notebook_instance' THEN 'notebook' WHEN 'aws_sagemaker_domain' THEN 'notebook'
    WHEN 'aws_sagemaker_endpoint' THEN 'endpoint' WHEN 'aws_bedrock_flow' THEN 'flow'
    WHEN 'aws_codebuild_project' THEN 'build' WHEN 'aws_ec2_load_balancer' THEN 'load_balancer'
    WHEN 'aws_ec2_network_interface' THEN 'interface' WHEN 'aws_iam_user' THEN 'user' WHEN 'aws_iam_role' THEN 'role'
    ELSE 'agent' END AS kind,
  coalesce(config->>'vpc_id', config->'vpc_config'->>'VpcId', config->'vpc_config'->>'vpcId') AS vpc_id,
  coalesce(config->>'subnet_id', config->'network_configuration'->'awsvpcConfiguration'->'subnets'->>0,
    config->'network_configuration'->'networkModeConfig'->'subnets'->>0) AS subnet_id,
  config->'attachments'->0->'details' AS details,
  config->>'cluster_arn' AS cluster_arn
FROM current_resource
WHERE table_name IN ('aws_ec2_instance', 'aws_lambda_function', 'aws_ecs_task', 'aws_ecs_service', 'aws_ecs_task_definition',
  'aws_sagemaker_notebook_instance', 'aws_sagemaker_domain', 'aws_sagemaker_endpoint', 'aws_bedrock_agent', 'aws_bedrock_flow',
  'aws_bedrock_knowledge_base', 'aws_bedrock_agentcore_runtime', 'aws_codebuild_project', 'aws_ec2_load_balancer',
  'aws_ec2_network_interface', 'aws_iam_user', 'aws_iam_role')
