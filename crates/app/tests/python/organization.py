"""An organization in moto: the management account, so many members each with a role to enter by, one that lets nobody in, one suspended.

    python organization.py MEMBERS   prints what there is as JSON, then serves until standard input ends
"""

from __future__ import annotations

import json
import logging
import os
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true"
)

import boto3
from moto.server import ThreadedMotoServer
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend

ROLE = "sightline-scanner"
closed: set[str] = set()
assume_role = STSBackend.assume_role


def guarded(self, region_name, role_session_name, role_arn, *rest, **more):
    """moto lets everybody into every account."""
    if role_arn.split(":")[4] in closed:
        raise STSClientError("AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
    return assume_role(self, region_name, role_session_name, role_arn, *rest, **more)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    STSBackend.assume_role = guarded
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"

    def client(service: str, keys: dict[str, str] | None = None):
        named = {} if keys is None else {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return boto3.client(service, endpoint_url=url, **named)

    organization, sts = client("organizations"), client("sts")
    organization.create_organization(FeatureSet="ALL")
    root = organization.list_roots()["Roots"][0]["Id"]
    unit = organization.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    members, inside = [], []
    for number in range(int(sys.argv[1])):
        created = organization.create_account(AccountName=f"member {number}", Email=f"{number}@example.com")
        account = created["CreateAccountStatus"]["AccountId"]
        members.append(account)
        if number % 4 == 0:
            organization.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
            inside.append(account)
        keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="test")["Credentials"]
        iam = client("iam", keys)
        for role in range(3):
            iam.create_role(RoleName=f"role-{number}-{role}", AssumeRolePolicyDocument="{}")
        iam.create_user(UserName=f"user-{number}")
    organization.close_account(AccountId=members[2])
    closed.add(members[1])
    print(json.dumps({"url": url, "unit": unit, "members": members, "inside": inside, "denied": members[1], "suspended": members[2]}), flush=True)
    sys.stdin.read()


main()
