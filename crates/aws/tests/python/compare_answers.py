"""Starts the emulators, fills them, and prints one line: where they are and what to ask them. Reads back one line, the reader's
answers, asks boto3 the same, and says where the two differ.

What is normalised, on both sides: IAM's policy documents, which boto3 decodes and parses; the empty location that boto3 makes
None; times of day that an emulator answers with "now"; page tokens, which are new with each answer.
"""

import base64
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

from estate import ACCOUNT, fill

MINISTACK = ("BEDROCK", "BEDROCK_AGENT", "BEDROCK_RUNTIME", "EKS")
TOKENS = {"NextToken", "nextToken", "Marker", "NextMarker", "NextContinuationToken", "ContinuationToken"}
NOW = {"LatestDeliveryTime", "LatestDeliveryAttemptTime", "LatestDeliveryAttemptSucceeded", "LastUsedDate"}
HOME = "us-east-1"

# service, operation, input; a fourth entry reads all pages
CALLS: list[tuple] = [
    ("sts", "GetCallerIdentity", {}),
    ("account", "ListRegions", {}),
    ("iam", "GetAccountAuthorizationDetails", {}, "pages"),
    ("iam", "GetAccountAuthorizationDetails", {"Filter": ["User"]}),
    ("iam", "GetAccountSummary", {}),
    ("iam", "GetAccountPasswordPolicy", {}),
    ("iam", "GetRole", {"RoleName": "role-000"}),
    ("iam", "GetRole", {"RoleName": "nobody"}),
    ("iam", "GetRolePolicy", {"RoleName": "role-000", "PolicyName": "inline"}),
    ("iam", "ListAttachedRolePolicies", {"RoleName": "role-000"}),
    ("iam", "ListAccessKeys", {"UserName": "ada"}),
    ("iam", "GetPolicy", {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/models"}),
    ("ec2", "DescribeInstances", {}, "pages"),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "instance-state-name", "Values": ["running", "stopped"]}], "MaxResults": 5}),
    ("ec2", "DescribeInstances", {"InstanceIds": ["i-0badbadbadbad0000"]}),
    ("ec2", "DescribeSecurityGroups", {}),
    ("ec2", "DescribeRegions", {"AllRegions": True}),
    ("ec2", "DescribeVpcs", {}),
    ("ec2", "DescribeSubnets", {}),
    ("ec2", "DescribeNetworkInterfaces", {}),
    ("ec2", "DescribeRouteTables", {}),
    ("ec2", "DescribeVpcEndpoints", {}),
    ("s3", "ListBuckets", {}),
    ("s3", "GetBucketLocation", {"Bucket": "alpha-bucket"}),
    ("s3", "GetBucketLocation", {"Bucket": "west-bucket"}),
    ("s3", "GetBucketPolicy", {"Bucket": "alpha-bucket"}),
    ("s3", "GetBucketPolicy", {"Bucket": "beta.dotted.bucket"}),
    ("s3", "GetBucketPolicy", {"Bucket": "no-such-bucket"}),
    ("s3", "GetBucketVersioning", {"Bucket": "alpha-bucket"}),
    ("s3", "GetBucketEncryption", {"Bucket": "alpha-bucket"}),
    ("s3", "GetPublicAccessBlock", {"Bucket": "alpha-bucket"}),
    ("s3", "GetPublicAccessBlock", {"Bucket": "beta.dotted.bucket"}),
    ("s3", "ListObjectsV2", {"Bucket": "alpha-bucket", "Prefix": "dir/k ", "MaxKeys": 2, "EncodingType": "url"}, "pages"),
    ("s3", "GetObject", {"Bucket": "alpha-bucket", "Key": "dir/k 0+ü", "ChecksumMode": "ENABLED"}),
    ("s3", "GetObject", {"Bucket": "alpha-bucket", "Key": "nothing"}),
    ("s3", "HeadBucket", {"Bucket": "no-such-bucket"}),
    ("cloudtrail", "DescribeTrails", {}),
    ("cloudtrail", "GetTrailStatus", {"Name": "trail-1"}),
    ("cloudtrail", "GetTrailStatus", {"Name": "nope"}),
    ("cloudtrail", "GetEventSelectors", {"TrailName": "trail-1"}),
    ("kms", "ListKeys", {}, "pages"),
    ("kms", "DescribeKey", {"KeyId": "00000000-0000-0000-0000-000000000000"}),
    ("sagemaker", "ListEndpoints", {}),
    ("sagemaker", "ListNotebookInstances", {"MaxResults": 2}, "pages"),
    ("sagemaker", "DescribeNotebookInstance", {"NotebookInstanceName": "nb1"}),
    ("sagemaker", "DescribeNotebookInstance", {"NotebookInstanceName": "nope"}),
    ("lambda", "ListFunctions", {}, "pages"),
    ("organizations", "DescribeOrganization", {}),
    ("eks", "ListClusters", {}),
    ("eks", "DescribeCluster", {"name": "c1"}),
    ("eks", "DescribeCluster", {"name": "nope"}),
    ("bedrock", "ListFoundationModels", {}),
    ("bedrock", "ListGuardrails", {"maxResults": 2}, "pages"),
    ("bedrock", "GetModelInvocationLoggingConfiguration", {}),
    ("bedrock", "GetFoundationModel", {"modelIdentifier": "no.such-model"}),
    ("bedrock-agent", "ListAgents", {"maxResults": 2}, "pages"),
    ("bedrock-agent", "GetAgent", {"agentId": "NOSUCHAGENT"}),
    (
        "bedrock-runtime",
        "Converse",
        {
            "modelId": "anthropic.claude-v2",
            "messages": [{"role": "user", "content": [{"text": "a question"}]}],
            "inferenceConfig": {"maxTokens": 5, "temperature": 0.5},
            "additionalModelRequestFields": {"top_k": 3, "nested": {"a": [True, None, 1.5]}},
        },
    ),
]


