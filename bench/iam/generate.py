#!/usr/bin/env python3
"""Makes organisations to ask who-can questions about.

The file is the one `sightline who-can --org FILE` reads. The same arguments always give the same bytes: every
principal and every policy draws from a generator seeded by its own name, so the parts can be written in any order and
nothing but the part being written is in memory.

Usage: generate.py --out FILE [--scenario organisation|document|wildcards|cycles] [--roles N] [--policies P]
                   [--statements S] [--models M] [--shared] [--no-questions] [--seed N]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent))
from statements import VENDORS, Statements  # noqa: E402

ORG_ID = "o-bench00001"
VERSION = '{"Version":"2012-10-17","Statement":['
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
TEAMS = ("ml", "search", "ads", "risk", "core", "web", "data", "ops", "labs", "pay", "edge", "bi")
SHARED_POLICIES = 200
CONTEXT_RULES = (
    "context per principal: aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalOrgID, aws:RequestedRegion (= region "
    "of the resource ARN; us-east-1 for sts), aws:SecureTransport=true, aws:username for users, aws:PrincipalTag/*; "
    "every other key absent. Foundation models carry an empty account: the caller's account is the resource's."
)


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def accounts_of(count: int) -> list[str]:
    """One account per 200 principals, between one and fifty; the first is the management account."""
    return [f"{100_000_000_001 + 7_919_113 * i:012d}" for i in range(max(1, min(50, count // 200)))]


def models_of(count: int, accounts: list[str], rng: Random) -> list[dict[str, str]]:
    """Questions: 70 % foundation models by vendor and region, the rest owned by accounts of the organisation."""
    questions, seen = [], set()
    while len(questions) < count:
        region, account, n = rng.choice(REGIONS), rng.choice(accounts), len(questions)
        kind = n % 20
        if kind < 14:
            vendor, families = rng.choice(VENDORS)
            name = f"{vendor}.{rng.choice(families)}-v{rng.randrange(1, 4)}:{rng.randrange(2)}"
            question = ("bedrock:InvokeModel", f"arn:aws:bedrock:{region}::foundation-model/{name}", "")
        elif kind < 16:
            what = ("custom-model", "imported-model", "provisioned-model")[n % 3]
            question = ("bedrock:InvokeModel", f"arn:aws:bedrock:{region}:{account}:{what}/m{n:05d}x", account)
        elif kind < 18:
            name = f"{rng.choice(TEAMS)}-{rng.choice(('prod', 'dev', 'stage'))}-llm-{n}"
            question = ("sagemaker:InvokeEndpoint", f"arn:aws:sagemaker:{region}:{account}:endpoint/{name}", account)
        elif kind < 19:
            arn = f"arn:aws:bedrock-agentcore:{region}:{account}:runtime/bot{n}-Ab12Cd34Ef"
            question = ("bedrock-agentcore:InvokeAgentRuntime", arn, account)
        else:
            question = ("bedrock-mantle:CreateInference", f"arn:aws:bedrock-mantle:{region}:{account}:project/p{n}", account)
        if question[1] not in seen:
            seen.add(question[1])
            questions.append(dict(zip(("action", "resource", "resource_account"), question, strict=True)))
    return questions


def guard_rails(accounts: list[str]) -> dict[str, object]:
    """SCPs by level, boundaries, groups: the layers around the identity policies."""
    full = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

    def deny(**statement: object) -> dict[str, object]:
        return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*", **statement}]}

    regional = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2", "eu-west-1"]}}
    scps = {
        "root": [full, deny(Action="organizations:LeaveOrganization")],
        "workloads": [full, deny(NotAction=["iam:*", "sts:*", "organizations:*", "s3:*"], Condition=regional)],
        "sandbox": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": ["sagemaker:*"], "Resource": "*"}]}],
        "vendors": [full, deny(Action="bedrock:InvokeModel*", Resource="arn:aws:bedrock:*::foundation-model/deepseek.*")],
        "acct": [full],
    }
    levels = ("workloads", "sandbox", "vendors")
    attachments = {
        account: [["root", "root"], [f"ou-{levels[i % 3]}", levels[i % 3]], [f"acct-{i}", "acct"]] if i else None
        for i, account in enumerate(accounts)
    }
    boundaries = {
        "AppBoundary": [{"Effect": "Allow", "Action": ["s3:*", "logs:*", "sagemaker:*", "sts:*", "bedrock:InvokeModel"], "Resource": "*"}],
        "NoMantle": [full["Statement"][0], {"Effect": "Deny", "Action": "bedrock-mantle:*", "Resource": "*"}],
        "OwnRegion": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:RequestedRegion": "us-*"}}}],
        "Guarded": [
            full["Statement"][0],
            {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*", "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}},
        ],
    }
    return {
        "scps": scps,
        "scp_attachments": attachments,
        "boundaries": {name: {"Version": "2012-10-17", "Statement": body} for name, body in boundaries.items()},
    }


def resource_policies_of(questions: list[dict[str, str]], accounts: list[str]) -> dict[str, object]:
    """Every second agent runtime lets one other account in, if the caller is of the organisation."""
    runtimes = [q for q in questions if ":runtime/" in q["resource"]][::2]
    return {
        q["resource"]: {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{accounts[i % len(accounts)]}:root"},
                    "Action": "bedrock-agentcore:InvokeAgentRuntime",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORG_ID}},
                }
            ],
        }
        for i, q in enumerate(runtimes)
    }


def trust_of(account: str, index: int, rng: Random) -> str:
    """Most roles are for a service; one in eight is open to its account, one in sixteen to another role."""
    draw = rng.random()
    if draw < 0.125:
        principal = f'{{"AWS":"arn:aws:iam::{account}:root"}}'
    elif draw < 0.1875:
        principal = f'{{"AWS":"arn:aws:iam::{account}:role/r-{max(0, index - 1 - int(rng.random() * 40)):06d}"}}'
    else:
        service = ("lambda", "ec2", "ecs-tasks", "sagemaker", "bedrock")[int(rng.random() * 5)]
        principal = f'{{"Service":"{service}.amazonaws.com"}}'
    return f'{VERSION}{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}'


class Organisation:
    """N principals × P policies × S statements × M models, as a stream of JSON text."""

    def __init__(self, roles: int, policies: int, statements: int, models: int, shared: bool, seed: int) -> None:
        self.roles, self.policies, self.count, self.shared, self.seed = roles, policies, statements, shared, seed
        self.ask = True
        self.accounts = accounts_of(roles)
        self.questions = models_of(models, self.accounts, Random(f"models/{seed}"))
        self.statements = Statements([q["resource"] for q in self.questions], self.accounts, Random(f"pools/{seed}"))

    def document(self, number: int) -> str:
        """The policy document of this number; documents of different numbers differ in statements, not only in Sids."""
        rng = Random(self.seed * 1_000_003 + number)
        return VERSION + ",".join(self.statements.many(rng, number, self.count)) + "]}"

    def managed(self):
        """(name, document) of every managed policy. Distinct: all but the last policy of each principal."""
        if self.shared:
            yield from ((f"shared-{n:03d}", self.document(n)) for n in range(SHARED_POLICIES))
            return
        for i in range(self.roles):
            for p in range(self.policies - 1):
                yield f"p-{i:06d}-{p}", self.document(i * self.policies + p)

    def principal(self, i: int) -> str:
        rng = Random(self.seed * 7_000_001 + i)
        account = self.accounts[i % len(self.accounts)]
        user = i % 20 == 19
        name, kind = (f"user/u-{i:06d}", "user") if user else (f"role/r-{i:06d}", "role")
        if self.shared:
            managed, inline = [f"shared-{n:03d}" for n in rng.sample(range(SHARED_POLICIES), self.policies)], ""
        else:
            managed = [f"p-{i:06d}-{p}" for p in range(self.policies - 1)]
            inline = self.document(i * self.policies + self.policies - 1)
        tags = {"team": TEAMS[int(rng.random() * 12)], "env": ("prod", "dev", "stage")[int(rng.random() * 3)]}
        boundary = ("AppBoundary", "NoMantle", "OwnRegion", "Guarded")[int(rng.random() * 4)] if rng.random() < 0.1 else None
        groups = [f"g{int(rng.random() * 3)}"] if user else []
        head = compact(
            {"arn": f"arn:aws:iam::{account}:{name}", "account": account, "kind": kind, "managed": managed,
             "groups": groups, "boundary": boundary, "tags": tags}
        )
        trust = "" if user else f',"trust":{trust_of(account, i, rng)}'
        return f'{head[:-1]},"inline":[{inline}]{trust}}}'

    def text(self):
        """The file in pieces."""
        groups = {a: [{"name": f"g{g}", "managed": [f"group-{g}"]} for g in range(3)] for a in self.accounts}
        head = {"org_id": ORG_ID, "accounts": self.accounts, **guard_rails(self.accounts), "groups": groups,
                "resource_policies": resource_policies_of(self.questions, self.accounts),
                "workloads": self.workloads(), "context_rules": CONTEXT_RULES, "expected": self.questions if self.ask else []}
        yield compact(head)[:-1] + ',"managed_policies":{'
        yield ",".join(f'"group-{g}":{self.document(900_000_000 + g)}' for g in range(3))
        for name, document in self.managed():
            yield f',"{name}":{document}'
        yield '},"principals":['
        for i in range(self.roles):
            yield ("," if i else "") + self.principal(i)
        yield "]}\n"

    def workloads(self) -> list[dict[str, str]]:
        kinds = ("ec2-instance", "lambda", "eks-pod", "sagemaker-notebook")
        chosen = [i for i in range(0, self.roles, 4) if i % 20 != 19]
        return [
            {"id": f"{kinds[i // 4 % 4]}/{i}", "kind": kinds[i // 4 % 4], "account": self.accounts[i % len(self.accounts)],
             "role": f"arn:aws:iam::{self.accounts[i % len(self.accounts)]}:role/r-{i:06d}"}
            for i in chosen
        ]


def small(principals: list[dict], questions: list[dict], account: str) -> str:
    """An organisation of one management account with these principals: what the hostile scenarios need."""
    base = {"org_id": ORG_ID, "accounts": [account], "scps": {}, "scp_attachments": {account: None}, "managed_policies": {},
            "boundaries": {}, "groups": {account: []}, "principals": principals, "resource_policies": {}, "workloads": [],
            "context_rules": CONTEXT_RULES, "expected": questions}
    return compact(base) + "\n"


def role(account: str, name: str, inline: list[dict], trust: dict | None = None) -> dict:
    service = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"arn": f"arn:aws:iam::{account}:role/{name}", "account": account, "kind": "role", "managed": [], "inline": inline,
            "groups": [], "boundary": None, "tags": {}, "trust": {"Version": "2012-10-17", "Statement": [trust or service]}}


def one_document(models: int, seed: int) -> str:
    """One role with one document of 6 MB: half of it many statements, half one statement with a list of patterns."""
    organisation = Organisation(1, 1, 1, models, False, seed)
    rng, account = Random(f"document/{seed}"), organisation.accounts[0]
    statements: list[str] = []
    while sum(map(len, statements)) < 3_000_000:
        statements.extend(organisation.statements.many(rng, len(statements), 1000))
    patterns = [f"arn:aws:bedrock:*:{account}:custom-model/{rng.getrandbits(64):016x}*" for _ in range(46_000)]
    body = [json.loads(s) for s in statements]
    body.append({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": patterns + [organisation.questions[0]["resource"]]})
    return small([role(account, "r-000000", [{"Version": "2012-10-17", "Statement": body}])], organisation.questions, account)


def deep_wildcards(seed: int) -> str:
    """Patterns which a backtracking matcher tries in every split: `*a` many times over, and a last letter that is not there."""
    account, rng = accounts_of(1)[0], Random(f"wildcards/{seed}")
    letters = "a" * 200
    questions = [
        {"action": "bedrock:InvokeModel", "resource": f"arn:aws:bedrock:us-east-1::foundation-model/{letters[: 100 + i]}", "resource_account": ""}
        for i in range(100)
    ]
    principals = []
    for i in range(200):
        stars = 20 + rng.randrange(40)
        action = "bedrock:" + "*".join("InvokeModel") + ("*x" if i % 4 == 0 else "*")
        resource = "arn:aws:bedrock:*::foundation-model/" + "a*" * stars + ("b" if i % 2 else "a")
        crossing = "arn:aws:*" + "*:*" * 3 + "*a" * stars + ("b" if i % 2 else "*")
        statement = [{"Effect": "Allow", "Action": [action, "bedrock:" + "*o" * stars], "Resource": [resource, crossing]},
                     {"Effect": "Deny", "Action": "*" * stars, "NotResource": "*" + "?*" * stars}]
        principals.append(role(account, f"w-{i:03d}", [{"Version": "2012-10-17", "Statement": statement}]))
    return small(principals, questions, account)


def cyclic_roles(roles: int, models: int, seed: int) -> str:
    """Roles which may all assume each other: one ring through all, and cliques of fifty in it; one in 500 may invoke."""
    organisation = Organisation(roles, 1, 1, models, True, seed)
    account = accounts_of(1)[0]
    foundation = [q for q in organisation.questions if q["resource_account"] == ""]
    principals = []
    for i in range(roles):
        clique = i // 50
        may = {"Effect": "Allow", "Action": "sts:AssumeRole",
               "Resource": [f"arn:aws:iam::{account}:role/c-{clique:04d}-*", f"arn:aws:iam::{account}:role/*-{(i + 1) % roles:06d}"]}
        statements = [may]
        if i % 500 == 499:
            statements.append({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": foundation[i // 500 % len(foundation)]["resource"]})
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        principals.append(role(account, f"c-{clique:04d}-{i:06d}", [{"Version": "2012-10-17", "Statement": statements}], trust))
    return small(principals, foundation, account)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenario", choices=("organisation", "document", "wildcards", "cycles"), default="organisation")
    parser.add_argument("--roles", type=int, default=2000, help="principals (one in twenty is a user)")
    parser.add_argument("--policies", type=int, default=5, help="policies of a principal")
    parser.add_argument("--statements", type=int, default=20, help="statements of a policy")
    parser.add_argument("--models", type=int, default=200, help="questions asked")
    parser.add_argument("--shared", action="store_true", help=f"documents from a pool of {SHARED_POLICIES} instead of all distinct")
    parser.add_argument("--distinct", action="store_true", help="all documents distinct (the default)")
    parser.add_argument("--no-questions", action="store_true", help="the same organisation, nothing asked: what loading alone costs")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    started = time.perf_counter()
    if args.scenario == "document":
        pieces = iter([one_document(args.models, args.seed)])
    elif args.scenario == "wildcards":
        pieces = iter([deep_wildcards(args.seed)])
    elif args.scenario == "cycles":
        pieces = iter([cyclic_roles(args.roles, args.models, args.seed)])
    else:
        shared = args.shared and not args.distinct
        organisation = Organisation(args.roles, args.policies, args.statements, args.models, shared, args.seed)
        organisation.ask = not args.no_questions
        pieces = organisation.text()
    size = 0
    with args.out.open("w", encoding="ascii", buffering=1 << 20) as out:
        for piece in pieces:
            size += out.write(piece)
    print(f"{args.out}: {size / 1e6:.1f} MB in {time.perf_counter() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
