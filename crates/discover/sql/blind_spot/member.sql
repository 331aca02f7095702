-- Accounts of organizations.
SELECT DISTINCT coalesce(id, '') AS account_id, title FROM aws_organizations_account WHERE coalesce(status, 'ACTIVE') = 'ACTIVE'
