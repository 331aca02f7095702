variable "name" {
  description = "what everything is called, or begins with"
  type        = string
  default     = "sightline"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, at most 31."
  }
}

variable "image" {
  description = "the image of Sightline in a registry that the subnets reach, best by digest: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/sightline@sha256:…`"
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "private subnets that reach AWS's APIs, through endpoints or a NAT gateway; tasks get no public address"
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "At least one."
  }
}

variable "vpc_id" {
  description = "the VPC of the subnets"
  type        = string
  nullable    = false
}

variable "scanner_role_arn" {
  description = "the scanner's role, as `sightline onboard terraform scanner-identity` makes it; for an organization the one in its management or delegated account, which enters the others"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", var.scanner_role_arn))
    error_message = "The ARN of a role."
  }
}

variable "scanner_external_id" {
  description = "the external id that assuming it must take"
  type        = string
  nullable    = false

  validation {
    condition     = length(var.scanner_external_id) >= 8
    error_message = "An external id of fewer than eight characters is guessed."
  }
}

variable "jobs" {
  description = "what runs when: a command of Sightline, an expression of EventBridge Scheduler in UTC, and whether it asks AWS, by the scanner's role; `[\"scan\", \"--org\"]` reads an organization"
  type = map(object({
    command  = list(string)
    schedule = string
    asks_aws = optional(bool, false)
  }))
  default = {
    scan     = { command = ["scan"], schedule = "cron(17 3 * * ? *)", asks_aws = true }
    ingest   = { command = ["ingest", "--discovered"], schedule = "cron(7 * * * ? *)", asks_aws = true }
    map      = { command = ["map"], schedule = "cron(37 * * * ? *)" }
    findings = { command = ["findings", "--exit-zero"], schedule = "cron(47 4 * * ? *)" }
  }
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.jobs) : can(regex("^[a-z][a-z0-9-]{0,20}$", name))])
    error_message = "Names of jobs: lower-case letters, digits and hyphens."
  }
}

variable "environment" {
  description = "further variables of the tasks; secrets do not belong here"
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "cpu" {
  description = "CPU units of a task: 1024 are one core"
  type        = number
  default     = 1024
  nullable    = false
}

variable "memory" {
  description = "memory of a task in MiB; docs/scale.md tells what is needed"
  type        = number
  default     = 4096
  nullable    = false
}

variable "architecture" {
  description = "of the image: X86_64 or ARM64"
  type        = string
  default     = "X86_64"
  nullable    = false

  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "X86_64 or ARM64."
  }
}

variable "kms_key_arn" {
  description = "KMS key for the lake and the log; by default one is made, which rotates"
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "how long the tasks' own log is kept"
  type        = number
  default     = 90
  nullable    = false
}

variable "failure_topic_arn" {
  description = "SNS topic that is told of tasks that end with another status than 0: findings, what could not be seen, what could not run"
  type        = string
  default     = null
}

variable "tags" {
  description = "on everything"
  type        = map(string)
  default     = {}
  nullable    = false
}
