-- Regions that are enabled and were scanned, so that what a region lacks can be told from what was not looked for. One row each:
-- arn, account_id, region, title.
select r.arn, r.account_id, r.region_name as region, r.region_name as title
from aws_region r
-- Every region answers this one call with one row.
join aws_ebs_encryption_by_default e on e.account_id = r.account_id and e.region = r.region_name
