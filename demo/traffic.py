"""The ground truth, declared: who calls which model, by which path, how often; and who does not.

Everything else follows from this table: `truth.py` joins it with the estate's ids, `logs/` writes the log lines that a
real account would have. Nothing in `logs/` invents a model call of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

SONNET = "foundation/anthropic.claude-3-5-sonnet-20241022-v2:0"
OLD_SONNET = "foundation/anthropic.claude-3-sonnet-20240229-v1:0"
HAIKU = "foundation/anthropic.claude-3-haiku-20240307-v1:0"
NEW_HAIKU = "foundation/anthropic.claude-3-5-haiku-20241022-v1:0"
OPUS = "foundation/anthropic.claude-3-opus-20240229-v1:0"
EMBED = "foundation/amazon.titan-embed-text-v2:0"
NOVA_MICRO, NOVA_LITE, NOVA_PRO = (f"foundation/amazon.nova-{size}-v1:0" for size in ("micro", "lite", "pro"))
LLAMA = "foundation/meta.llama3-1-70b-instruct-v1:0"
MISTRAL = "foundation/mistral.mistral-large-2407-v1:0"

PROFILE = "profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0"
IMPORTED = "model/support-llama"

ENDPOINT, INTERNET, INTERNAL, UNKNOWN = "interface_endpoint", "internet", "aws_internal", "unknown"

STREAM, RESPONSE_STREAM = "ConverseStream", "InvokeModelWithResponseStream"
THROTTLED, REFUSED = "ThrottlingException", "AccessDeniedException"

STRONG = "support-strong"
EVALUATOR = "data-evaluator"
SSO_ROLE = "AWSReservedSSO_DataScientist_0123456789abcdef"

US, EU = "us-east-1", "eu-west-1"


@dataclass(frozen=True)
class Traffic:
    """Calls of one workload to one model over one path."""

    workload: str
    """`kind/name` as in the estate's ledger; `sso/<person>` and `partner/<role>` stand outside of it."""

    identity: str
    """The role or user whose permissions were used, by name."""

    model: str
    """`foundation/<id>` and `profile/<id>` by id, all others as `kind/name` of the ledger."""

    path: str
    event: str
    calls: int
    errors: int = 0
    error: str = ""
    region: str = US
    hours: tuple[float, float] = (1.0, 47.0)
    """When, in hours from the window's start."""

    by_arn: bool = False
    """The request names the model by its ARN, not by its id: both are common."""

    guardrail: str = ""
    """The guardrail that the calls name."""

    through: str = ""
    """The role whose session took `identity`."""

    @property
    def key(self) -> str:
        """Unlike every other row's."""
        return "|".join((self.workload, self.identity, self.model, self.region, self.path, self.event))


