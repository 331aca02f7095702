"""A small estate in the emulators, with what is hard to carry in it: pages, documents, escapes, times, empty lists."""

import io
import json
import zipfile

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "bedrock:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/x": ["a*", 'é&<"']}}}],
    }
)
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/role-000"


def fill(client) -> None:
    """`client` makes a boto3 client of a service."""
    identities(client("iam"))
    network(client("ec2"))
    buckets(client("s3"))
    trails_and_keys(client("cloudtrail"), client("kms"))
    compute(client("lambda"), client("eks"), client("ec2"))
    models(client("sagemaker"), client("bedrock"), client("bedrock-agent"))


def identities(iam) -> None:
    for index in range(101):
        iam.create_role(RoleName=f"role-{index:03}", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "index", "Value": str(index)}])
    iam.put_role_policy(RoleName="role-000", PolicyName="inline", PolicyDocument=POLICY)
    policy = iam.create_policy(PolicyName="models", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="role-000", PolicyArn=policy)
    iam.create_user(UserName="ada")
    iam.create_access_key(UserName="ada")
    iam.create_group(GroupName="people")
    iam.add_user_to_group(UserName="ada", GroupName="people")


def network(ec2) -> None:
    group = ec2.create_security_group(GroupName="web", Description="w & <x>")["GroupId"]
    ranges = {"IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **ranges}])
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "n 1"}]}]
    ec2.run_instances(ImageId=image, MinCount=3, MaxCount=3, InstanceType="t3.micro", SecurityGroupIds=[group], TagSpecifications=tags)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.bedrock-runtime", VpcEndpointType="Interface")


def buckets(s3) -> None:
    for name in ("alpha-bucket", "beta.dotted.bucket"):
        s3.create_bucket(Bucket=name)
    s3.create_bucket(Bucket="west-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::alpha-bucket/*"}]}
    s3.put_bucket_policy(Bucket="alpha-bucket", Policy=json.dumps(allow))
    s3.put_bucket_versioning(Bucket="alpha-bucket", VersioningConfiguration={"Status": "Enabled"})
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    s3.put_public_access_block(Bucket="alpha-bucket", PublicAccessBlockConfiguration=block)
    for index in range(5):
        s3.put_object(Bucket="alpha-bucket", Key=f"dir/k {index}+ü", Body=b"content")


def trails_and_keys(cloudtrail, kms) -> None:
    for name in ("trail-1", "trail-2"):
        cloudtrail.create_trail(Name=name, S3BucketName="alpha-bucket", IsMultiRegionTrail=name == "trail-1")
    cloudtrail.start_logging(Name="trail-1")
    kms.create_key(Description="k & <x>")


def compute(lambdas, eks, ec2) -> None:
    code = io.BytesIO()
    zipfile.ZipFile(code, "w").writestr("a.py", "def h(e, c): pass")
    for index in range(51):
        lambdas.create_function(
            FunctionName=f"f{index:03}",
            Runtime="python3.13",
            Role=ROLE,
            Handler="a.h",
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": {"A": "1"}},
        )
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    for index in range(2):
        eks.create_cluster(name=f"c{index}", roleArn=ROLE, resourcesVpcConfig={"subnetIds": [subnet]}, tags={"k": "v"})


def models(sagemaker, bedrock, agents) -> None:
    for index in range(3):
        sagemaker.create_notebook_instance(NotebookInstanceName=f"nb{index}", InstanceType="ml.t2.medium", RoleArn=ROLE, DirectInternetAccess="Enabled")
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.t2.medium"}
    sagemaker.create_endpoint_config(EndpointConfigName="ec", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="ec")
    words = {"wordsConfig": [{"text": "x"}]}
    for index in range(3):
        bedrock.create_guardrail(name=f"g{index}", blockedInputMessaging="no", blockedOutputsMessaging="no", wordPolicyConfig=words)
    logging = {"s3Config": {"bucketName": "alpha-bucket"}, "textDataDeliveryEnabled": True}
    bedrock.put_model_invocation_logging_configuration(loggingConfig=logging)
    for index in range(3):
        agents.create_agent(agentName=f"a{index}", agentResourceRoleArn=ROLE, foundationModel="anthropic.claude-v2", instruction="x" * 50)
