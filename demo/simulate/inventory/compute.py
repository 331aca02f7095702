"""Instances, functions, tasks of ECS, load balancers."""

from __future__ import annotations

from settings import ACCOUNT, MAIN_REGION, rfc3339
from simulate.inventory import kubernetes
from simulate.inventory.network import card
from simulate.inventory.row import Scan, arn_of
from simulate.parts import Json, Workload


def instance(made: Scan, workload: Workload) -> None:
    """An instance and its interface, with the addresses of the pods behind it."""
    place, role = workload.places[0], workload.role
    assert role is not None
    one, network = place.interface, place.network
    config: Json = {
        "instance_id": workload.id, "instance_type": "m6i.large", "private_ip_address": one.address,
        "subnet_id": one.subnet.id,
        "vpc_id": network.id, "state": {"Code": 16, "Name": "running"}, "launch_time": rfc3339(made.world.lifetime[0]),
        "private_dns_name": kubernetes.node_name(workload),
        "iam_instance_profile": {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{role.name}",
        "Id": made.world.id("AIPA", role.name)},
        "metadata_options": {"HttpTokens": "required" if workload.imds == "2.0" else "optional",
        "HttpEndpoint": "enabled"},
        "network_interfaces": [{"NetworkInterfaceId": one.id, "PrivateIpAddress": one.address,
        "SubnetId": one.subnet.id, "VpcId": network.id, "InterfaceType": "interface"}],
    }  # fmt: skip
    if one.public:
        config["public_ip_address"] = one.public
    made.add("aws_ec2_instance", workload.region, workload.arn, workload.name, config, {"Name": workload.name})
    card(made, network, one, kubernetes.addresses(made.world, workload, made.at))


def function(made: Scan, workload: Workload) -> None:
    """A function; inside of a network with its interface."""
    role = workload.role
    assert role is not None
    config: Json = {
        "function_arn": workload.arn, "function_name": workload.name, "handler": "app.handler", "memory_size": 128,
        "role": role.arn,
        "runtime": "python3.13", "state": "Active", "package_type": "Zip", "timeout": 30, "version": "$LATEST",
        "last_modified": rfc3339(made.world.lifetime[0]),
    }  # fmt: skip
    if workload.places:
        place = workload.places[0]
        config["vpc_config"] = {
            "SubnetIds": [place.interface.subnet.id],
            "SecurityGroupIds": [],
            "VpcId": place.network.id,
        }
        card(made, place.network, place.interface)
    made.add("aws_lambda_function", workload.region, workload.arn, workload.name, config)


def balancer(made: Scan, workload: Workload) -> None:
    """A load balancer, its listener and what it spreads to."""
    place, region = workload.places[0], workload.region
    common = {"vpc_id": place.network.id, "ip_address_type": "ipv4"}
    made.add("aws_ec2_load_balancer", region, workload.arn, workload.name, {
        "load_balancer_arn": workload.arn, "load_balancer_name": workload.name, "scheme": "internet-facing",
        "type": "application",
        "dns_name": f"{workload.name}-1.{region}.elb.amazonaws.com", "state": {"Code": "active"},
        "availability_zones": [{"ZoneName": place.interface.subnet.zone, "SubnetId": place.interface.subnet.id}],
        **common,
    })  # fmt: skip
    number = made.world.id("", "group", workload.name)[:16]
    group = arn_of("elasticloadbalancing", region, f"targetgroup/{workload.name}/{number}")
    health = {"State": "healthy"}
    targets = [{"Target": {"Id": one.id, "Port": 8080}, "TargetHealth": health} for one in workload.facts["targets"]]
    made.add("aws_ec2_target_group", region, group, workload.name, {
        "target_group_arn": group, "target_group_name": workload.name, "protocol": "HTTP", "port": 8080,
        "target_type": "instance",
        "load_balancer_arns": [workload.arn], "target_health_descriptions": targets, **common,
    })  # fmt: skip
    listener = f"{workload.arn.replace(':loadbalancer/', ':listener/')}/{number}"
    made.add("aws_ec2_load_balancer_listener", region, listener, "HTTPS:443", {
        "listener_arn": listener, "load_balancer_arn": workload.arn, "port": 443, "protocol": "HTTPS",
        "default_actions": [{"Type": "forward", "TargetGroupArn": group}],
    })  # fmt: skip
    card(made, place.network, place.interface)


def tasks(made: Scan) -> None:
    """The cluster `batch` with its services and the task of each."""
    world = made.world
    cluster = arn_of("ecs", MAIN_REGION, "cluster/batch")
    made.add(
        "aws_ecs_cluster",
        MAIN_REGION,
        cluster,
        "batch",
        {"cluster_arn": cluster, "cluster_name": "batch", "status": "ACTIVE"},
    )
    for workload in world.tasks:
        place, role = workload.places[0], workload.role
        assert role is not None
        definition = arn_of("ecs", MAIN_REGION, f"task-definition/{workload.name}:1")
        made.add("aws_ecs_task_definition", MAIN_REGION, definition, f"{workload.name}:1", {
            "family": workload.name, "task_definition_arn": definition, "task_role_arn": role.arn,
            "network_mode": "awsvpc", "revision": 1,
            "status": "ACTIVE", "requires_compatibilities": ["FARGATE"],
            "container_definitions": [{"name": "app",
            "image": f"{ACCOUNT}.dkr.ecr.{MAIN_REGION}.amazonaws.com/{workload.name}:1", "essential": True}],
        })  # fmt: skip
        vpc = {"awsvpcConfiguration": {"subnets": [place.interface.subnet.id], "securityGroups": []}}
        made.add("aws_ecs_service", MAIN_REGION, workload.arn, workload.name, {
            "service_arn": workload.arn, "service_name": workload.name, "cluster_arn": cluster, "status": "ACTIVE",
            "desired_count": 1,
            "running_count": 1, "launch_type": "FARGATE", "task_definition": definition, "network_configuration": vpc,
        })  # fmt: skip
        details = [
            {"name": "subnetId", "value": place.interface.subnet.id},
            {"name": "networkInterfaceId", "value": place.interface.id},
            {"name": "privateIPv4Address", "value": place.address},
        ]
        made.add("aws_ecs_task", MAIN_REGION, workload.facts["task"], workload.id, {
            "attachments": [{"id": world.uuid("attachment", workload.name), "type": "ElasticNetworkInterface",
            "status": "ATTACHED", "details": details}],
            "cluster_arn": cluster, "group": f"service:{workload.name}", "last_status": "RUNNING",
            "desired_status": "RUNNING", "launch_type": "FARGATE",
            "task_arn": workload.facts["task"], "task_definition_arn": definition, "task_role_arn": role.arn,
            "created_at": rfc3339(world.lifetime[0]), "started_at": rfc3339(world.lifetime[0]),
        })  # fmt: skip
        card(made, place.network, place.interface)
