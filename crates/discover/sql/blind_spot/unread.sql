-- Inventory tables that workloads, models and networks are told by, and that could not be read.
SELECT account_id, region, table_name, min(outcome || ': ' || action) AS gap
FROM current_coverage
WHERE outcome NOT IN ('ok', 'unsupported') AND table_name IN ('aws_ec2_instance', 'aws_ec2_network_interface', 'aws_lambda_function', 'aws_ecs_task',
  'aws_ecs_task_definition', 'aws_eks_cluster', 'aws_eks_pod_identity_association', 'aws_sagemaker_endpoint', 'aws_sagemaker_notebook_instance',
  'aws_sagemaker_model', 'aws_bedrock_agent', 'aws_bedrock_agent_alias', 'aws_bedrock_knowledge_base', 'aws_bedrock_flow', 'aws_bedrock_agentcore_runtime',
  'aws_bedrock_custom_model', 'aws_bedrock_imported_model', 'aws_bedrock_inference_profile', 'aws_bedrock_foundation_model',
  'aws_bedrock_provisioned_model_throughput', 'aws_vpc', 'aws_vpc_endpoint', 'aws_vpc_nat_gateway', 'aws_vpc_route_table', 'aws_vpc_subnet',
  'aws_iam_role', 'aws_iam_instance_profile', 'aws_ec2_transit_gateway', 'aws_networkfirewall_firewall', 'aws_ec2_load_balancer')
GROUP BY 1, 2, 3
