"""Buckets: the logs' own, documents and models locked down, and one open to the world."""

from __future__ import annotations

import json
from typing import Any

from aws import Aws
from estate.ledger import Ledger
from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION

OPEN_BUCKET = f"sightline-demo-public-docs-{ACCOUNT}"
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def build(aws: Aws, ledger: Ledger) -> None:
    """The log bucket with its delivery statements, then the others."""
    s3 = aws.client("s3", MAIN_REGION)
    _closed_bucket(s3, ledger, LOG_BUCKET, key=None)
    s3.put_bucket_policy(Bucket=LOG_BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": _delivery()}))
    for name in ("docs", "models", "reports"):
        bucket = f"sightline-demo-{name}-{ACCOUNT}"
        _closed_bucket(s3, ledger, bucket, key=ledger.arn("key", "ai-data"))
        s3.put_bucket_policy(
            Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [_tls_only(bucket)]})
        )

    # Bad: documents that a knowledge base reads, readable and writable in ways nobody intended.
    s3.create_bucket(Bucket=OPEN_BUCKET)
    everybody = {
        "Sid": "Website",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{OPEN_BUCKET}/*",
    }
    s3.put_bucket_policy(Bucket=OPEN_BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    ledger.add("bucket", OPEN_BUCKET, arn=f"arn:aws:s3:::{OPEN_BUCKET}")


def _closed_bucket(s3: Any, ledger: Ledger, name: str, key: str | None) -> None:
    s3.create_bucket(Bucket=name)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=CLOSED)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    s3.put_bucket_encryption(
        Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
    )
    ledger.add("bucket", name, arn=f"arn:aws:s3:::{name}")


def _delivery() -> list[dict[str, Any]]:
    bucket, logs = f"arn:aws:s3:::{LOG_BUCKET}", f"arn:aws:s3:::{LOG_BUCKET}/AWSLogs/*"
    here = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    owned = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"}}
    statements: list[dict[str, Any]] = []
    for name, service in (("FlowLogs", "delivery.logs.amazonaws.com"), ("CloudTrail", "cloudtrail.amazonaws.com")):
        principal = {"Service": service}
        statements.append(
            {
                "Sid": f"{name}Check",
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:GetBucketAcl",
                "Resource": bucket,
                "Condition": here,
            }
        )
        statements.append(
            {
                "Sid": f"{name}Write",
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:PutObject",
                "Resource": logs,
                "Condition": owned,
            }
        )
    model_logs = f"arn:aws:s3:::{LOG_BUCKET}/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/*"
    statements.append(
        {
            "Sid": "BedrockWrite",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": model_logs,
            "Condition": here,
        }
    )
    # A good one also has `_tls_only`: moto applies a Deny without its condition, and nobody could read the logs.
    return statements


def _tls_only(bucket: str) -> dict[str, Any]:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resources,
        "Condition": plain,
    }
