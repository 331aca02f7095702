SELECT account_id, region, title AS name, identity->'oidc'->>'issuer' AS issuer FROM aws_eks_cluster
