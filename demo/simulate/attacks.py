"""Attackers: each takes somebody's keys, looks around, and uses models that he should not.

The sequences are those of published incidents: an identity that is new to Bedrock asks what there is in several
regions, opens access or makes a key, switches logs off, and then calls. One attacker is one case, whatever he did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from logs import caller
from logs.calls import HIDDEN
from logs.event import record
from logs.names import temporary_key
from settings import ACCOUNT, MAIN_REGION, OTHER_REGION, rfc3339
from simulate.delivery import Trail
from simulate.models import MANTLE_DATA
from simulate.parts import Json, Role, Workload
from simulate.trail import Seen, identity
from simulate.uses import Use
from simulate.workloads import SSO_ROLE
from simulate.world import World

REGIONS = (MAIN_REGION, OTHER_REGION, "us-west-2")
OPUS, SONNET = "anthropic.claude-3-opus-20240229-v1:0", "anthropic.claude-3-5-sonnet-20241022-v2:0"
AGENTS = (
    "Boto3/1.29.7 md/Botocore#1.32.7 ua/2.0 os/windows#10 md/arch#amd64 lang/python#3.11.6",
    "python-requests/2.31.0",
    "aws-cli/2.15.30 Python/3.11.8 Linux/6.5.0-kali3-amd64 exe/x86_64.kali.2024",
)


@dataclass
class Raid:
    """What one attacker does."""

    world: World
    name: str
    number: int
    workload: Workload
    role: Role
    at: datetime
    source: str
    agent: str
    steps: list[Seen] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)

    def step(
        self,
        source: str,
        event: str,
        region: str,
        parameters: Json | None,
        error: str = "",
        response: Json | None = None,
        data: str = "",
    ) -> None:
        """One call some seconds after the one before."""
        self.at += timedelta(seconds=self.world.dice("step", self.name, self.number, len(self.steps)).randint(3, 40))
        extra = {"errorCode": error, "errorMessage": f"not authorized to perform: {event}"} if error else {}
        reads = event.startswith(("List", "Get", "Invoke", "Converse", "Describe"))
        made = record(
            self.at, region, f"{source}.amazonaws.com", event, self.caller(), {"sourceIPAddress": self.source,
            "userAgent": self.agent},
            self.name, self.number, len(self.steps), parameters=parameters, response=response, read_only=reads,
            data=bool(data),
            host=f"{source}.{region}.amazonaws.com", extra=extra,
        )  # fmt: skip
        self.steps.append(Seen(made, data))

    def caller(self) -> Json:
        """His `userIdentity`: that of whose keys he has."""
        taken = self.at.replace(minute=0, second=0) - timedelta(hours=1)
        key = self.role.access_key or temporary_key("stolen", self.world.options.seed, self.name, self.number)
        name = self.workload.id or self.workload.name
        kind = {"person": "sso"}.get(self.workload.kind, self.workload.kind)
        now = caller.Session(self.workload.name, kind, self.role.arn, self.role.id, name, ACCOUNT, key, taken, 0)
        return identity(self.workload, self.role, now)

    def call(
        self,
        model: str,
        region: str,
        count: int,
        spacing: float,
        event: str = "InvokeModel",
        workload: Workload | None = None,
    ) -> None:
        """Calls of a model that succeed."""
        target = self.world.models.get(model) or self.world.models[f"{region}/{model}"]
        self.at += timedelta(seconds=30)
        made = Use(
            self.world,
            workload or self.workload,
            target,
            event,
            count,
            outside=self.source,
            agent=self.agent,
            since=self.at,
            spacing=spacing,
        )
        made.bearer = workload is not None
        self.uses.append(made)
        self.at += timedelta(seconds=count * spacing)

    def look_around(self, regions: tuple[str, ...] = REGIONS) -> None:
        """What is there, may I, and is anybody watching?"""
        for region in regions:
            self.step("bedrock", "ListFoundationModels", region, None)
            self.step("bedrock", "GetFoundationModelAvailability", region, {"modelId": OPUS})
            self.step("bedrock", "GetModelInvocationLoggingConfiguration", region, None)

    def probe(self, region: str = MAIN_REGION) -> None:
        """A request that cannot succeed tells whether the model may be called."""
        target = self.world.models[f"{region}/{OPUS}"]
        self.at += timedelta(seconds=20)
        made = Use(
            self.world, self.workload, target, "InvokeModel", 0, errors=3, error="ValidationException",
            outside=self.source, agent=self.agent, since=self.at, spacing=7.0
        )  # fmt: skip
        self.uses.append(made)
        self.at += timedelta(seconds=30)


# ---------------------------------------------------------------- the attackers


def stolen_key(raid: Raid) -> None:
    """A program's long-lived key, out of a repository."""
    raid.look_around()
    raid.probe()
    raid.call(OPUS, MAIN_REGION, 120, 4.0)
    raid.call(SONNET, OTHER_REGION, 40, 5.0)


