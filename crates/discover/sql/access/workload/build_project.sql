SELECT account_id, arn, service_role AS role FROM aws_codebuild_project
