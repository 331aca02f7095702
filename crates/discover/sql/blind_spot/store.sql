SELECT account_id, region, title, advanced_event_selectors AS advanced, coalesce(multi_region_enabled, false) AS is_multi_region,
  coalesce(organization_enabled, false) AS is_organization
FROM aws_cloudtrail_event_data_store
WHERE coalesce(status, 'ENABLED') = 'ENABLED'
