SELECT account_id AS viewer, id, parent_id AS parent FROM aws_organizations_organizational_unit
