# Made by `make generate` of the declarations that `sightline onboard` renders and verifies: change those.

output "stack_set" {
  description = "The stack set"
  value       = aws_cloudformation_stack_set.scanner.name
}
