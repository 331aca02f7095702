SELECT account_id, arn, title, home_region AS region, coalesce(is_multi_region_trail, false) AS is_everywhere,
  coalesce(is_organization_trail, false) AS is_organization, is_logging AS is_on, event_selectors, advanced_event_selectors, s3_bucket_name AS bucket
FROM aws_cloudtrail_trail
