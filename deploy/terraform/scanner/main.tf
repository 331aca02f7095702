# Runs Sightline on a schedule, without a machine to look after: Fargate tasks in private subnets, the lake in an encrypted bucket. Nothing
# listens. What it may read is what the scanner's role says, which it assumes.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  bucket    = "${var.name}-lake-${local.account}-${local.region}"
  key_arn   = var.kms_key_arn != null ? var.kms_key_arn : aws_kms_key.this[0].arn
  log_group = "/${var.name}/tasks"
  # The lake is reached as the task, AWS's APIs and the logs as the scanner.
  access = ["--role-arn", var.scanner_role_arn, "--external-id", var.scanner_external_id]
}

# --------------------------------------------------------------------------------
# The network: out by HTTPS, in by nothing.

resource "aws_security_group" "tasks" {
  name        = "${var.name}-tasks"
  description = "Sightline: HTTPS out, nothing in"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-tasks" })
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.tasks.id
  description       = "AWS's APIs"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

# --------------------------------------------------------------------------------
# The tasks.

resource "aws_cloudwatch_log_group" "tasks" {
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = local.key_arn
  tags              = var.tags

  # The key lets the log use it by its policy.
  depends_on = [aws_kms_key_policy.this]
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  tags = var.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  # The one place that is written; it goes with the task.
  volume {
    name = "work"
  }

  container_definitions = jsonencode([{
    name                   = "sightline"
    image                  = var.image
    essential              = true
    command                = ["--help"]
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { drop = ["ALL"] }, initProcessEnabled = false }
    mountPoints            = [{ sourceVolume = "work", containerPath = "/var/lib/sightline", readOnly = false }]
    environment = [for name, value in merge({
      SIGHTLINE_LAKE = "s3://${aws_s3_bucket.lake.id}/lake"
      TMPDIR         = "/var/lib/sightline"
      AWS_REGION     = local.region
    }, var.environment) : { name = name, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.tasks.name
        "awslogs-region"        = local.region
        "awslogs-stream-prefix" = "task"
      }
    }
  }])
}

# --------------------------------------------------------------------------------
# When they run.

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
  tags = var.tags
}

resource "aws_scheduler_schedule" "job" {
  for_each = var.jobs

  name                         = "${var.name}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.schedule
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 5
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ containerOverrides = [{ name = "sightline", command = concat(each.value.command, each.value.asks_aws ? local.access : []) }] })

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this.arn
      launch_type         = "FARGATE"
      propagate_tags      = "TASK_DEFINITION"

      network_configuration {
        subnets          = var.subnet_ids
        security_groups  = [aws_security_group.tasks.id]
        assign_public_ip = false
      }
    }

    # A task that could not be started is tried again; one that ran and failed is not.
    retry_policy {
      maximum_event_age_in_seconds = 1800
      maximum_retry_attempts       = 3
    }
  }
}

# --------------------------------------------------------------------------------
# Who is told when one fails.

resource "aws_cloudwatch_event_rule" "failed" {
  count = var.failure_topic_arn == null ? 0 : 1

  name        = "${var.name}-failed"
  description = "Tasks of Sightline that ended with another status than 0, or were not started"
  tags        = var.tags
  event_pattern = jsonencode({
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Task State Change"]
    detail = {
      clusterArn = [aws_ecs_cluster.this.arn]
      lastStatus = ["STOPPED"]
      "$or" = [
        { containers = { exitCode = [{ "anything-but" = [0] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failed" {
  count = var.failure_topic_arn == null ? 0 : 1

  rule = aws_cloudwatch_event_rule.failed[0].name
  arn  = var.failure_topic_arn
}