def harvested_role(raid: Raid) -> None:
    """An instance's role, taken out of its metadata and used elsewhere."""
    raid.step("sts", "GetCallerIdentity", MAIN_REGION, None)
    raid.look_around((MAIN_REGION, OTHER_REGION))
    raid.call(OPUS, MAIN_REGION, 90, 6.0)


def person_taken_over(raid: Raid) -> None:
    """A person's session of IAM Identity Center, from a strange address."""
    raid.look_around()
    raid.step("bedrock", "PutUseCaseForModelAccess", MAIN_REGION, {"formData": HIDDEN})
    raid.step("bedrock", "CreateFoundationModelAgreement", MAIN_REGION, {"modelId": OPUS, "offerToken": HIDDEN})
    raid.call(OPUS, MAIN_REGION, 100, 5.0, "ConverseStream")


def key_minted(raid: Raid) -> None:
    """A stolen key makes a Bedrock API key, which stays when the stolen one is withdrawn."""
    user = raid.world.user(f"BedrockAPIKey-{raid.world.letters(4, 'minted', raid.number).lower()}")
    policy = {"userName": user.name, "policyArn": "arn:aws:iam::aws:policy/AmazonBedrockLimitedAccess"}
    raid.look_around((MAIN_REGION, OTHER_REGION))
    raid.step(
        "iam",
        "CreateUser",
        MAIN_REGION,
        {"userName": user.name},
        response={"user": {"arn": user.arn, "userName": user.name}},
    )
    raid.step("iam", "AttachUserPolicy", MAIN_REGION, policy)
    made = {
        "userName": user.name,
        "serviceName": "bedrock.amazonaws.com",
        "serviceSpecificCredentialId": "ACCA" + raid.world.letters(16, "credential", raid.number),
    }
    raid.step(
        "iam",
        "CreateServiceSpecificCredential",
        MAIN_REGION,
        {"userName": user.name, "serviceName": "bedrock.amazonaws.com"},
        response={"serviceSpecificCredential": made},
    )
    raid.identities.append(user.arn)
    key = Workload("key", user.name, user.arn, MAIN_REGION, user, address=raid.source)
    raid.call(SONNET, MAIN_REGION, 150, 3.0, workload=key)


def logs_off_first(raid: Raid) -> None:
    """Before anything else nobody shall see it."""
    raid.step("bedrock", "GetModelInvocationLoggingConfiguration", MAIN_REGION, None)
    raid.step("bedrock", "DeleteModelInvocationLoggingConfiguration", MAIN_REGION, None)
    raid.step("bedrock", "ListGuardrails", MAIN_REGION, None)
    raid.step("bedrock", "DeleteGuardrail", MAIN_REGION, {"guardrailIdentifier": raid.world.guardrails[MAIN_REGION]})
    raid.look_around((MAIN_REGION, OTHER_REGION))
    raid.call(OPUS, MAIN_REGION, 110, 4.0)


