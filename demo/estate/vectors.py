"""Where knowledge bases keep vectors, in twins: a collection and a bucket as they should be, and as they should not."""

from __future__ import annotations

import json
from typing import Any

from aws import Aws
from estate.ledger import Ledger
from settings import ACCOUNT, MAIN_REGION, PARTNER_ACCOUNT


def build(aws: Aws, ledger: Ledger) -> None:
    """The collections that the knowledge bases name, then vector buckets."""
    _collections(aws.client("opensearchserverless", MAIN_REGION), ledger)
    _vector_buckets(aws.client("s3vectors", MAIN_REGION), ledger)


def _collections(aoss: Any, ledger: Ledger) -> None:
    ours = {"AWSOwnedKey": False, "KmsARN": ledger.arn("key", "ai-data")}
    # AWS calls its own key so; the emulator insists on being told.
    theirs = {"AWSOwnedKey": True, "KmsARN": "auto"}
    # The bad twin: under AWS's key, and whoever finds it may ask it.
    for name, key, is_public in (("support-kb", ours, False), ("public-kb", theirs, True)):
        rule = {"ResourceType": "collection", "Resource": [f"collection/{name}"]}
        aoss.create_security_policy(name=name, type="encryption", policy=json.dumps({"Rules": [rule], **key}))
        made = aoss.create_collection(name=name, type="VECTORSEARCH")["createCollectionDetail"]
        # Behind the collection: the emulator takes the newest policy that names it for the one of its key.
        network: dict[str, Any] = {"Rules": [rule], "AllowFromPublic": is_public}
        if not is_public:
            network["SourceServices"] = ["bedrock.amazonaws.com"]
        aoss.create_security_policy(name=name, type="network", policy=json.dumps([network]))
        ledger.add("collection", name, arn=made["arn"], id=made["id"], region=MAIN_REGION)


def _vector_buckets(vectors: Any, ledger: Ledger) -> None:
    ours = {"sseType": "aws:kms", "kmsKeyArn": ledger.arn("key", "ai-data")}
    for name, extra in (("support-vectors", {"encryptionConfiguration": ours}), ("shared-vectors", {})):
        vectors.create_vector_bucket(vectorBucketName=name, **extra)
        arn = f"arn:aws:s3vectors:{MAIN_REGION}:{ACCOUNT}:bucket/{name}"
        ledger.add("vector_bucket", name, arn=arn, region=MAIN_REGION)
    # Bad: another account reads what the documents were made into.
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{PARTNER_ACCOUNT}:root"},
        "Action": ["s3vectors:GetVectors", "s3vectors:QueryVectors"],
        "Resource": f"arn:aws:s3vectors:{MAIN_REGION}:{ACCOUNT}:bucket/shared-vectors/*",
    }
    vectors.put_vector_bucket_policy(
        vectorBucketName="shared-vectors", policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
