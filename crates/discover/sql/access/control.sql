-- Service control and resource control policies, and where each is attached.
SELECT account_id AS viewer, arn, title AS name, type AS kind, content AS document, targets
FROM aws_organizations_policy
