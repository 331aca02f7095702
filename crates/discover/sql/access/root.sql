SELECT account_id AS viewer, id, policy_types FROM aws_organizations_root
