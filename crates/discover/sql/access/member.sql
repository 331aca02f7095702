SELECT account_id AS viewer, id, parents->0->>'Id' AS parent FROM aws_organizations_account
