SELECT arn, title, account_id, region, title AS name, service_role AS role_arn FROM aws_codebuild_project
