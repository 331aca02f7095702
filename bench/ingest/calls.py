"""Invented API calls, as CloudTrail writes them: 1 to 2.5 KB of JSON each."""

from __future__ import annotations

from random import Random
from uuid import UUID

ACCOUNTS = ("123456789012", "210987654321")
MODELS = (
    "anthropic.claude-sonnet-4-5-20250929-v1:0", "eu.anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.nova-pro-v1:0",
    "amazon.titan-embed-text-v2:0", "meta.llama3-3-70b-instruct-v1:0", "mistral.mistral-large-2407-v1:0",
)
AGENTS = (
    "Boto3/1.43.106 md/Botocore#1.43.106 md/awscrt#0.31.1 ua/2.1 os/linux#6.12.40-64.114.amzn2023.x86_64 md/arch#x86_64 lang/python#3.13.5 "
    "md/pyimpl#CPython m/b,Z,D cfg/retry-mode#standard Botocore/1.43.106",
    "aws-sdk-java/2.33.4 md/io#sync md/http#Apache ua/2.1 os/Linux#5.10.240 lang/java#21.0.8 md/OpenJDK_64-Bit_Server_VM#21.0.8+9-LTS md/vendor#Amazon.com_Inc. "
    "md/en_US exec-env/AWS_Lambda_java21 m/E,b,D",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.15.0 (+https://registry.terraform.io/providers/hashicorp/aws) "
    "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.254.1 m/n",
    "aws-cli/2.31.8 md/awscrt#0.28.1 ua/2.1 os/macos#25.0.0 md/arch#arm64 lang/python#3.13.7 md/pyimpl#CPython m/E,Z,b,C cfg/retry-mode#standard "
    "md/installer#exe md/prompt#off md/command#s3.cp",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
)
DESCRIBED = (
    "DescribeInstances", "DescribeNetworkInterfaces", "DescribeVolumes", "DescribeSubnets", "DescribeVpcs", "DescribeSecurityGroups",
    "DescribeTags", "DescribeRouteTables", "DescribeInstanceStatus", "DescribeLaunchTemplateVersions",
)


class Actor:
    """A role's session, or a user: its `userIdentity` and where it calls from."""

    def __init__(self, rng: Random, number: int) -> None:
        self.account = account = ACCOUNTS[number % 3 == 0]
        self.region = "us-east-1" if number % 3 == 0 else "eu-west-1"
        self.agent = AGENTS[number % len(AGENTS)]
        self.inside = rng.random() < 0.7
        self.address = f"10.{rng.randrange(16, 48)}.{rng.randrange(256)}.{rng.randrange(4, 250)}" if self.inside else \
            f"{rng.choice((3, 18, 34, 52, 54, 91))}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
        self.endpoint = f"vpce-{rng.getrandbits(68):017x}" if self.inside else None
        name = rng.choice(("orders", "search", "support-chat", "ingest", "reports", "billing", "deploy", "karpenter")) + f"-{number:04}"
        if number % 12 == 0:
            principal = f"AIDA{letters(rng)}"
            self.identity: dict[str, object] = {
                "type": "IAMUser", "principalId": principal, "arn": f"arn:aws:iam::{account}:user/{name}", "accountId": account,
                "accessKeyId": f"AKIA{letters(rng)}", "userName": name}
            return
        principal = f"AROA{letters(rng)}"
        session = rng.choice((f"i-{rng.getrandbits(68):017x}", f"eks-{name}-{rng.getrandbits(40):x}", "botocore-session-1795132800", f"{name}@example.com"))
        context: dict[str, object] = {
            "sessionIssuer": {"type": "Role", "principalId": principal, "arn": f"arn:aws:iam::{account}:role/apps/{name}", "accountId": account, "userName": name},
            "attributes": {"creationDate": "2026-11-20T00:00:00Z", "mfaAuthenticated": "false"}}
        if session.startswith("i-"):
            context["ec2RoleDelivery"] = "2.0"
        self.identity = {
            "type": "AssumedRole", "principalId": f"{principal}:{session}", "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            "accountId": account, "accessKeyId": f"ASIA{letters(rng)}", "sessionContext": context}


def letters(rng: Random, length: int = 16) -> str:
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=length))


def uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


class Event:
    """One call's own part: what its service adds to the frame of every event."""

    def __init__(self, source: str, name: str, request: object, response: object = None, read_only: bool = True, data: bool = False,
                 resources: list[dict[str, str]] | None = None, more: dict[str, object] | None = None, host: str = "") -> None:
        self.source, self.name, self.request, self.response = source, name, request, response
        self.read_only, self.data, self.resources, self.more, self.host = read_only, data, resources, more, host


def bedrock(rng: Random, by: Actor) -> Event:
    model = rng.choice(MODELS)
    request: dict[str, object] = {"modelId": model}
    if rng.random() < 0.3:
        request |= {"guardrailIdentifier": "gr4x7k2m9q1z", "guardrailVersion": "3"}
    more: dict[str, object] = {}
    if model.startswith("eu."):
        more["inferenceRegion"] = rng.choice(("eu-central-1", "eu-north-1", "eu-west-3"))
    if rng.random() < 0.03:
        more["callWithBearerToken"] = True
    name = rng.choice(("InvokeModel", "Converse", "InvokeModelWithResponseStream", "ConverseStream"))
    return Event("bedrock.amazonaws.com", name, request, more=more or None, host=f"bedrock-runtime.{by.region}.amazonaws.com")


def sts(rng: Random, by: Actor) -> Event:
    account, key = by.account, f"ASIA{letters(rng)}"
    role, session = f"apps-{rng.randrange(400):04}", f"session-{rng.getrandbits(40):x}"
    response: dict[str, object] = {
        "credentials": {"accessKeyId": key, "sessionToken": "".join(letters(rng, 32) for _ in range(8)), "expiration": "Nov 20, 2026, 7:00:00 AM"},
        "assumedRoleUser": {"assumedRoleId": f"AROA{letters(rng)}:{session}", "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}"}}
    request: dict[str, object] = {"roleArn": f"arn:aws:iam::{account}:role/apps/{role}", "roleSessionName": session, "durationSeconds": 3600}
    resources = [{"accountId": account, "type": "AWS::IAM::Role", "ARN": f"arn:aws:iam::{account}:role/apps/{role}"}]
    host = f"sts.{by.region}.amazonaws.com"
    if rng.random() < 0.4:
        response |= {"subjectFromWebIdentityToken": f"system:serviceaccount:team-{rng.randrange(9)}:{role}", "audience": "sts.amazonaws.com",
                     "provider": f"arn:aws:iam::{account}:oidc-provider/oidc.eks.{by.region}.amazonaws.com/id/{letters(rng, 32)}"}
        return Event("sts.amazonaws.com", "AssumeRoleWithWebIdentity", request, response, resources=resources, host=host)
    if rng.random() < 0.3:
        request["tags"] = [{"key": "kubernetes-namespace", "value": "chat"}, {"key": "eks-cluster-name", "value": "main"}]
    return Event("sts.amazonaws.com", "AssumeRole", request, response, resources=resources, host=host)


def s3(rng: Random, by: Actor) -> Event:
    name = rng.choice(("GetObject", "GetObject", "GetObject", "PutObject", "HeadObject", "ListObjects"))
    bucket, key = f"data-{rng.randrange(60):03}-{by.account}", f"year=2026/month=11/day=20/part-{rng.getrandbits(48):012x}.snappy.parquet"
    host = f"{bucket}.s3.{by.region}.amazonaws.com"
    request = {"bucketName": bucket, "Host": host, "key": key}
    more = {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0, "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": "".join(letters(rng, 38) for _ in range(2)), "bytesTransferredOut": rng.randrange(1 << 24)}
    resources = [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"},
                 {"accountId": by.account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}]
    return Event("s3.amazonaws.com", name, request, read_only=name != "PutObject", data=True, resources=resources, more=more, host=host)


