"""The module of the scanner: formatted, valid by the provider's schema, applied against an emulator, and what it makes looked at.

`terraform` is taken from the path; the provider from a mirror, as in the tests of `onboard`: the folder that `SIGHTLINE_TF_MIRROR` names, or a usual one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from tests.support import CLEAN, FAKE_AWS, ROOT, free_port, program, run, running, said, wait_for

MODULE = ROOT / "deploy" / "terraform" / "scanner"
ROLE = "arn:aws:iam::123456789012:role/sightline-scanner"

ENDPOINTS = ("cloudwatchlogs", "ec2", "ecs", "events", "iam", "kms", "s3", "scheduler", "sts")

CONFIGURATION = """
provider "aws" {{
  region                      = "us-east-1"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true

  endpoints {{
{endpoints}
  }}
}}

module "scanner" {{
  source = "./scanner"

  image               = "123456789012.dkr.ecr.us-east-1.amazonaws.com/sightline:0.1.0"
  vpc_id              = "{vpc}"
  subnet_ids          = ["{subnet}"]
  scanner_role_arn    = "{role}"
  scanner_external_id = "0123456789abcdef"
  failure_topic_arn   = "arn:aws:sns:us-east-1:123456789012:failures"
}}

output "lake" {{
  value = module.scanner.lake
}}
"""


LIFECYCLE = re.compile(r'^resource "aws_s3_bucket_lifecycle_configuration".*?^}$', re.MULTILINE | re.DOTALL)


def mirror() -> Path:
    """The folder that has the provider; the test is skipped where none does."""
    usual = [
        Path.home() / ".terraform.d/plugins",
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
    ]
    named = [Path(os.environ["SIGHTLINE_TF_MIRROR"])] if "SIGHTLINE_TF_MIRROR" in os.environ else []
    below_opt = sorted(Path("/opt").iterdir()) if Path("/opt").is_dir() else []
    for folder in [*named, *usual, *below_opt]:
        if (folder / "registry.terraform.io/hashicorp/aws").is_dir():
            return folder
    raise unittest.SkipTest("no mirror with hashicorp/aws; SIGHTLINE_TF_MIRROR may name one")


class Module(unittest.TestCase):
    """deploy/terraform/scanner."""

    def setUp(self) -> None:
        self.terraform = program("terraform")
        self.env = CLEAN | FAKE_AWS | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}

    def test_format(self) -> None:
        ended = run(self.terraform, "fmt", "-check", "-diff", MODULE, env=self.env)
        self.assertEqual(0, ended.returncode, said(ended))

    def test_applied(self) -> None:
        plugins = mirror()
        moto = program("moto_server")
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            shutil.copytree(MODULE, place / "scanner")
            port = free_port()
            with running(moto, "-H", "127.0.0.1", "-p", port, env=self.env, cwd=place) as child:
                url = f"http://127.0.0.1:{port}"
                wait_for(f"{url}/moto-api/", child, place / "server.log")
                ec2 = self.client("ec2", url)
                vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
                subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
                lines = "\n".join(f'    {name} = "{url}"' for name in ENDPOINTS)
                (place / "main.tf").write_text(CONFIGURATION.format(endpoints=lines, vpc=vpc, subnet=subnet, role=ROLE))
                self.call(place, "init", "-input=false", f"-plugin-dir={plugins}")
                self.call(place, "validate")
                # The provider watches a new lifecycle for a minute before it believes it: that one is validated alone.
                lake = place / "scanner" / "lake.tf"
                lake.write_text(LIFECYCLE.sub("", lake.read_text(), count=1))
                self.call(place, "apply", "-input=false", "-auto-approve")
                self.look(url)

    def call(self, place: Path, *words: str) -> None:
        """Runs it there."""
        ended = run(self.terraform, *words[:1], "-no-color", *words[1:], cwd=place, env=self.env)
        self.assertEqual(0, ended.returncode, said(ended))

    def client(self, service: str, url: str) -> object:
        """A client of the emulator."""
        import boto3

        keys = {
            "aws_access_key_id": FAKE_AWS["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": FAKE_AWS["AWS_SECRET_ACCESS_KEY"],
        }
        return boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)

    def look(self, url: str) -> None:
        """What stands then is as it should be."""
        s3 = self.client("s3", url)
        bucket = "sightline-lake-123456789012-us-east-1"
        blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        self.assertEqual({True}, set(blocked.values()))
        [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        self.assertEqual("aws:kms", rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"])
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        self.assertEqual(
            ("Deny", {"Bool": {"aws:SecureTransport": "false"}}),
            (policy["Statement"][0]["Effect"], policy["Statement"][0]["Condition"]),
        )

        ec2 = self.client("ec2", url)
        [group] = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["sightline-tasks"]}])[
            "SecurityGroups"
        ]
        self.assertEqual([], group["IpPermissions"])
        self.assertEqual([443], [rule.get("FromPort") for rule in group["IpPermissionsEgress"]])

        ecs = self.client("ecs", url)
        definition = ecs.describe_task_definition(taskDefinition="sightline")["taskDefinition"]
        [container] = definition["containerDefinitions"]
        self.assertIs(True, container["readonlyRootFilesystem"])
        self.assertEqual("65532:65532", container["user"])

        scheduler = self.client("scheduler", url)
        names = {one["Name"] for one in scheduler.list_schedules(GroupName="sightline")["Schedules"]}
        self.assertEqual({f"sightline-{name}" for name in ("scan", "ingest", "map", "findings")}, names)
        for name in names:
            target = scheduler.get_schedule(GroupName="sightline", Name=name)["Target"]
            network = target["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
            self.assertEqual("DISABLED", network["AssignPublicIp"])
            [override] = json.loads(target["Input"])["containerOverrides"]
            self.assertEqual(name in ("sightline-scan", "sightline-ingest"), ROLE in override["command"])

        # The tasks' role: the lake, its key and one role to assume. Nothing with a wildcard for a resource.
        iam = self.client("iam", url)
        document = iam.get_role_policy(RoleName="sightline-task", PolicyName="lake-and-scanner-role")["PolicyDocument"]
        for statement in document["Statement"]:
            self.assertNotEqual("*", statement["Resource"])
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            self.assertFalse([action for action in actions if "*" in action])
        assumed = [
            statement["Resource"] for statement in document["Statement"] if statement["Action"] == "sts:AssumeRole"
        ]
        self.assertEqual([ROLE], assumed)
