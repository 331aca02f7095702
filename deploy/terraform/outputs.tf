# Made by `make generate` of the declarations that `sightline onboard` renders and verifies: change those.

output "scanner_role_arn" {
  description = "Give it to the scanner as --role-arn"
  value       = aws_iam_role.scanner.arn
}

output "bucket" {
  description = "The log bucket"
  value       = aws_s3_bucket.logs.id
}

output "trail_arn" {
  description = "The trail"
  value       = aws_cloudtrail.sightline.arn
}
