SELECT account_id, id FROM aws_organizations_organization
