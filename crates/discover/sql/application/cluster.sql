SELECT arn, resources_vpc_config->>'vpcId' AS vpc_id FROM aws_eks_cluster