TRAFFIC: tuple[Traffic, ...] = (
    # Instances behind the interface endpoint; the first two share one role.
    Traffic("instance/chat-frontend-1", "app-chat", SONNET, ENDPOINT, "Converse", 420, 3, THROTTLED, guardrail=STRONG),
    Traffic("instance/chat-frontend-2", "app-chat", SONNET, ENDPOINT, STREAM, 380, by_arn=True, guardrail=STRONG),
    Traffic("instance/chat-frontend-2", "app-chat", HAIKU, ENDPOINT, "InvokeModel", 60, hours=(6, 30)),
    Traffic("instance/search-api", "app-search", EMBED, ENDPOINT, "InvokeModel", 640),
    # Refused every time: it has no permission.
    Traffic("instance/billing-api", "app-billing", SONNET, ENDPOINT, "InvokeModel", 0, 14, REFUSED, hours=(20, 26)),
    # A pod without a role of its own fell back to its node's: the log names the node.
    Traffic("instance/eks-node-1", "eks-node", NOVA_MICRO, ENDPOINT, "InvokeModel", 18, hours=(12, 15)),
    # Instances behind NAT.
    Traffic("instance/etl-runner", "data-etl", NOVA_LITE, INTERNET, "Converse", 300),
    Traffic("instance/etl-runner", "data-etl", IMPORTED, INTERNET, "InvokeModel", 45, by_arn=True, hours=(25, 40)),
    Traffic("instance/training-loader", "data-loader", "endpoint/fraud-scorer", INTERNET, "InvokeEndpoint", 210),
    Traffic("instance/legacy-batch", "data-legacy", LLAMA, INTERNET, "InvokeModel", 95, 5, THROTTLED, hours=(2, 9)),
    # An instance takes a second role first; the log's session names neither the instance nor its role.
    Traffic("instance/evaluator", "model-caller", OPUS, INTERNET, "InvokeModel", 24, hours=(30, 33), through=EVALUATOR),
    # An instance with a public address, in the other region.
    Traffic("instance/eu-support", "eu-support", HAIKU, INTERNET, "Converse", 88, region=EU),
    # Pods: Pod Identity twice, IRSA twice (the second through a role that trusts every service account).
    Traffic("pod/chat/summarizer", "pod-summarizer", NEW_HAIKU, ENDPOINT, "Converse", 260),
    Traffic("pod/search/embedder", "pod-embedder", EMBED, ENDPOINT, "InvokeModel", 180),
    Traffic("pod/reports/reporter", "irsa-reporter", NOVA_PRO, ENDPOINT, "Converse", 130, hours=(3, 44)),
    Traffic("pod/sandbox/tinkerer", "irsa-wildcard", OPUS, ENDPOINT, "InvokeModel", 6, hours=(22, 23)),
    # Functions: outside of any VPC, inside, and one that drives an agent and a knowledge base.
    Traffic("function/ticket-classifier", "fn-ticket", HAIKU, INTERNET, "InvokeModel", 220, 2, "ModelTimeoutException"),
    Traffic("function/doc-summarizer", "fn-docs", "model/docs-sonnet", ENDPOINT, "Converse", 75, by_arn=True),
    Traffic("function/orchestrator", "fn-orchestrator", "agent/support-agent", INTERNET, "InvokeAgent", 60),
    Traffic("function/orchestrator", "fn-orchestrator", "knowledge_base/support-kb", INTERNET, "Retrieve", 40),
    # Agents, on behalf of whoever invoked them.
    Traffic("agent/support-agent", "agent-support", SONNET, INTERNAL, RESPONSE_STREAM, 130, guardrail=STRONG),
    Traffic("agent/travel-agent", "agent-travel", OLD_SONNET, INTERNAL, "InvokeModel", 22, hours=(26, 35)),
    Traffic("notebook/research", "sm-research", NOVA_PRO, INTERNET, "InvokeModel", 33, hours=(9, 18)),
    # People and programs with long-lived keys, from the office and from a build service.
    Traffic("user/alice", "alice", PROFILE, INTERNET, "Converse", 58, hours=(9, 18)),
    Traffic("user/alice", "alice", NOVA_MICRO, INTERNET, "InvokeModel", 20, 2, "ValidationException", hours=(9, 18)),
    Traffic("user/ci-deployer", "ci-deployer", "model/deploy-titan", INTERNET, "InvokeModel", 12, by_arn=True),
    # A contractor without permission, in two regions within the hour; AWS spells the refusal in two ways.
    Traffic("user/dave", "dave", OPUS, INTERNET, "InvokeModel", 0, 9, "AccessDenied", hours=(37, 37.6)),
    Traffic("user/dave", "dave", HAIKU, INTERNET, "InvokeModel", 0, 4, REFUSED, region=EU, hours=(37.6, 38)),
    # A person through IAM Identity Center: its roles' sessions are named by the person.
    Traffic("sso/jane.doe@example.com", SSO_ROLE, MISTRAL, INTERNET, "InvokeModel", 17, hours=(33, 42)),
    Traffic("sso/jane.doe@example.com", SSO_ROLE, "agent/travel-agent", INTERNET, "InvokeAgent", 8, hours=(26, 35)),
    # Another account, through an endpoint of its own that no inventory of ours has.
    Traffic("partner/partner-app", "partner-app", IMPORTED, UNKNOWN, "InvokeModel", 11, by_arn=True, hours=(14, 20)),
)


