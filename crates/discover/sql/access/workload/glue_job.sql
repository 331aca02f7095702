SELECT account_id, arn, role FROM aws_glue_job