class Emulator:
    """A server on a free loopback port."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        end = time.monotonic() + 40
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(self.url, timeout=2)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.process.args} did not start")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def emulators() -> tuple[Emulator, Emulator]:
    scripts = Path(sys.executable).parent
    moto, ministack = free_port(), free_port()
    return (
        Emulator([str(scripts / "moto_server"), "-p", str(moto), "-H", "127.0.0.1"], moto, {}),
        Emulator([str(scripts / "ministack")], ministack, {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(ministack)}),
    )


def clients(moto: Emulator, ministack: Emulator):
    cache: dict[str, object] = {}

    def client(service: str):
        if service not in cache:
            url = ministack.url if service.upper().replace("-", "_") in MINISTACK else moto.url
            cache[service] = boto3.client(
                service,
                endpoint_url=url,
                region_name=HOME,
                aws_access_key_id=ACCOUNT,
                aws_secret_access_key="emulated",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return cache[service]

    return client


def theirs(client, service: str, operation: str, given: dict, pages: bool) -> dict:
    connection = client(service)
    method = botocore.xform_name(operation)
    try:
        if pages:
            return {"ok": [plain(page) for page in connection.get_paginator(method).paginate(**given)]}
        return {"ok": plain(getattr(connection, method)(**given))}
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        code = error.response["Error"].get("Code", "")
        return {"error": [code, error.response["Error"].get("Message", ""), status]}


def plain(value: object) -> object:
    """boto3's values as the reader renders them."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.datetime):
        text = value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return text.rstrip("0").rstrip(".") + "Z"
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def normal(value: object, service: str) -> object:
    if isinstance(value, list):
        return [normal(inner, service) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, inner in value.items():
        if key in TOKENS or key in NOW:
            continue
        if service == "iam" and isinstance(inner, str) and (key.endswith("PolicyDocument") or key == "Document"):
            inner = json.loads(urllib.parse.unquote(inner))
        if key == "LocationConstraint":
            inner = inner or None
        found[key] = normal(inner, service)
    return found


def differences(ours: object, theirs: object, path: str = "") -> list[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = []
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours or key not in theirs:
                side = "boto3" if key in theirs else "the reader"
                found.append(f"{path}.{key}: only {side} has it: {str(theirs.get(key, ours.get(key)))[:80]}")
            else:
                found += differences(ours[key], theirs[key], f"{path}.{key}")
        return found
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{path}: {len(ours)} and {len(theirs)} items"]
        return [line for i, pair in enumerate(zip(ours, theirs)) for line in differences(*pair, f"{path}[{i}]")]
    if isinstance(ours, bool) != isinstance(theirs, bool) or ours != theirs:
        return [f"{path}: {str(ours)[:80]!r} and {str(theirs)[:80]!r}"]
    return []


def compare(client, answers: list[dict]) -> int:
    failed, errors = 0, []
    for call, ours in zip(CALLS, answers, strict=True):
        service, operation, given, pages = (*call, None)[:4]
        expected = theirs(client, service, operation, given, pages is not None)
        if "error" in expected and expected["error"][0].isdigit():
            # boto3 puts the status in place of a code that is not there
            expected["error"][:2] = [f"Http{expected['error'][0]}", ""]
        if "error" in expected:
            errors.append(f"{service}:{operation} {expected['error'][0]}")
        found = differences(normal(ours, service), normal(expected, service))
        failed += bool(found)
        for line in found[:8]:
            print(f"{service}:{operation} {json.dumps(given)} {line}")
    print(f"{len(CALLS)} calls compared, {len(errors)} of them errors ({', '.join(errors)}), {failed} differ")
    return failed


def task(moto: Emulator, ministack: Emulator) -> dict:
    calls = [
        {"service": service, "operation": operation, "region": HOME, "input": given, "pages": bool(pages)}
        for service, operation, given, *pages in CALLS
    ]
    services = {name: ministack.url for name in MINISTACK}
    return {"endpoint": moto.url, "services": services, "access_key_id": ACCOUNT, "calls": calls}


def main() -> None:
    moto, ministack = emulators()
    try:
        moto.wait()
        ministack.wait()
        client = clients(moto, ministack)
        fill(client)
        print(json.dumps(task(moto, ministack)), flush=True)
        line = sys.stdin.readline()
        failed = compare(client, json.loads(line)) if line else 1
    finally:
        moto.stop()
        ministack.stop()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
