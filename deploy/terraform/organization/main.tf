# The scanner's role in the other accounts of an organization. Apply it in the management account.
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

# --------------------------------------------------------------------------------
# organization: The organization's other accounts

# The role in each account, and only the role: the template is the whole of what is deployed. Accounts that join
# later get it by themselves, accounts that leave lose it.
# Apply it with the credentials of the organization's management account. A stack set with service-managed
# permissions does not deploy to the management account itself: if that one is to be read too, apply
# scanner-identity there.
resource "aws_cloudformation_stack_set" "scanner" {
  name             = "sightline-scanner"
  description      = "Sightline: the role that the scanner reads this account with."
  permission_model = "SERVICE_MANAGED"
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  # The role reads the configuration of its account. It reads no logs: they lie in the scanner's own account.
  template_body = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Sightline: the role that the scanner reads the account with."
    Resources = {
      # One hour at a time, by one principal, and only with the external id: without it, whoever learns the role's
      # name could make the scanner's account read this one.
      ScannerRole = {
        Type = "AWS::IAM::Role"
        Properties = {
          RoleName           = var.scanner_role
          MaxSessionDuration = 3600
          AssumeRolePolicyDocument = {
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
          }
          # The role holds what Sightline calls, and nothing else.
          ManagedPolicyArns = [
            {
              Ref = "InventoryModelsPolicy"
            },
            {
              Ref = "InventoryModels2Policy"
            },
            {
              Ref = "InventorySagemakerPolicy"
            },
            {
              Ref = "InventoryIdentityPolicy"
            },
            {
              Ref = "InventoryDataPolicy"
            },
            {
              Ref = "InventoryOversightPolicy"
            },
            {
              Ref = "InventoryWorkloadsPolicy"
            },
          ]
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventoryModelsPolicy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-models"
          PolicyDocument = {
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
          }
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventoryModels2Policy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-models-2"
          PolicyDocument = {
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
          }
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventorySagemakerPolicy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-sagemaker"
          PolicyDocument = {
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
          }
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventoryIdentityPolicy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-identity"
          PolicyDocument = {
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
          }
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventoryDataPolicy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-data"
          PolicyDocument = {
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
          }
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventoryOversightPolicy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-oversight"
          PolicyDocument = {
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
          }
        }
      }
      # A managed policy: inline ones of a role share 10,240 characters.
      InventoryWorkloadsPolicy = {
        Type = "AWS::IAM::ManagedPolicy"
        Properties = {
          ManagedPolicyName = "${var.scanner_role}-inventory-workloads"
          PolicyDocument = {
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
          }
        }
      }
    }
    Outputs = {
      ScannerRoleArn = {
        Description = "Give it to the scanner as --role-arn"
        Value = {
          "Fn::GetAtt" = [
            "ScannerRole",
            "Arn",
          ]
        }
      }
    }
  })

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  # AWS fills it in where permissions are service-managed.
  lifecycle {
    ignore_changes = [administration_role_arn]
  }
}

# The accounts below these organizational units. IAM knows no regions: one is enough.
resource "aws_cloudformation_stack_set_instance" "scanner" {
  stack_set_name = aws_cloudformation_stack_set.scanner.name

  deployment_targets {
    organizational_unit_ids = var.organizational_units
  }
}
