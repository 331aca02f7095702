"""An estate without emulators: the facts that the log generator asks for, under made-up ids."""

from __future__ import annotations

from estate.clusters import POD_IDENTITIES
from estate.compute import INSTANCES
from estate.functions import FUNCTIONS
from estate.ledger import Ledger
from logs.names import digest, letters
from settings import ACCOUNT
from traffic import MAY_BUT_DO_NOT, TRAFFIC

PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/localhost:1/oidc/id/SAMPLE"


def _hex(prefix: str, name: str) -> str:
    return prefix + digest(prefix, name).hex()[:17]


def ledger() -> Ledger:
    """The same facts at every call."""
    made = Ledger()
    for name in ("apps", "data", "eu"):
        made.add("vpc", name, id=_hex("vpc-", name))
    for name in sorted({one.subnet for one in INSTANCES} | {"data-public-a"}):
        made.add("subnet", name, id=_hex("subnet-", name), vpc_id=_hex("vpc-", name.split("-")[0]), zone_id="use1-az1")
    _computers(made)
    _bedrock(made)
    for name in ("bedrock-runtime", "secretsmanager"):
        interfaces = {
            _hex("eni-", f"{name}{zone}"): {
                "address": f"10.{200 + zone}.0.{len(name)}",
                "subnet_id": _hex("subnet-", f"apps-private-{'ab'[zone]}"),
            }
            for zone in (0, 1)
        }
        made.add("vpc_endpoint", name, id=_hex("vpce-", name), interfaces=interfaces)
    made.add(
        "nat",
        "data-nat",
        public_ip="44.210.64.17",
        private_ip="10.199.0.9",
        interface=_hex("eni-", "nat"),
        subnet="data-public-a",
    )
    for name in ("apps", "data"):
        made.add("flow_log", name, id=_hex("fl-", name))
    made.add("key", "ai-data", arn=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/sample")
    made.add("cluster", "apps", arn=f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/apps")
    _identities(made)
    return made


def _computers(made: Ledger) -> None:
    for one in INSTANCES:
        number = _hex("i-", one.name)
        facts = {
            "address": one.address,
            "subnet": one.subnet,
            "vpc": one.subnet.split("-")[0],
            "region": one.region,
            "role": one.role,
            "imds_v1": one.imds_v1,
        }
        made.add(
            "instance",
            one.name,
            id=number,
            arn=f"arn:aws:ec2:{one.region}:{ACCOUNT}:instance/{number}",
            interface=_hex("eni-", one.name),
            **facts,
        )
    made.get("instance", "eu-support")["public_ip"] = "54.72.140.33"
    for name, role, _, in_vpc in FUNCTIONS:
        place = {"vpc": "apps", "interface": _hex("eni-", name), "address": "10.20.1.71"} if in_vpc else {"vpc": None}
        made.add("function", name, arn=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}", role=role, **place)
    pods: list[tuple[str, dict[str, str]]] = [
        (f"{namespace}/{account}", {"association_arn": "a", "association_id": "a-1"})
        for namespace, account, _, _ in POD_IDENTITIES
    ]
    pods += [(name, {"provider": PROVIDER}) for name in ("reports/reporter", "sandbox/tinkerer")]
    for place_number, (name, binding) in enumerate(pods):
        made.add(
            "pod",
            name,
            arn=f"arn:aws:eks:us-east-1:{ACCOUNT}:pod/apps/{name}",
            address=f"10.20.1.{150 + place_number}",
            node="eks-node-1",
            vpc="apps",
            **binding,
        )
    for name in ("research", "locked-down"):
        made.add("notebook", name, arn=f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/{name}")


def _bedrock(made: Ledger) -> None:
    for kind, names in (
        ("agent", ("support-agent", "travel-agent")),
        ("model", ("support-llama", "docs-sonnet", "deploy-titan")),
        ("knowledge_base", ("support-kb",)),
        ("endpoint", ("fraud-scorer",)),
        ("ecs_service", ("translator",)),
        ("state_machine", ("approvals",)),
    ):
        for name in names:
            number = letters(10, kind, name)
            made.add(
                kind,
                name,
                id=number,
                arn=f"arn:aws:bedrock:us-east-1:{ACCOUNT}:{kind}/{number}",
                alias_id=f"A{number}",
                alias_arn=f"arn:aws:bedrock:us-east-1:{ACCOUNT}:agent-alias/{number}/A{number}",
            )
    for name in ("support-strong", "draft-weak"):
        made.add("guardrail", name, id=f"gr-{name}", version="1")


def _identities(made: Ledger) -> None:
    users = (
        {row.identity for row in TRAFFIC if row.workload.startswith("user/")}
        | {one.subject.split("/")[1] for one in MAY_BUT_DO_NOT if one.subject.startswith("user/")}
        | {"carol"}
    )
    for name in sorted(users):
        made.add(
            "user",
            name,
            arn=f"arn:aws:iam::{ACCOUNT}:user/{name}",
            id=f"AIDA{letters(17, name)}",
            access_key=f"AKIA{letters(16, name)}",
        )
    roles = (
        {row.identity for row in TRAFFIC}
        | {row.through for row in TRAFFIC}
        | {one.role for one in INSTANCES if one.role}
    )
    for name in sorted(roles - users - {""}):
        made.add("role", name, arn=f"arn:aws:iam::{ACCOUNT}:role/{name}", id=f"AROA{letters(17, name)}")
