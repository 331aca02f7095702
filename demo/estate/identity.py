"""People, programs with keys, and the roles that belong to no workload."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import INVOKE, allow, document, foundation_model, role_arn, trust_principal
from estate.roles import AWS_POLICY, role
from settings import ACCOUNT, MAIN_REGION
from traffic import SSO_ROLE

SONNET = "anthropic.claude-3-5-sonnet-20241022-v2:0"
OPUS = "anthropic.claude-3-opus-20240229-v1:0"
SSO_PATH = "/aws-reserved/sso.amazonaws.com/"
SAML_PROVIDER = "AWSSSO_0123456789abcdef_DO_NOT_DELETE"


def build(aws: Aws, ledger: Ledger) -> None:
    """Policies, groups, users with and without keys, and roles for scanners, people and other accounts."""
    iam = aws.client("iam")
    # Bad: shorter than 14 characters, reuse allowed.
    iam.update_account_password_policy(MinimumPasswordLength=8, RequireNumbers=True, AllowUsersToChangePassword=True)
    _policies(iam, ledger)
    _groups(iam, ledger)
    _users(iam, ledger)
    _roles(aws, ledger)


def _policies(iam: Any, ledger: Ledger) -> None:
    approved = [foundation_model(model) for model in (SONNET, "amazon.nova-micro-v1:0")]
    profiles = f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}:inference-profile/us.{SONNET}"
    documents = {
        # Good: listed models only.
        "bedrock-invoke-approved": document(allow(INVOKE, [*approved, profiles])),
        # Bad: every action of the service on everything.
        "bedrock-everything": document(allow("bedrock:*")),
    }
    for name, text in documents.items():
        arn = iam.create_policy(PolicyName=name, PolicyDocument=text)["Policy"]["Arn"]
        ledger.add("policy", name, arn=arn)


def _groups(iam: Any, ledger: Ledger) -> None:
    for group, policy in (
        ("ml-engineers", ledger.arn("policy", "bedrock-invoke-approved")),
        ("auditors", f"{AWS_POLICY}/SecurityAudit"),
    ):
        iam.create_group(GroupName=group)
        iam.attach_group_policy(GroupName=group, PolicyArn=policy)


def _users(iam: Any, ledger: Ledger) -> None:
    for name, group, has_key in (
        ("alice", "ml-engineers", True),
        ("bob", None, True),
        ("carol", "auditors", False),
        ("ci-deployer", None, True),
        ("dave", None, True),
    ):
        user = iam.create_user(UserName=name, Tags=[{"Key": "estate", "Value": "demo"}])["User"]
        if group:
            iam.add_user_to_group(UserName=name, GroupName=group)
        # The key's id is needed for the logs; its secret is dropped here.
        key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"] if has_key else None
        ledger.add("user", name, arn=user["Arn"], id=user["UserId"], access_key=key)

    # Bad: an administrator with a password, a key and no second factor.
    iam.attach_user_policy(UserName="bob", PolicyArn=f"{AWS_POLICY}/AdministratorAccess")
    iam.create_login_profile(UserName="bob", Password="Correct-horse-8", PasswordResetRequired=False)
    # Bad: a program with a long-lived key that may use every model.
    iam.put_user_policy(
        UserName="ci-deployer",
        PolicyName="deploy",
        PolicyDocument=document(allow([*INVOKE, "bedrock:CreateProvisionedModelThroughput"])),
    )
    # Good: a person with a second factor and no key.
    iam.create_login_profile(UserName="carol", Password="Correct-horse-battery-14", PasswordResetRequired=False)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="carol")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="carol", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    # A contractor without any AI permission, who tries.
    iam.put_user_policy(
        UserName="dave",
        PolicyName="reports",
        PolicyDocument=document(allow("s3:GetObject", f"arn:aws:s3:::sightline-demo-reports-{ACCOUNT}/*")),
    )


def _roles(aws: Aws, ledger: Ledger) -> None:
    # Good: what `sightline onboard` renders: read-only, and only with the agreed external id.
    role(
        aws,
        ledger,
        "sightline-scanner",
        trust_principal(f"arn:aws:iam::{ACCOUNT}:root", external_id="demo-external-id"),
        managed=("SecurityAudit",),
    )
    metadata = "<EntityDescriptor>" + "demo " * 200 + "</EntityDescriptor>"
    aws.client("iam").create_saml_provider(Name=SAML_PROVIDER, SAMLMetadataDocument=metadata)
    # A person signed in through IAM Identity Center; the session's name is the person, and no workload.
    saml = document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/{SAML_PROVIDER}"},
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        }
    )
    role(aws, ledger, SSO_ROLE, saml, allow([*INVOKE, "bedrock:InvokeAgent"]), path=SSO_PATH)
    # The second hop of a role chain: an instance's role may take it, and it may call the model.
    role(
        aws, ledger, "model-caller", trust_principal(role_arn("data-evaluator")), allow(INVOKE, foundation_model(OPUS))
    )
    # Bad: administrator rights for anybody of the account who may call sts:AssumeRole.
    role(aws, ledger, "break-glass", trust_principal(f"arn:aws:iam::{ACCOUNT}:root"), managed=("AdministratorAccess",))
