"""Reach (reach-security, AGPL-3.0): its solver-free evaluator, which is much faster than its solver.

Run as a program of its own; nothing of it is part of Sightline.
"""

from reach.engine import Environment, Principal, ResourcePolicy
from reach.policy import parse_policy
from reach.reference import evaluate

from peer_common import ALLOW, DENY, UNKNOWN, main, role_of

NOTHING = {"Version": "2012-10-17", "Statement": []}
ANSWERS = {True: ALLOW, False: DENY, None: UNKNOWN}


class Reach:
    LAYERS = ("boundary", "session", "scp", "rcp", "resource", "cross-account")

    def load(self, org):
        managed = {name: parse_policy(doc, name) for name, doc in org.data["managed_policies"].items()}
        bounds = {name: parse_policy(doc, name) for name, doc in org.data["boundaries"].items()}
        self.principals = {
            p["arn"]: Principal(
                arn=p["arn"],
                identity_policies=[managed[n] for n in org.identity_names(p)]
                + [parse_policy(d, f"inline-{i}") for i, d in enumerate(p["inline"])],
                boundary=bounds.get(p["boundary"]),
                tags=p["tags"],
            )
            for p in org.principals
        }
        self.environments = {}
        for account in org.data["accounts"]:
            layers = [(level, [parse_policy(d, level) for d in docs]) for level, docs in org.scps(account)]
            self.environments[account] = Environment(
                scp_layers=layers, management_account=not layers, org_context={"aws:PrincipalOrgID": org.data["org_id"]}
            )
        self.shared = {arn: parse_policy(doc, "resource") for arn, doc in org.data["resource_policies"].items()}
        self.nothing = parse_policy(NOTHING, "none")
        self.org = org

    def decide(self, principal, question):
        owner = self.org.owner(principal, question)
        policy = self.shared.get(question["resource"])
        if policy is None and owner != principal["account"]:
            policy = self.nothing
        answer = evaluate(
            self.principals[principal["arn"]], question["action"], question["resource"], self.org.context(principal, question),
            self.environments[principal["account"]], ResourcePolicy(policy, owner) if policy else None,
        )  # fmt: skip
        return ANSWERS[answer]

    def case(self, case):
        request, layers = case["request"], case["policies"]
        arn = role_of(request["principal"])
        own = arn.split(":")[4]
        account = request["resource_account"] or own
        principal = Principal(
            arn=arn,
            identity_policies=[parse_policy(d, f"identity-{i}") for i, d in enumerate(layers["identity"])],
            boundary=parse_policy(layers["boundary"][0], "boundary") if layers["boundary"] else None,
        )
        environment = Environment(
            scp_layers=[(level["id"], [parse_policy(d, level["id"]) for d in level["policies"]]) for level in layers["scp"]],
            session_policies=[parse_policy(layers["session"], "session")] if layers["session"] else [],
            rcps=[parse_policy(d, level["id"]) for level in layers["rcp"] for d in level["policies"]],
        )
        document = layers["resource"] or (NOTHING if account != own else None)
        # KMS keys and role trust policies must themselves allow: the documented flag for that.
        required = request["action"].startswith("sts:AssumeRole") or request["action"].startswith("kms:")
        resource = ResourcePolicy(parse_policy(document, "resource"), account, required) if document else None
        context = {k: tuple(v) if isinstance(v, list) else v for k, v in request["context"].items()}
        return ANSWERS[evaluate(principal, request["action"], request["resource"], context, environment, resource)]


if __name__ == "__main__":
    main(Reach())
