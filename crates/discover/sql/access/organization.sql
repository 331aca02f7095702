-- The organization as each account sees it.
SELECT account_id AS viewer, id, master_account_id AS management, coalesce(feature_set, '') AS feature_set FROM aws_organizations_organization
