SELECT account_id, region, arn, name, logging FROM aws_eks_cluster
