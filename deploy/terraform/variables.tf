# Made by `make generate` of the declarations that `sightline onboard` renders and verifies: change those.

variable "principal" {
  description = "who may assume the scanner's and the prober's role: an account's twelve digits, or the ARN of a role or user"
  type        = string
  nullable    = false
}

variable "scanner_external_id" {
  description = "a text of at least eight characters that must be given when those roles are assumed"
  type        = string
  nullable    = false

  validation {
    condition     = length(var.scanner_external_id) >= 8
    error_message = "An external id of fewer than eight characters is guessed."
  }
}

variable "scanner_role" {
  description = "the role's name; default `sightline-scanner`"
  type        = string
  default     = "sightline-scanner"
  nullable    = false

  validation {
    condition     = length(var.scanner_role) <= 40
    error_message = "The names of its policies begin with it: at most 40 characters."
  }
}

variable "vpc_ids" {
  description = "VPCs to log, in the provider's region; default none"
  type        = set(string)
  default     = []
  nullable    = false
}

variable "regions" {
  description = "further regions with workloads or models, whose logs go into the bucket; the home region is the provider's"
  type        = set(string)
  default     = []
  nullable    = false
}

variable "bucket" {
  description = "the log bucket; default `sightline-logs-<account>-<home region>`"
  type        = string
  default     = null
}

variable "prefix" {
  description = "folder in the bucket under which the logs lie; default none"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !startswith(var.prefix, "/") && !endswith(var.prefix, "/")
    error_message = "Without slashes at its ends."
  }
}

variable "trail" {
  description = "the trail's name; default `sightline`"
  type        = string
  default     = "sightline"
  nullable    = false
}

variable "kms_key_arn" {
  description = "an existing KMS key for the logs; default none, S3's own encryption"
  type        = string
  default     = null
}

variable "organizational_units" {
  description = "organizational units, or the root, whose accounts are to be read; default none: this account alone"
  type        = set(string)
  default     = []
  nullable    = false
}

variable "retention_days" {
  description = "days that logs are kept; default 400"
  type        = number
  default     = 400
  nullable    = false
}
