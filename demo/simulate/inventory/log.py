"""What the account logs: the trail, flow logs, look-ups of names."""

from __future__ import annotations

from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION, rfc3339
from simulate.flows import FORMATS
from simulate.inventory.row import REGIONS, Scan, arn_of
from simulate.parts import Network


def logs(made: Scan) -> None:
    """All of it."""
    for network in made.world.networks:
        if network.flow_format:
            _flow_log(made, network)
    world = made.world
    selectors = [{"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    for data in sorted(world.data_events):
        fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [data]}]
        selectors.append({"Name": data.replace("::", "-"), "FieldSelectors": fields})
    arn = arn_of("cloudtrail", MAIN_REGION, "trail/main")
    since = rfc3339(world.lifetime[0])
    made.add("aws_cloudtrail_trail", MAIN_REGION, arn, "main", {
        "name": "main", "s3_bucket_name": LOG_BUCKET, "include_global_service_events": True,
        "is_multi_region_trail": True, "trail_arn": arn,
        "log_file_validation_enabled": True, "is_organization_trail": False, "has_custom_event_selectors": True,
        "home_region": MAIN_REGION,
        "is_logging": True, "time_logging_started": since, "start_logging_time": since, "event_selectors": [],
        "advanced_event_selectors": selectors,
    })  # fmt: skip
    for region in REGIONS:
        held = [one for one in world.networks if one.region == region and one.names_logged]
        if not held:
            continue
        number = f"rqlc-{world.id('', 'names', region)}"
        made.add("aws_route53_resolver_query_log_config", region, arn_of("route53resolver", region,
        f"resolver-query-log-config/{number}"), "names", {
            "id": number, "owner_id": ACCOUNT, "status": "CREATED", "share_status": "NOT_SHARED",
            "association_count": len(held), "name": "names",
            "destination_arn": f"arn:aws:s3:::{LOG_BUCKET}", "creation_time": since,
        })  # fmt: skip
        for network in held:
            of = f"rqlca-{world.id('', 'names', network.id)}"
            made.add("aws_route53_resolver_query_log_config_association", region, arn_of("route53resolver", region,
            f"resolver-query-log-config-association/{of}"), of, {
                "id": of, "resolver_query_log_config_id": number, "resource_id": network.id, "status": "ACTIVE",
                "error": "NONE", "error_message": "", "creation_time": since,
            })  # fmt: skip


def _flow_log(made: Scan, network: Network) -> None:
    region, form = network.region, FORMATS[network.flow_format]
    made.add("aws_vpc_flow_log", region, arn_of("ec2", region, f"vpc-flow-log/{network.flow_log}"), network.flow_log, {
        "creation_time": rfc3339(made.world.lifetime[0]), "deliver_logs_status": "SUCCESS",
        "flow_log_id": network.flow_log,
        "flow_log_status": "ACTIVE", "resource_id": network.id, "traffic_type": "ALL", "log_destination_type": "s3",
        "log_destination": f"arn:aws:s3:::{LOG_BUCKET}", "log_format": " ".join(f"${{{name}}}" for name in form.fields),
        "max_aggregation_interval": form.aggregation,
    })  # fmt: skip
