# What an account needs before Sightline can see it, in the provider's region.
# Made by `make generate` of the declarations that `sightline onboard` renders and verifies: change those.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  bucket      = coalesce(var.bucket, "sightline-logs-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}")
  folder      = var.prefix == "" ? "" : "${var.prefix}/"
  destination = "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}${var.prefix == "" ? "" : "/${var.prefix}/"}"
  further     = setsubtract(var.regions, [data.aws_region.current.id])
  stem        = trimsuffix(local.bucket, "-${data.aws_region.current.id}")
}

# --------------------------------------------------------------------------------
# log-bucket: A bucket for the logs

# Kept when the stack goes: the logs are evidence.
resource "aws_s3_bucket" "logs" {
  bucket = local.bucket

  lifecycle {
    prevent_destroy = true
  }
}

# No policy or ACL can make the logs public.
resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Every object belongs to this account, whoever wrote it; ACLs are off.
resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# Encrypted at rest.
resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

# What is overwritten or deleted can be brought back.
resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id

  versioning_configuration {
    status = "Enabled"
  }
}

# Logs are removed after the retention, leftovers of versions and uploads sooner.
resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "sightline-retention"
    status = "Enabled"

    filter {}

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

# TLS only, and AWS's log services may write: each its own logs, on behalf of this account alone.
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Refuses every request without TLS, so that logs never cross a network in clear text.
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:*"]
        Resource = [
          "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}",
          "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/*",
        ]
        Condition = {
          Bool = {
            "aws:SecureTransport" = ["false"]
          }
        }
      },
      # The log delivery service looks whether it may write before it writes; only on behalf of this account.
      {
        Sid    = "FlowLogsAclCheck"
        Effect = "Allow"
        Principal = {
          Service = ["delivery.logs.amazonaws.com"]
        }
        Action   = ["s3:GetBucketAcl"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket}"]
        Condition = {
          ArnLike = {
            "aws:SourceArn" = flatten([
              "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
              [for one in local.further : "arn:${data.aws_partition.current.partition}:logs:${one}:${data.aws_caller_identity.current.account_id}:*"],
            ])
          }
          StringEquals = {
            "aws:SourceAccount" = [data.aws_caller_identity.current.account_id]
          }
        }
      },
      # The log delivery service writes flow logs of this account and no other.
      {
        Sid    = "FlowLogsWrite"
        Effect = "Allow"
        Principal = {
          Service = ["delivery.logs.amazonaws.com"]
        }
        Action   = ["s3:PutObject"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/${local.folder}AWSLogs/aws-account-id=${data.aws_caller_identity.current.account_id}/*"]
        Condition = {
          ArnLike = {
            "aws:SourceArn" = flatten([
              "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
              [for one in local.further : "arn:${data.aws_partition.current.partition}:logs:${one}:${data.aws_caller_identity.current.account_id}:*"],
            ])
          }
          StringEquals = {
            "aws:SourceAccount" = [data.aws_caller_identity.current.account_id]
            "s3:x-amz-acl"      = ["bucket-owner-full-control"]
          }
        }
      },
      # CloudTrail looks whether it may write before it writes; only for this trail.
      {
        Sid    = "CloudTrailAclCheck"
        Effect = "Allow"
        Principal = {
          Service = ["cloudtrail.amazonaws.com"]
        }
        Action   = ["s3:GetBucketAcl"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket}"]
        Condition = {
          StringEquals = {
            "aws:SourceArn" = ["arn:${data.aws_partition.current.partition}:cloudtrail:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:trail/${var.trail}"]
          }
        }
      },
      # CloudTrail writes the events of this trail and no other.
      {
        Sid    = "CloudTrailWrite"
        Effect = "Allow"
        Principal = {
          Service = ["cloudtrail.amazonaws.com"]
        }
        Action   = ["s3:PutObject"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/${local.folder}AWSLogs/${data.aws_caller_identity.current.account_id}/*"]
        Condition = {
          StringEquals = {
            "aws:SourceArn" = ["arn:${data.aws_partition.current.partition}:cloudtrail:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:trail/${var.trail}"]
            "s3:x-amz-acl"  = ["bucket-owner-full-control"]
          }
        }
      },
      # Bedrock writes invocation logs of this account, once they are switched on. It delivers into buckets of the
      # same account and region only: other regions need a bucket each.
      {
        Sid    = "BedrockWrite"
        Effect = "Allow"
        Principal = {
          Service = ["bedrock.amazonaws.com"]
        }
        Action   = ["s3:PutObject"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/${local.folder}AWSLogs/${data.aws_caller_identity.current.account_id}/BedrockModelInvocationLogs/*"]
        Condition = {
          ArnLike = {
            "aws:SourceArn" = flatten([
              "arn:${data.aws_partition.current.partition}:bedrock:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
              [for one in local.further : "arn:${data.aws_partition.current.partition}:bedrock:${one}:${data.aws_caller_identity.current.account_id}:*"],
            ])
          }
          StringEquals = {
            "aws:SourceAccount" = [data.aws_caller_identity.current.account_id]
          }
        }
      },
      # The log delivery service writes the look-ups of this account's VPCs and no other's.
      {
        Sid    = "LookUpsWrite"
        Effect = "Allow"
        Principal = {
          Service = ["delivery.logs.amazonaws.com"]
        }
        Action   = ["s3:PutObject"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/${local.folder}AWSLogs/${data.aws_caller_identity.current.account_id}/vpcdnsquerylogs/*"]
        Condition = {
          ArnLike = {
            "aws:SourceArn" = flatten([
              "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
              [for one in local.further : "arn:${data.aws_partition.current.partition}:logs:${one}:${data.aws_caller_identity.current.account_id}:*"],
            ])
          }
          StringEquals = {
            "aws:SourceAccount" = [data.aws_caller_identity.current.account_id]
            "s3:x-amz-acl"      = ["bucket-owner-full-control"]
          }
        }
      },
    ]
  })
  depends_on = [aws_s3_bucket_public_access_block.logs]
}

output "log_key_policy_statements" {
  description = "Add these statements to the policy of the logs' KMS key; a resource would replace the whole policy."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The log delivery service encrypts flow logs with the key, and finishes uploads in parts, which takes
      # decryption.
      {
        Sid    = "FlowLogsUseKey"
        Effect = "Allow"
        Principal = {
          Service = ["delivery.logs.amazonaws.com"]
        }
        Action = [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey*",
          "kms:ReEncrypt*",
        ]
        Resource = ["*"]
        Condition = {
          ArnLike = {
            "aws:SourceArn" = flatten([
              "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
              [for one in local.further : "arn:${data.aws_partition.current.partition}:logs:${one}:${data.aws_caller_identity.current.account_id}:*"],
            ])
          }
          StringEquals = {
            "aws:SourceAccount" = [data.aws_caller_identity.current.account_id]
          }
        }
      },
      # CloudTrail encrypts the events of this trail with the key.
      {
        Sid    = "CloudTrailUsesKey"
        Effect = "Allow"
        Principal = {
          Service = ["cloudtrail.amazonaws.com"]
        }
        Action = [
          "kms:DescribeKey",
          "kms:GenerateDataKey*",
        ]
        Resource = ["*"]
        Condition = {
          StringEquals = {
            "aws:SourceArn" = ["arn:${data.aws_partition.current.partition}:cloudtrail:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:trail/${var.trail}"]
          }
        }
      },
      # Bedrock encrypts invocation logs with the key.
      {
        Sid    = "BedrockUsesKey"
        Effect = "Allow"
        Principal = {
          Service = ["bedrock.amazonaws.com"]
        }
        Action   = ["kms:GenerateDataKey"]
        Resource = ["*"]
        Condition = {
          ArnLike = {
            "aws:SourceArn" = flatten([
              "arn:${data.aws_partition.current.partition}:bedrock:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
              [for one in local.further : "arn:${data.aws_partition.current.partition}:bedrock:${one}:${data.aws_caller_identity.current.account_id}:*"],
            ])
          }
          StringEquals = {
            "aws:SourceAccount" = [data.aws_caller_identity.current.account_id]
          }
        }
      },
    ]
  })
}

# --------------------------------------------------------------------------------
# cloudtrail: A trail that records model calls

# Every region, reads and writes, with digests that show when a log file was changed.
resource "aws_cloudtrail" "sightline" {
  name                          = var.trail
  s3_bucket_name                = local.bucket
  s3_key_prefix                 = var.prefix
  is_multi_region_trail         = true
  is_organization_trail         = false
  include_global_service_events = true
  enable_log_file_validation    = true
  enable_logging                = true
  kms_key_id                    = var.kms_key_arn

  # Calls of Bedrock models are management events, whether AWS counts them as reads or as writes: no `readOnly`
  # here.
  advanced_event_selector {
    name = "Management events, reads and writes"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  # AWS refuses a destination that it may not write to.
  depends_on = [aws_s3_bucket_policy.logs]
}

# --------------------------------------------------------------------------------
# vpc-flow-logs: VPC flow logs

# The whole VPC, so that interfaces made later are covered too; accepted and rejected traffic.
resource "aws_flow_log" "workloads" {
  for_each             = toset(var.vpc_ids)
  vpc_id               = each.value
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = local.destination
  # One minute: joining flows with pods and calls is by time. Ten minutes, the default, mixes them up.
  max_aggregation_interval = 60
  # Named field by field, versions 2 to 8: AWS's default format lacks what tells pods, direction and path.
  log_format = "$${version} $${account-id} $${interface-id} $${srcaddr} $${dstaddr} $${srcport} $${dstport} $${protocol} $${packets} $${bytes} $${start} $${end} $${action} $${log-status} $${vpc-id} $${subnet-id} $${instance-id} $${tcp-flags} $${type} $${pkt-srcaddr} $${pkt-dstaddr} $${region} $${az-id} $${sublocation-type} $${sublocation-id} $${pkt-src-aws-service} $${pkt-dst-aws-service} $${flow-direction} $${traffic-path} $${ecs-cluster-arn} $${ecs-cluster-name} $${ecs-container-instance-arn} $${ecs-container-instance-id} $${ecs-container-id} $${ecs-second-container-id} $${ecs-service-name} $${ecs-task-definition-arn} $${ecs-task-arn} $${ecs-task-id} $${reject-reason}"

  # Folders by account, region and hour, as query engines expect them; text, which every version of Sightline
  # reads.
  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = true
    per_hour_partition         = true
  }

  # AWS refuses a destination that it may not write to.
  depends_on = [aws_s3_bucket_policy.logs]
}

# --------------------------------------------------------------------------------
# resolver-logs: Route 53 Resolver query logging

# Where look-ups go: one configuration a region, for all its VPCs. The bucket may be in another region.
resource "aws_route53_resolver_query_log_config" "look_ups" {
  name            = "sightline"
  destination_arn = local.destination

  # AWS refuses a destination that it may not write to.
  depends_on = [aws_s3_bucket_policy.logs]
}

# Nothing is logged until a VPC is associated. A VPC created later has to be associated too.
resource "aws_route53_resolver_query_log_config_association" "look_ups" {
  for_each                     = toset(var.vpc_ids)
  resolver_query_log_config_id = aws_route53_resolver_query_log_config.look_ups.id
  resource_id                  = each.value
}

# --------------------------------------------------------------------------------
# scanner-identity: An identity for the scanner

# One hour at a time, by one principal, and only with the external id: without it, whoever learns the role's
# name could make the scanner's account read this one.
resource "aws_iam_role" "scanner" {
  name                 = var.scanner_role
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only this principal, and only with the external id.
      {
        Sid    = "ScannerWithExternalId"
        Effect = "Allow"
        Principal = {
          AWS = [var.principal]
        }
        Action = ["sts:AssumeRole"]
        Condition = {
          StringEquals = {
            "sts:ExternalId" = [var.scanner_external_id]
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "inventory_models" {
  name = "${var.scanner_role}-inventory-models"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventoryModels"
        Effect = "Allow"
        Action = [
          # configuration of aoss
          "aoss:BatchGetCollection",
          "aoss:BatchGetVpcEndpoint",
          "aoss:GetAccessPolicy",
          "aoss:GetSecurityConfig",
          "aoss:GetSecurityPolicy",
          "aoss:ListAccessPolicies",
          "aoss:ListCollections",
          "aoss:ListLifecyclePolicies",
          "aoss:ListSecurityConfigs",
          "aoss:ListSecurityPolicies",
          "aoss:ListVpcEndpoints",
          # bedrock: models, guardrails, agents, knowledge bases, flows, and how calls are logged
          "bedrock:GetAccountDataRetention",
          "bedrock:GetAdvancedPromptOptimizationJob",
          "bedrock:GetAgent",
          "bedrock:GetAgentActionGroup",
          "bedrock:GetAutomatedReasoningPolicy",
          "bedrock:GetBlueprint",
          "bedrock:GetCustomModel",
          "bedrock:GetDataAutomationLibrary",
          "bedrock:GetDataAutomationProject",
          "bedrock:GetDataSource",
          "bedrock:GetEvaluationJob",
          "bedrock:GetFlow",
          "bedrock:GetFoundationModelAvailability",
          "bedrock:GetGuardrail",
          "bedrock:GetImportedModel",
          "bedrock:GetKnowledgeBase",
          "bedrock:GetMarketplaceModelEndpoint",
          "bedrock:GetModelCustomizationJob",
          "bedrock:GetModelImportJob",
          "bedrock:GetModelInvocationLoggingConfiguration",
          "bedrock:GetPrompt",
          "bedrock:GetResourcePolicy",
          "bedrock:GetUseCaseForModelAccess",
          "bedrock:ListAdvancedPromptOptimizationJobs",
          "bedrock:ListAgentActionGroups",
          "bedrock:ListAgentAliases",
          "bedrock:ListAgentCollaborators",
          "bedrock:ListAgentKnowledgeBases",
          "bedrock:ListAgentVersions",
          "bedrock:ListAgents",
          "bedrock:ListAutomatedReasoningPolicies",
          "bedrock:ListBlueprints",
          "bedrock:ListCustomModelDeployments",
          "bedrock:ListCustomModels",
          "bedrock:ListDataAutomationLibraries",
          "bedrock:ListDataAutomationProjects",
          "bedrock:ListDataSources",
          "bedrock:ListEnforcedGuardrailsConfiguration",
          "bedrock:ListEvaluationJobs",
          "bedrock:ListFlowAliases",
          "bedrock:ListFlowVersions",
          "bedrock:ListFlows",
          "bedrock:ListFoundationModels",
          "bedrock:ListGuardrails",
          "bedrock:ListImportedModels",
          "bedrock:ListInferenceProfiles",
          "bedrock:ListIngestionJobs",
          "bedrock:ListKnowledgeBases",
          "bedrock:ListMarketplaceModelEndpoints",
          "bedrock:ListModelCopyJobs",
          "bedrock:ListModelCustomizationJobs",
          "bedrock:ListModelImportJobs",
          "bedrock:ListModelInvocationJobs",
          "bedrock:ListPromptRouters",
          "bedrock:ListPrompts",
          "bedrock:ListProvisionedModelThroughputs",
          "bedrock:ListVpcConfigurations",
          # bedrock-agentcore: agent runtimes, gateways and memories
          "bedrock-agentcore:GetAgentRuntime",
          "bedrock-agentcore:GetApiKeyCredentialProvider",
          "bedrock-agentcore:GetBrowser",
          "bedrock-agentcore:GetCapacityProvider",
          "bedrock-agentcore:GetCodeInterpreter",
          "bedrock-agentcore:GetConsentPortal",
          "bedrock-agentcore:GetDataset",
          "bedrock-agentcore:GetGateway",
          "bedrock-agentcore:GetGatewayTarget",
          "bedrock-agentcore:GetHarness",
          "bedrock-agentcore:GetMemory",
          "bedrock-agentcore:GetOauth2CredentialProvider",
          "bedrock-agentcore:GetOnlineEvaluationConfig",
          "bedrock-agentcore:GetRegistry",
          "bedrock-agentcore:GetResourcePolicy",
          "bedrock-agentcore:GetTokenVault",
          "bedrock-agentcore:GetWorkloadIdentity",
          "bedrock-agentcore:ListAgentRuntimeEndpoints",
          "bedrock-agentcore:ListAgentRuntimeVersions",
          "bedrock-agentcore:ListAgentRuntimes",
          "bedrock-agentcore:ListApiKeyCredentialProviders",
          "bedrock-agentcore:ListBrowserProfiles",
          "bedrock-agentcore:ListBrowsers",
          "bedrock-agentcore:ListCapacityProviders",
          "bedrock-agentcore:ListCodeInterpreters",
          "bedrock-agentcore:ListConfigurationBundles",
          "bedrock-agentcore:ListConsentPortals",
          "bedrock-agentcore:ListDatasets",
          "bedrock-agentcore:ListEvaluators",
          "bedrock-agentcore:ListGatewayRateLimits",
          "bedrock-agentcore:ListGatewayRules",
          "bedrock-agentcore:ListGatewayTargets",
          "bedrock-agentcore:ListGateways",
          "bedrock-agentcore:ListHarnessEndpoints",
          "bedrock-agentcore:ListHarnesses",
          "bedrock-agentcore:ListMemories",
          "bedrock-agentcore:ListOauth2CredentialProviders",
          "bedrock-agentcore:ListOnlineEvaluationConfigs",
          "bedrock-agentcore:ListPaymentConnectors",
          "bedrock-agentcore:ListPaymentCredentialProviders",
          "bedrock-agentcore:ListPaymentManagers",
          "bedrock-agentcore:ListPolicies",
          "bedrock-agentcore:ListPolicyEngines",
          "bedrock-agentcore:ListRegistries",
          "bedrock-agentcore:ListRegistryRecords",
          "bedrock-agentcore:ListWorkloadIdentities",
          # configuration of comprehend
          "comprehend:DescribeFlywheel",
          "comprehend:DescribeResourcePolicy",
          "comprehend:ListDatasets",
          "comprehend:ListDocumentClassificationJobs",
          "comprehend:ListDocumentClassifiers",
          "comprehend:ListDominantLanguageDetectionJobs",
          "comprehend:ListEndpoints",
          "comprehend:ListEntitiesDetectionJobs",
          "comprehend:ListEntityRecognizers",
          "comprehend:ListEventsDetectionJobs",
          "comprehend:ListFlywheels",
          "comprehend:ListKeyPhrasesDetectionJobs",
          "comprehend:ListPiiEntitiesDetectionJobs",
          "comprehend:ListSentimentDetectionJobs",
          "comprehend:ListTargetedSentimentDetectionJobs",
          "comprehend:ListTopicsDetectionJobs",
          # configuration of kendra
          "kendra:DescribeDataSource",
          "kendra:DescribeExperience",
          "kendra:DescribeFaq",
          "kendra:DescribeIndex",
          "kendra:ListAccessControlConfigurations",
          "kendra:ListDataSources",
          "kendra:ListExperiences",
          "kendra:ListFaqs",
          "kendra:ListIndices",
          "kendra:ListQuerySuggestionsBlockLists",
          "kendra:ListThesauri",
          # configuration of lex
          "lex:DescribeBot",
          "lex:DescribeBotAlias",
          "lex:DescribeBotLocale",
          "lex:DescribeResourcePolicy",
          "lex:ListBotAliases",
          "lex:ListBotLocales",
          "lex:ListBotReplicas",
          "lex:ListBotVersions",
          "lex:ListBots",
          "lex:ListTestSets",
          # configuration of personalize
          "personalize:DescribeDatasetGroup",
          "personalize:ListCampaigns",
          "personalize:ListDatasetGroups",
          "personalize:ListDatasets",
          "personalize:ListEventTrackers",
          "personalize:ListRecommenders",
          "personalize:ListSolutions",
          # configuration of qbusiness
          "qbusiness:GetApplication",
          "qbusiness:GetChatControlsConfiguration",
          "qbusiness:GetDataSource",
          "qbusiness:GetPlugin",
          "qbusiness:GetPolicy",
          "qbusiness:GetRetriever",
          "qbusiness:GetWebExperience",
          "qbusiness:ListApplications",
          "qbusiness:ListDataAccessors",
          "qbusiness:ListDataSources",
          "qbusiness:ListIndices",
          "qbusiness:ListPlugins",
          "qbusiness:ListRetrievers",
          "qbusiness:ListWebExperiences",
          # configuration of rekognition
          "rekognition:DescribeCollection",
          "rekognition:DescribeProjectVersions",
          "rekognition:DescribeProjects",
          "rekognition:DescribeStreamProcessor",
          "rekognition:ListCollections",
          "rekognition:ListMediaAnalysisJobs",
          "rekognition:ListProjectPolicies",
          "rekognition:ListStreamProcessors",
          # configuration of s3vectors
          "s3vectors:GetIndex",
          "s3vectors:GetVectorBucket",
          "s3vectors:GetVectorBucketPolicy",
          "s3vectors:ListIndexes",
          "s3vectors:ListVectorBuckets",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_models" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_models.arn
}

resource "aws_iam_policy" "inventory_models_2" {
  name = "${var.scanner_role}-inventory-models-2"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventoryModels2"
        Effect = "Allow"
        Action = [
          # configuration of textract
          "textract:GetAdapter",
          "textract:GetAdapterVersion",
          "textract:ListAdapterVersions",
          "textract:ListAdapters",
          # configuration of transcribe
          "transcribe:ListCallAnalyticsCategories",
          "transcribe:ListCallAnalyticsJobs",
          "transcribe:ListLanguageModels",
          "transcribe:ListMedicalScribeJobs",
          "transcribe:ListMedicalTranscriptionJobs",
          "transcribe:ListMedicalVocabularies",
          "transcribe:ListTranscriptionJobs",
          "transcribe:ListVocabularies",
          "transcribe:ListVocabularyFilters",
          # configuration of translate
          "translate:ListParallelData",
          "translate:ListTerminologies",
          "translate:ListTextTranslationJobs",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_models_2" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_models_2.arn
}

resource "aws_iam_policy" "inventory_sagemaker" {
  name = "${var.scanner_role}-inventory-sagemaker"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventorySagemaker"
        Effect = "Allow"
        Action = [
          # sagemaker: endpoints, models and notebooks
          "sagemaker:DescribeAlgorithm",
          "sagemaker:DescribeAutoMLJobV2",
          "sagemaker:DescribeCluster",
          "sagemaker:DescribeDataQualityJobDefinition",
          "sagemaker:DescribeDomain",
          "sagemaker:DescribeEndpoint",
          "sagemaker:DescribeEndpointConfig",
          "sagemaker:DescribeFeatureGroup",
          "sagemaker:DescribeFlowDefinition",
          "sagemaker:DescribeHub",
          "sagemaker:DescribeHyperParameterTuningJob",
          "sagemaker:DescribeImageVersion",
          "sagemaker:DescribeInferenceComponent",
          "sagemaker:DescribeInferenceExperiment",
          "sagemaker:DescribeLabelingJob",
          "sagemaker:DescribeMlflowApp",
          "sagemaker:DescribeMlflowTrackingServer",
          "sagemaker:DescribeModel",
          "sagemaker:DescribeModelBiasJobDefinition",
          "sagemaker:DescribeModelExplainabilityJobDefinition",
          "sagemaker:DescribeModelPackage",
          "sagemaker:DescribeModelQualityJobDefinition",
          "sagemaker:DescribeMonitoringSchedule",
          "sagemaker:DescribeNotebookInstance",
          "sagemaker:DescribePartnerApp",
          "sagemaker:DescribePipeline",
          "sagemaker:DescribeProcessingJob",
          "sagemaker:DescribeTrainingJob",
          "sagemaker:DescribeTransformJob",
          "sagemaker:DescribeUserProfile",
          "sagemaker:GetModelPackageGroupPolicy",
          "sagemaker:ListAlgorithms",
          "sagemaker:ListAppImageConfigs",
          "sagemaker:ListApps",
          "sagemaker:ListAutoMLJobs",
          "sagemaker:ListClusterNodes",
          "sagemaker:ListClusterSchedulerConfigs",
          "sagemaker:ListClusters",
          "sagemaker:ListCodeRepositories",
          "sagemaker:ListComputeQuotas",
          "sagemaker:ListDataQualityJobDefinitions",
          "sagemaker:ListDomains",
          "sagemaker:ListEndpointConfigs",
          "sagemaker:ListEndpoints",
          "sagemaker:ListFeatureGroups",
          "sagemaker:ListFlowDefinitions",
          "sagemaker:ListHubContents",
          "sagemaker:ListHubs",
          "sagemaker:ListHyperParameterTuningJobs",
          "sagemaker:ListImageVersions",
          "sagemaker:ListImages",
          "sagemaker:ListInferenceComponents",
          "sagemaker:ListInferenceExperiments",
          "sagemaker:ListLabelingJobs",
          "sagemaker:ListMlflowApps",
          "sagemaker:ListMlflowTrackingServers",
          "sagemaker:ListModelBiasJobDefinitions",
          "sagemaker:ListModelCards",
          "sagemaker:ListModelExplainabilityJobDefinitions",
          "sagemaker:ListModelPackageGroups",
          "sagemaker:ListModelPackages",
          "sagemaker:ListModelQualityJobDefinitions",
          "sagemaker:ListModels",
          "sagemaker:ListMonitoringSchedules",
          "sagemaker:ListNotebookInstanceLifecycleConfigs",
          "sagemaker:ListNotebookInstances",
          "sagemaker:ListPartnerApps",
          "sagemaker:ListPipelineExecutions",
          "sagemaker:ListPipelines",
          "sagemaker:ListProcessingJobs",
          "sagemaker:ListProjects",
          "sagemaker:ListSpaces",
          "sagemaker:ListStudioLifecycleConfigs",
          "sagemaker:ListTrainingJobs",
          "sagemaker:ListTrainingPlans",
          "sagemaker:ListTransformJobs",
          "sagemaker:ListUserProfiles",
          "sagemaker:ListWorkforces",
          "sagemaker:ListWorkteams",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_sagemaker" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_sagemaker.arn
}

resource "aws_iam_policy" "inventory_identity" {
  name = "${var.scanner_role}-inventory-identity"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventoryIdentity"
        Effect = "Allow"
        Action = [
          # configuration of access-analyzer
          "access-analyzer:ListAnalyzers",
          # account: which regions the account has enabled
          "account:GetAlternateContact",
          "account:GetContactInformation",
          "account:ListRegions",
          # configuration of cognito-identity
          "cognito-identity:DescribeIdentityPool",
          "cognito-identity:GetIdentityPoolRoles",
          "cognito-identity:ListIdentityPools",
          # configuration of cognito-idp
          "cognito-idp:ListUserPools",
          # iam: who holds which permissions: who can use a model
          "iam:GenerateCredentialReport",
          "iam:GetAccountAuthorizationDetails",
          "iam:GetAccountPasswordPolicy",
          "iam:GetAccountSummary",
          "iam:GetCredentialReport",
          "iam:GetLoginProfile",
          "iam:GetOpenIDConnectProvider",
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListAccessKeys",
          "iam:ListAccountAliases",
          "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfiles",
          "iam:ListMFADevices",
          "iam:ListOpenIDConnectProviders",
          "iam:ListOrganizationsFeatures",
          "iam:ListRolePolicies",
          "iam:ListSAMLProviders",
          "iam:ListServerCertificates",
          "iam:ListServiceSpecificCredentials",
          "iam:ListVirtualMFADevices",
          # kms: which keys protect models and logs; no key is used
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListKeys",
          # organizations: the accounts, and the policies above them
          "organizations:DescribeEffectivePolicy",
          "organizations:DescribeOrganization",
          "organizations:DescribePolicy",
          "organizations:DescribeResourcePolicy",
          "organizations:ListAccounts",
          "organizations:ListAccountsForParent",
          "organizations:ListDelegatedAdministrators",
          "organizations:ListDelegatedServicesForAccount",
          "organizations:ListOrganizationalUnitsForParent",
          "organizations:ListParents",
          "organizations:ListPolicies",
          "organizations:ListPoliciesForTarget",
          "organizations:ListRoots",
          "organizations:ListTargetsForPolicy",
          # configuration of secretsmanager
          "secretsmanager:GetResourcePolicy",
          "secretsmanager:ListSecrets",
          # sts: whom the scanner calls as
          "sts:GetCallerIdentity",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_identity" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_identity.arn
}

resource "aws_iam_policy" "inventory_data" {
  name = "${var.scanner_role}-inventory-data"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventoryData"
        Effect = "Allow"
        Action = [
          # configuration of elasticfilesystem
          "elasticfilesystem:DescribeFileSystems",
          # configuration of glacier
          "glacier:GetVaultAccessPolicy",
          "glacier:ListVaults",
          # configuration of rds
          "rds:DescribeDBClusters",
          "rds:DescribeDBInstances",
          # s3: buckets of training data and logs, and who may read them; no object is read
          "s3:GetAccountPublicAccessBlock",
          "s3:GetBucketAcl",
          "s3:GetBucketLocation",
          "s3:GetBucketLogging",
          "s3:GetBucketObjectLockConfiguration",
          "s3:GetBucketOwnershipControls",
          "s3:GetBucketPolicy",
          "s3:GetBucketPolicyStatus",
          "s3:GetBucketPublicAccessBlock",
          "s3:GetBucketVersioning",
          "s3:GetEncryptionConfiguration",
          "s3:ListAllMyBuckets",
          # configuration of sns
          "sns:GetTopicAttributes",
          "sns:ListSubscriptions",
          "sns:ListTopics",
          # configuration of sqs
          "sqs:GetQueueAttributes",
          "sqs:ListQueues",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_data" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_data.arn
}

resource "aws_iam_policy" "inventory_oversight" {
  name = "${var.scanner_role}-inventory-oversight"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventoryOversight"
        Effect = "Allow"
        Action = [
          # configuration of budgets
          "budgets:ViewBudget",
          # configuration of ce
          "ce:GetAnomalyMonitors",
          "ce:GetAnomalySubscriptions",
          # cloudtrail: which trails record what, and whether they do
          "cloudtrail:DescribeTrails",
          "cloudtrail:GetChannel",
          "cloudtrail:GetEventDataStore",
          "cloudtrail:GetEventSelectors",
          "cloudtrail:GetInsightSelectors",
          "cloudtrail:GetTrailStatus",
          "cloudtrail:ListChannels",
          "cloudtrail:ListEventDataStores",
          # configuration of cloudwatch
          "cloudwatch:DescribeAlarms",
          "cloudwatch:GetMetricStatistics",
          "cloudwatch:ListMetrics",
          # configuration of config
          "config:DescribeConfigurationRecorderStatus",
          "config:DescribeConfigurationRecorders",
          "config:DescribeDeliveryChannels",
          # configuration of events
          "events:ListEventBuses",
          "events:ListRules",
          # configuration of guardduty
          "guardduty:GetDetector",
          "guardduty:ListDetectors",
          # logs: where logs go; no log is read
          "logs:DescribeAccountPolicies",
          "logs:DescribeDeliveries",
          "logs:DescribeDeliverySources",
          "logs:DescribeLogGroups",
          "logs:DescribeMetricFilters",
          # configuration of macie2
          "macie2:GetMacieSession",
          # configuration of securityhub
          "securityhub:DescribeHub",
          "securityhub:GetEnabledStandards",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_oversight" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_oversight.arn
}

resource "aws_iam_policy" "inventory_workloads" {
  name = "${var.scanner_role}-inventory-workloads"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Each action is one call that Sightline makes to list or describe configuration; none changes anything, none
      # reads data. Most of them know no resource, hence all of them.
      {
        Sid    = "InventoryWorkloads"
        Effect = "Allow"
        Action = [
          # configuration of application-autoscaling
          "application-autoscaling:DescribeScalableTargets",
          "application-autoscaling:DescribeScalingPolicies",
          # configuration of autoscaling
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeLaunchConfigurations",
          # configuration of cloudformation
          "cloudformation:DescribeStacks",
          # configuration of cloudfront
          "cloudfront:GetDistributionConfig",
          "cloudfront:ListDistributions",
          # configuration of codebuild
          "codebuild:BatchGetProjects",
          "codebuild:ListProjects",
          # ec2: instances, networks, endpoints and flow logs: the paths to the models
          "ec2:DescribeAddresses",
          "ec2:DescribeEgressOnlyInternetGateways",
          "ec2:DescribeFlowLogs",
          "ec2:DescribeImages",
          "ec2:DescribeInstanceAttribute",
          "ec2:DescribeInstanceConnectEndpoints",
          "ec2:DescribeInstances",
          "ec2:DescribeInternetGateways",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:DescribeManagedPrefixLists",
          "ec2:DescribeNatGateways",
          "ec2:DescribeNetworkAcls",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribePrefixLists",
          "ec2:DescribeRegions",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSnapshots",
          "ec2:DescribeSubnets",
          "ec2:DescribeTransitGatewayAttachments",
          "ec2:DescribeTransitGatewayRouteTables",
          "ec2:DescribeTransitGateways",
          "ec2:DescribeVolumes",
          "ec2:DescribeVpcBlockPublicAccessExclusions",
          "ec2:DescribeVpcBlockPublicAccessOptions",
          "ec2:DescribeVpcEndpointConnections",
          "ec2:DescribeVpcEndpointServiceConfigurations",
          "ec2:DescribeVpcEndpointServicePermissions",
          "ec2:DescribeVpcEndpoints",
          "ec2:DescribeVpcPeeringConnections",
          "ec2:DescribeVpcs",
          "ec2:DescribeVpnGateways",
          "ec2:GetEbsDefaultKmsKeyId",
          "ec2:GetEbsEncryptionByDefault",
          "ec2:GetInstanceMetadataDefaults",
          "ec2:GetManagedPrefixListEntries",
          "ec2:GetSnapshotBlockPublicAccessState",
          "ec2:SearchTransitGatewayRoutes",
          # configuration of ecr
          "ecr:DescribeImages",
          "ecr:DescribePullThroughCacheRules",
          "ecr:DescribeRepositories",
          "ecr:GetRegistryPolicy",
          "ecr:GetRegistryScanningConfiguration",
          "ecr:GetRepositoryPolicy",
          # ecs: tasks that call models
          "ecs:DescribeClusters",
          "ecs:DescribeContainerInstances",
          "ecs:DescribeServices",
          "ecs:DescribeTaskDefinition",
          "ecs:DescribeTasks",
          "ecs:ListClusters",
          "ecs:ListContainerInstances",
          "ecs:ListServices",
          "ecs:ListTaskDefinitionFamilies",
          "ecs:ListTasks",
          # eks: clusters, who may enter them, and which pods hold which roles
          "eks:DescribeAccessEntry",
          "eks:DescribeAddon",
          "eks:DescribeCluster",
          "eks:DescribeFargateProfile",
          "eks:DescribeNodegroup",
          "eks:DescribePodIdentityAssociation",
          "eks:ListAccessEntries",
          "eks:ListAddons",
          "eks:ListAssociatedAccessPolicies",
          "eks:ListClusters",
          "eks:ListFargateProfiles",
          "eks:ListIdentityProviderConfigs",
          "eks:ListNodegroups",
          "eks:ListPodIdentityAssociations",
          # configuration of elasticloadbalancing
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancerAttributes",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
          # configuration of glue
          "glue:GetJobs",
          # lambda: functions that call models, and their roles
          "lambda:GetFunctionUrlConfig",
          "lambda:GetPolicy",
          "lambda:ListAliases",
          "lambda:ListEventSourceMappings",
          "lambda:ListFunctions",
          # configuration of neptune-graph
          "neptune-graph:ListGraphs",
          # configuration of network-firewall
          "network-firewall:DescribeFirewall",
          "network-firewall:DescribeFirewallPolicy",
          "network-firewall:DescribeLoggingConfiguration",
          "network-firewall:ListFirewallPolicies",
          "network-firewall:ListFirewalls",
          "network-firewall:ListRuleGroups",
          # configuration of route53resolver
          "route53resolver:ListFirewallConfigs",
          "route53resolver:ListFirewallRuleGroupAssociations",
          "route53resolver:ListFirewallRuleGroups",
          "route53resolver:ListFirewallRules",
          "route53resolver:ListResolverConfigs",
          "route53resolver:ListResolverEndpoints",
          "route53resolver:ListResolverQueryLogConfigAssociations",
          "route53resolver:ListResolverQueryLogConfigs",
          "route53resolver:ListResolverRuleAssociations",
          "route53resolver:ListResolverRules",
          # configuration of states
          "states:DescribeStateMachine",
          "states:ListStateMachines",
          # configuration of wafv2
          "wafv2:ListResourcesForWebACL",
          "wafv2:ListWebACLs",
        ]
        Resource = ["*"]
      },
      # On everything it would read more than configuration: here on what is listed alone.
      {
        Sid    = "InventoryApigatewayGET"
        Effect = "Allow"
        Action = ["apigateway:GET"]
        Resource = [
          "arn:*:apigateway:*::/apis",
          "arn:*:apigateway:*::/apis/*/stages",
          "arn:*:apigateway:*::/restapis",
          "arn:*:apigateway:*::/restapis/*/stages",
        ]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "inventory_workloads" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.inventory_workloads.arn
}