def kms(rng: Random, by: Actor) -> Event:
    key = f"arn:aws:kms:{by.region}:{by.account}:key/{UUID(int=1795132800 * (1 + rng.randrange(40)))}"
    request = {"encryptionContext": {"aws:s3:arn": f"arn:aws:s3:::data-{rng.randrange(60):03}-{by.account}/part-{rng.getrandbits(48):012x}"},
               "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": key}
    resources = [{"accountId": by.account, "type": "AWS::KMS::Key", "ARN": key}]
    return Event("kms.amazonaws.com", rng.choice(("Decrypt", "Decrypt", "GenerateDataKey")), request, resources=resources, host=f"kms.{by.region}.amazonaws.com")


def function(rng: Random, by: Actor) -> Event:
    arn = f"arn:aws:lambda:{by.region}:{by.account}:function:handler-{rng.randrange(120):03}"
    request = {"functionName": arn, "invocationType": rng.choice(("RequestResponse", "Event")), "logType": "None"}
    resources = [{"accountId": by.account, "type": "AWS::Lambda::Function", "ARN": arn}]
    return Event("lambda.amazonaws.com", "Invoke", request, read_only=False, data=True, resources=resources,
                 more={"functionVersion": f"{arn}:$LATEST"}, host=f"lambda.{by.region}.amazonaws.com")


def ec2(rng: Random, by: Actor) -> Event:
    request = {"maxResults": 1000, "filterSet": {"items": [
        {"name": "tag:kubernetes.io/cluster/main", "valueSet": {"items": [{"value": "owned"}]}},
        {"name": "instance-state-name", "valueSet": {"items": [{"value": "pending"}, {"value": "running"}]}},
        {"name": "vpc-id", "valueSet": {"items": [{"value": f"vpc-{rng.randrange(9):017x}"}]}}]}}
    return Event("ec2.amazonaws.com", rng.choice(DESCRIBED), request, host=f"ec2.{by.region}.amazonaws.com")


def console(rng: Random, by: Actor) -> Event:
    outcome = "Success" if rng.random() < 0.95 else "Failure"
    more = {"LoginTo": f"https://console.aws.amazon.com/console/home?region={by.region}&state=hashArgs%23&isauthcode=true", "MobileVersion": "No", "MFAUsed": "Yes"}
    return Event("signin.amazonaws.com", "ConsoleLogin", None, {"ConsoleLogin": outcome}, read_only=False, more=more, host=f"{by.region}.signin.aws.amazon.com")


CALLS = ((bedrock, 0.22), (sts, 0.17), (s3, 0.27), (kms, 0.12), (function, 0.08), (ec2, 0.13), (console, 0.01))


def record(rng: Random, by: Actor, time: str) -> dict[str, object]:
    """An event in CloudTrail's order of fields."""
    made = rng.choices([call for call, _ in CALLS], [share for _, share in CALLS])[0](rng, by)
    event: dict[str, object] = {
        "eventVersion": "1.11", "userIdentity": by.identity, "eventTime": time, "eventSource": made.source, "eventName": made.name,
        "awsRegion": by.region, "sourceIPAddress": by.address, "userAgent": f"[{by.agent}]" if made.data else by.agent}
    if rng.random() < 0.03:
        event["errorCode"] = "AccessDenied"
        event["errorMessage"] = (f"User: {by.identity['arn']} is not authorized to perform: {made.source.split('.')[0]}:{made.name} "
                                 "because no identity-based policy allows the action")
    event |= {"requestParameters": made.request, "responseElements": None if "errorCode" in event else made.response}
    if made.more:
        event["additionalEventData"] = made.more
    event |= {"requestID": uuid(rng), "eventID": uuid(rng), "readOnly": made.read_only}
    if made.resources:
        event["resources"] = made.resources
    event |= {"eventType": "AwsConsoleSignIn" if made.name == "ConsoleLogin" else "AwsApiCall", "managementEvent": not made.data,
              "recipientAccountId": by.account}
    if by.endpoint and rng.random() < 0.5:
        event |= {"vpcEndpointId": by.endpoint, "vpcEndpointAccountId": by.account}
    event["eventCategory"] = "Data" if made.data else "Management"
    event["tlsDetails"] = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": made.host}
    return event
