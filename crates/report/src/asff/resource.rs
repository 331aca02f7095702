//! What Security Hub calls a kind of resource.

use sightline_model::Arn;

/// Service, type in the ARN (nothing where it has none), and the name of the kind.
const KINDS: &[(&str, &str, &str)] = &[
    ("cloudtrail", "trail", "AwsCloudTrailTrail"),
    ("cloudwatch", "alarm", "AwsCloudWatchAlarm"),
    ("dynamodb", "table", "AwsDynamoDbTable"),
    ("ec2", "instance", "AwsEc2Instance"),
    ("ec2", "network-acl", "AwsEc2NetworkAcl"),
    ("ec2", "network-interface", "AwsEc2NetworkInterface"),
    ("ec2", "route-table", "AwsEc2RouteTable"),
    ("ec2", "security-group", "AwsEc2SecurityGroup"),
    ("ec2", "subnet", "AwsEc2Subnet"),
    ("ec2", "transit-gateway", "AwsEc2TransitGateway"),
    ("ec2", "volume", "AwsEc2Volume"),
    ("ec2", "vpc", "AwsEc2Vpc"),
    ("ecr", "repository", "AwsEcrRepository"),
    ("ecs", "cluster", "AwsEcsCluster"),
    ("ecs", "service", "AwsEcsService"),
    ("ecs", "task", "AwsEcsTask"),
    ("ecs", "task-definition", "AwsEcsTaskDefinition"),
    ("eks", "cluster", "AwsEksCluster"),
    ("es", "domain", "AwsOpenSearchServiceDomain"),
    ("guardduty", "detector", "AwsGuardDutyDetector"),
    ("iam", "group", "AwsIamGroup"),
    ("iam", "policy", "AwsIamPolicy"),
    ("iam", "role", "AwsIamRole"),
    ("iam", "user", "AwsIamUser"),
    ("kms", "key", "AwsKmsKey"),
    ("lambda", "function", "AwsLambdaFunction"),
    ("network-firewall", "firewall", "AwsNetworkFirewallFirewall"),
    ("network-firewall", "firewall-policy", "AwsNetworkFirewallFirewallPolicy"),
    ("rds", "cluster", "AwsRdsDbCluster"),
    ("rds", "db", "AwsRdsDbInstance"),
    ("s3", "", "AwsS3Bucket"),
    ("sagemaker", "notebook-instance", "AwsSageMakerNotebookInstance"),
    ("secretsmanager", "secret", "AwsSecretsManagerSecret"),
    ("sns", "", "AwsSnsTopic"),
    ("sqs", "", "AwsSqsQueue"),
    ("states", "stateMachine", "AwsStepFunctionStateMachine"),
];

/// The kind; `Other` for what Security Hub has no name for, which are all kinds of Bedrock.
pub(super) fn kind(arn: Option<&Arn>) -> &'static str {
    let Some(arn) = arn else { return "Other" };
    if arn.service() == "iam" && arn.resource() == "root" {
        return "AwsAccount";
    }
    let found = KINDS.iter().find(|(service, kind, _)| *service == arn.service() && *kind == arn.resource_type());
    found.map_or("Other", |(.., name)| name)
}