resource "aws_iam_policy" "logs" {
  name = "${var.scanner_role}-logs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in [
      # How the log bucket is set up: verification compares it with what it should be.
      {
        Sid    = "DescribeLogBucket"
        Effect = "Allow"
        Action = [
          # which region the log bucket is in
          "s3:GetBucketLocation",
          # whether AWS's log services may deliver, and nobody without TLS
          "s3:GetBucketPolicy",
          # whether the log bucket is closed to the public
          "s3:GetBucketPublicAccessBlock",
          # whether the log bucket keeps versions
          "s3:GetBucketVersioning",
          # whether the log bucket encrypts, and with which key
          "s3:GetEncryptionConfiguration",
          # whether logs are removed one day
          "s3:GetLifecycleConfiguration",
        ]
        Resource = flatten([
          "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}",
          [for one in local.further : "arn:${data.aws_partition.current.partition}:s3:::${local.stem}-${one}"],
        ])
      },
      # Which log files there are; names below AWSLogs/ alone.
      {
        Sid    = "ListLogs"
        Effect = "Allow"
        Action = ["s3:ListBucket"]
        Resource = flatten([
          "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}",
          [for one in local.further : "arn:${data.aws_partition.current.partition}:s3:::${local.stem}-${one}"],
        ])
        Condition = {
          StringLike = {
            "s3:prefix" = ["${local.folder}AWSLogs/*"]
          }
        }
      },
      # The log files themselves: the only data that the scanner reads.
      {
        Sid    = "ReadLogs"
        Effect = "Allow"
        Action = ["s3:GetObject"]
        Resource = flatten([
          "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/${local.folder}AWSLogs/*",
          [for one in local.further : "arn:${data.aws_partition.current.partition}:s3:::${local.stem}-${one}/${local.folder}AWSLogs/*"],
        ])
      },
      # The logs are encrypted with this key; it opens them through S3 alone.
      {
        Sid      = "DecryptLogs"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = compact([var.kms_key_arn])
        Condition = {
          StringEquals = {
            "kms:ViaService" = flatten([
              "s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}",
              [for one in local.further : "s3.${one}.${data.aws_partition.current.dns_suffix}"],
            ])
          }
        }
      },
      # The organization's other accounts are read through a role of this name in each of them, and no other role is
      # assumed.
      {
        Sid      = "EnterMembers"
        Effect   = "Allow"
        Action   = ["sts:AssumeRole"]
        Resource = [for role in ["arn:${data.aws_partition.current.partition}:iam::*:role/${var.scanner_role}"] : role if length(var.organizational_units) > 0]
      },
    ] : statement if try(length(statement.Resource) > 0, true)]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.scanner.name
  policy_arn = aws_iam_policy.logs.arn
}
