SELECT arn, title, account_id, region, title AS name, role AS role_arn FROM aws_glue_job
