"""Which logs the account keeps: a good trail, a poor one, and flow logs on two of the three networks."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION, OTHER_REGION

APPS_FIELDS = (
    # v2 to v5, then the container fields of v7 and the reject reason of v8: all that a VPC can be asked for.
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr "
    "region az-id sublocation-type sublocation-id "
    "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path "
    "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id "
    "ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason"
).split()

DATA_FIELDS = (
    "interface-id dstaddr srcaddr dstport srcport protocol action log-status start end bytes packets "
    "account-id vpc-id instance-id pkt-dstaddr pkt-srcaddr flow-direction version"
).split()
"""Half: another order, and without tcp-flags, traffic-path, region and the AWS service of the far end."""

AI_DATA_EVENTS = ("AWS::Bedrock::AgentAlias", "AWS::Bedrock::KnowledgeBase", "AWS::SageMaker::Endpoint")


def build(aws: Aws, ledger: Ledger) -> None:
    """Trails, then flow logs."""
    _trails(aws, ledger)
    ec2 = aws.client("ec2", MAIN_REGION)
    _flow_log(ec2, ledger, "apps", APPS_FIELDS, 60)
    _flow_log(ec2, ledger, "data", DATA_FIELDS, 600)
    # Bad: the network of the other region, and both default networks, have none.


def _trails(aws: Aws, ledger: Ledger) -> None:
    main = aws.client("cloudtrail", MAIN_REGION)
    made = main.create_trail(
        Name="main",
        S3BucketName=LOG_BUCKET,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
    )
    ledger.add("trail", "main", arn=made["TrailARN"])
    selectors: list[dict[str, Any]] = [
        {"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    ]
    for kind in AI_DATA_EVENTS:
        fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [kind]}]
        selectors.append({"Name": kind.replace("::", "-"), "FieldSelectors": fields})
    main.put_event_selectors(TrailName="main", AdvancedEventSelectors=selectors)
    main.start_logging(Name="main")

    # Bad: writes only, and inference counts as a read; no validation; switched off.
    other = aws.client("cloudtrail", OTHER_REGION)
    made = other.create_trail(
        Name="legacy-writes",
        S3BucketName=LOG_BUCKET,
        S3KeyPrefix="legacy",
        IsMultiRegionTrail=False,
        EnableLogFileValidation=False,
    )
    other.put_event_selectors(
        TrailName="legacy-writes",
        EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}],
    )
    ledger.add("trail", "legacy-writes", arn=made["TrailARN"])


def _flow_log(ec2: Any, ledger: Ledger, vpc: str, fields: list[str], aggregation: int) -> None:
    made = ec2.create_flow_logs(
        ResourceIds=[ledger.get("vpc", vpc)["id"]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{LOG_BUCKET}",
        LogFormat=" ".join(f"${{{field}}}" for field in fields),
        MaxAggregationInterval=aggregation,
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": f"{vpc}-flow"}]}],
        # The emulator accepts and forgets this: AWS would return it.
        DestinationOptions={
            "FileFormat": "plain-text",
            "HiveCompatiblePartitions": vpc == "data",
            "PerHourPartition": vpc == "data",
        },
    )
    if made.get("Unsuccessful"):
        raise RuntimeError(
            f"the emulator refused the flow log of vpc `{vpc}` in account {ACCOUNT}: {made['Unsuccessful']}"
        )
    ledger.add("flow_log", vpc, id=made["FlowLogIds"][0])
