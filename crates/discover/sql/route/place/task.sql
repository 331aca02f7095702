-- Tasks with an interface of their own: its details are pairs of names and values.
WITH attachment AS (
  SELECT arn, account_id, region, unnest(json_get_array(attachments)) AS attachment FROM aws_ecs_task
),
detail AS (
  SELECT arn, account_id, region, unnest(json_get_array(attachment, 'details')) AS detail FROM attachment
)
SELECT arn, account_id, region, detail->>'value' AS subnet_id FROM detail WHERE detail->>'name' = 'subnetId'
