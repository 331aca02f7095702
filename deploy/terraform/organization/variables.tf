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

variable "organizational_units" {
  description = "organizational units, or the root, whose accounts are to be read; default none: this account alone"
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.organizational_units) > 0
    error_message = "At least one unit, or the root."
  }
}
