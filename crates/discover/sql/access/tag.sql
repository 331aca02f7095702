-- Tags of resources that were seen with some: an empty set may mean that the listing brings none.
SELECT arn, tags FROM current_resource WHERE tags IS NOT NULL AND tags <> '{}' AND arn LIKE 'arn:%'
