"""KMS keys: one that rotates, one that does not."""

from __future__ import annotations

from aws import Aws
from estate.ledger import Ledger
from settings import MAIN_REGION


def build(aws: Aws, ledger: Ledger) -> None:
    """Two customer-managed keys with aliases."""
    kms = aws.client("kms", MAIN_REGION)
    for name, rotates in (("ai-data", True), ("legacy-data", False)):
        key = kms.create_key(Description=f"demo: {name}", Tags=[{"TagKey": "Name", "TagValue": name}])["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key["KeyId"])
        if rotates:
            kms.enable_key_rotation(KeyId=key["KeyId"])
        ledger.add("key", name, id=key["KeyId"], arn=key["Arn"])