def second_plane(raid: Raid) -> None:
    """The plane that most rules do not know."""
    raid.look_around()
    for region in (MAIN_REGION, OTHER_REGION):
        raid.step("bedrock-mantle", "ListModels", region, None)
    raid.step(
        "bedrock-mantle",
        "CreateInference",
        MAIN_REGION,
        {"model": "openai.gpt-oss-120b"},
        "AccessDenied",
        data=MANTLE_DATA,
    )
    raid.call("mantle", MAIN_REGION, 100, 4.0, "CreateInference")
    raid.call(SONNET, MAIN_REGION, 30, 10.0)


def slow(raid: Raid) -> None:
    """A few steps an hour, below every threshold."""
    for number, region in enumerate((*REGIONS, *REGIONS)):
        raid.step(
            "bedrock",
            ("ListFoundationModels", "GetFoundationModelAvailability")[number % 2],
            region,
            {"modelId": OPUS} if number % 2 else None,
        )
        raid.at += timedelta(minutes=50)
    raid.step("bedrock", "GetModelInvocationLoggingConfiguration", MAIN_REGION, None)
    raid.probe()
    raid.call(OPUS, MAIN_REGION, 12, 600.0)


ALL: tuple[Callable[[Raid], None], ...] = (
    stolen_key,
    harvested_role,
    person_taken_over,
    key_minted,
    logs_off_first,
    second_plane,
    slow,
)


def plan(world: World) -> list[Raid]:
    """As many attackers as were asked for, of kinds that follow each other from one seed to the next."""
    made = []
    for number in range(world.options.attacks):
        kind = ALL[(world.options.seed + number * 3) % len(ALL)]
        dice = world.dice("raid", number)
        workload, role = _victim(world, kind, number)
        hour = dice.uniform(11.5, 13.0) if kind is slow else dice.uniform(13.0, 18.0)
        at = (world.options.begin + timedelta(days=world.options.days - 1, hours=hour)).replace(microsecond=0)
        source = (
            f"{dice.choice((45, 91, 185, 193))}.{dice.randint(10, 240)}.{dice.randint(1, 250)}.{dice.randint(1, 250)}"
        )
        raid = Raid(
            world,
            kind.__name__,
            number,
            workload,
            role,
            at,
            source,
            dice.choice(AGENTS),
            identities=[role.arn, workload.arn],
        )
        kind(raid)
        made.append(raid)
    return made


def _victim(world: World, kind: Callable[[Raid], None], number: int) -> tuple[Workload, Role]:
    if kind is harvested_role:
        able = [one for one in world.instances if "node" not in one.facts and one.region == MAIN_REGION]
        workload = able[(number + world.options.seed) % len(able)]
        assert workload.role is not None
        return workload, workload.role
    if kind is person_taken_over:
        role = world.roles[SSO_ROLE]
        person = f"victim-{number}@example.com"
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/{person}"
        return Workload("person", person, arn, MAIN_REGION, role), role
    user = world.user(f"deploy-{number}")
    return Workload("user", user.name, user.arn, MAIN_REGION, user), user


def truth(raids: list[Raid], trail: Trail) -> list[Json]:
    """One expected case for each attacker of whom the delivered trail has enough."""
    delivered = {one.record["eventID"] for one in trail.delivered}
    called = {id(one.use) for one in trail.delivered if one.use is not None}
    made = []
    for raid in raids:
        seen = sum(one.record["eventID"] in delivered for one in raid.steps)
        moments = [one.record["eventTime"] for one in raid.steps] + [
            rfc3339(call.at) for use in raid.uses for call in use.calls
        ]
        made.append({
            "name": raid.name, "identity_arn": raid.role.arn, "identities": sorted(set(raid.identities)),
            "from": min(moments), "until": max(moments),
            "steps": len(raid.steps), "steps_delivered": seen,
            "expected": seen * 2 > len(raid.steps) and any(id(use) in called for use in raid.uses),
        })  # fmt: skip
    return made
