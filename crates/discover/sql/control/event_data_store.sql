SELECT account_id, arn, title, region, coalesce(multi_region_enabled, false) AS is_everywhere,
  coalesce(organization_enabled, false) AS is_organization, status = 'ENABLED' AS is_on, advanced_event_selectors
FROM aws_cloudtrail_event_data_store
