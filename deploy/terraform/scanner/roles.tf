# Three roles: what the tasks may do, what starts their containers, what starts the tasks.

data "aws_iam_policy_document" "trust" {
  for_each = { tasks = "ecs-tasks.amazonaws.com", scheduler = "scheduler.amazonaws.com" }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }

    # Not on behalf of another account.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# --------------------------------------------------------------------------------
# The tasks: the lake, and the scanner's role. Nothing of the account by themselves.

resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  description        = "Sightline's tasks: the lake, and assuming the scanner's role"
  assume_role_policy = data.aws_iam_policy_document.trust["tasks"].json
  tags               = var.tags
}

data "aws_iam_policy_document" "task" {
  statement {
    sid       = "Lake"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    resources = ["${aws_s3_bucket.lake.arn}/lake/*"]
  }

  statement {
    sid       = "ListLake"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.lake.arn]
  }

  statement {
    sid       = "LakeKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "ScannerRole"
    actions   = ["sts:AssumeRole"]
    resources = [var.scanner_role_arn]
  }
}

resource "aws_iam_role_policy" "task" {
  name   = "lake-and-scanner-role"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

# --------------------------------------------------------------------------------
# What starts a container: the image and the log.

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  description        = "Starts Sightline's containers: pulls the image, opens the log"
  assume_role_policy = data.aws_iam_policy_document.trust["tasks"].json
  tags               = var.tags
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.tasks.arn}:*"]
  }

  # Knows no resource.
  statement {
    sid       = "Registry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "Image"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [local.repository]
  }
}

locals {
  # `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG`; an image elsewhere needs no permission of ours.
  ecr        = regexall("^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/([^:@]+)", var.image)
  repository = length(local.ecr) == 0 ? "arn:${local.partition}:ecr:${local.region}:${local.account}:repository/${var.name}" : "arn:${local.partition}:ecr:${local.ecr[0][1]}:${local.ecr[0][0]}:repository/${local.ecr[0][2]}"
}

resource "aws_iam_role_policy" "execution" {
  name   = "image-and-log"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# --------------------------------------------------------------------------------
# What starts a task.

resource "aws_iam_role" "scheduler" {
  name               = "${var.name}-scheduler"
  description        = "Starts Sightline's tasks"
  assume_role_policy = data.aws_iam_policy_document.trust["scheduler"].json
  tags               = var.tags
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "Run"
    actions   = ["ecs:RunTask"]
    resources = ["${aws_ecs_task_definition.this.arn_without_revision}:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.this.arn]
    }
  }

  statement {
    sid       = "Tag"
    actions   = ["ecs:TagResource"]
    resources = ["arn:${local.partition}:ecs:${local.region}:${local.account}:task/${var.name}/*"]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RunTask"]
    }
  }

  statement {
    sid       = "HandOverRoles"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.task.arn, aws_iam_role.execution.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "run-tasks"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}