@dataclass(frozen=True)
class Shadow:
    """A model that is no AWS service: names and flows tell of it, and no trail."""

    workload: str
    host: str
    region: str = US
    path: str = INTERNET


SHADOWS: tuple[Shadow, ...] = (
    # The network `data` has flow logs and Resolver logs; calls cannot be counted.
    Shadow("instance/training-loader", "api.openai.com"),
)


@dataclass(frozen=True)
class Silence:
    """Something that must not become an edge."""

    subject: str
    about: str


MAY_BUT_DO_NOT: tuple[Silence, ...] = (
    Silence("instance/idle-analyst", "its role may invoke Claude 3 Opus; it never does"),
    Silence("instance/eks-node-2", "its role may invoke every model; only the other node's was used"),
    Silence("pod/tools/debugger", "bound by Pod Identity to a role that may invoke Nova Premier; no pod ever ran"),
    Silence("notebook/locked-down", "its role may invoke Nova Pro; nobody opened it"),
    Silence("function/doc-archiver", "shares its role with doc-summarizer, which calls; this one does not"),
    Silence("function/public-summarizer", "anybody may call it, and its role may invoke Nova Micro; nobody did"),
    Silence("ecs_service/translator", "the revision that it runs may invoke Nova Lite; no task ever did"),
    Silence("state_machine/approvals", "its role may invoke Nova Micro; no execution ever did"),
    Silence("user/erin", "two roles away from Nova Pro; she never took the first"),
    Silence("user/frank", "may run code as any function's role, through one that he never took"),
    Silence("user/bob", "an administrator: may do everything, lists users and nothing else"),
)

FLOWS_THAT_ARE_NOT_MODELS: tuple[Silence, ...] = (
    Silence("instance/billing-api", "HTTPS to the interface endpoint of Secrets Manager"),
    Silence("instance/chat-frontend-1", "HTTPS to S3 through the gateway endpoint, and to search-api"),
    Silence("instance/etl-runner", "PostgreSQL to warehouse, HTTPS through NAT to a package mirror"),
    Silence("instance/bastion", "refused connections from the internet"),
)

NOT_BUILT: tuple[tuple[str, str], ...] = (
    (
        "pods and service accounts in the cluster",
        "ministack's cluster has no Kubernetes API without Docker; bindings are in EKS and IAM, pods in the logs",
    ),
    (
        "model isolation of SageMaker models",
        "moto forgets EnableNetworkIsolation and answers false for all, the good twin too",
    ),
    (
        "the TLS-only statement of the log bucket's policy",
        "moto applies a Deny without looking at its condition and would refuse every request",
    ),
    (
        "DestinationOptions of flow logs",
        "moto forgets them; the Hive-compatible layout shows in the keys of the objects alone",
    ),
    (
        "provisioned throughput over a custom model",
        "ministack answers with a broken model ARN; it is over a foundation model instead",
    ),
    (
        "a custom model made by its customisation job",
        "ministack's job makes none; the model comes from CreateCustomModel",
    ),
    ("the root user in the credential report", "moto's report has users only: what rests on root is unknown"),
    (
        "custom model deployments, enforced guardrails, Mantle projects, Bedrock API keys",
        "neither emulator has the operations",
    ),
    (
        "resource policies of guardrails and of AgentCore, user profiles of SageMaker Studio",
        "neither emulator has the operations; the scan says so",
    ),
    (
        "service control policies that bind this account",
        "moto chooses the ids of member accounts, so the estate's account is the one that manages the organization",
    ),
    (
        "addresses of endpoint and NAT interfaces inside their subnets",
        "moto draws them from 10.0.0.0/8; the logs use what it answers",
    ),
    ("the VPC id of a Lambda function's network", "moto answers `vpc-123abc`; its subnets are right"),
    (
        "an https issuer at amazonaws.com for the cluster",
        "ministack's stands on http at its own port; the OIDC provider is named after it",
    ),
)
