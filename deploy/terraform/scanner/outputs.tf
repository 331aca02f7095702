output "task_role_arn" {
  description = "who assumes the scanner's role, whose trust policy must name it (`sightline onboard terraform scanner-identity --principal …`)"
  value       = aws_iam_role.task.arn
}

output "lake" {
  description = "the lake, for `--lake` of your own queries and for a server"
  value       = "s3://${aws_s3_bucket.lake.id}/lake"
}

output "lake_bucket_arn" {
  description = "the lake's bucket"
  value       = aws_s3_bucket.lake.arn
}

output "kms_key_arn" {
  description = "the key of lake and log"
  value       = local.key_arn
}

output "log_group" {
  description = "the tasks' own log"
  value       = aws_cloudwatch_log_group.tasks.name
}
