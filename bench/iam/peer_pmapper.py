"""Principal Mapper (the maintained fork principalmapper-0ca, AGPL-3.0): its local authorisation check.

Run as a program of its own; nothing of it is part of Sightline.
"""

import collections
import collections.abc

# The package still imports these from where Python 3.9 had them.
collections.Mapping, collections.MutableMapping = collections.abc.Mapping, collections.abc.MutableMapping

from principalmapper.common import Node, Policy  # noqa: E402
from principalmapper.querying.query_interface import local_check_authorization_full  # noqa: E402

from peer_common import ALLOW, DENY, main, role_of  # noqa: E402


def policies(documents, owner):
    return [Policy(f"{owner}/{i}", f"policy-{i}", document) for i, document in enumerate(documents)]


def node(arn, identity, boundary, tags):
    bound = Policy(f"{arn}/boundary", "boundary", boundary) if boundary else None
    # A role must have a trust policy and a user must not.
    trust = {"Version": "2012-10-17", "Statement": []} if ":role/" in arn else None
    return Node(arn, "AIDAEXAMPLE", identity, [], trust, [] if trust else None, 0, False, False, bound, False, tags)


class PMapper:
    LAYERS = ("boundary", "session", "scp", "resource", "cross-account")

    def load(self, org):
        managed = {name: Policy(name, name, doc) for name, doc in org.data["managed_policies"].items()}
        self.nodes = {
            p["arn"]: node(
                p["arn"], [managed[n] for n in org.identity_names(p)] + policies(p["inline"], p["arn"]), org.boundary(p), p["tags"]
            )
            for p in org.principals
        }
        self.scps = {a: [policies(docs, level) for level, docs in org.scps(a)] or None for a in org.data["accounts"]}
        self.org = org

    def decide(self, principal, question):
        owner = self.org.owner(principal, question)
        resource_policy = self.org.resource_policy(question)
        if resource_policy is None and owner != principal["account"]:
            resource_policy = {"Version": "2012-10-17", "Statement": []}
        allowed = local_check_authorization_full(
            self.nodes[principal["arn"]], question["action"], question["resource"], self.org.context(principal, question),
            resource_policy, owner, self.scps.get(principal["account"]), None,
        )  # fmt: skip
        return ALLOW if allowed else DENY

    def case(self, case):
        request, layers = case["request"], case["policies"]
        arn = role_of(request["principal"])
        boundary = layers["boundary"][0] if layers["boundary"] else None
        subject = node(arn, policies(layers["identity"], arn), boundary, {})
        scps = [policies(level["policies"], level["id"]) for level in layers["scp"]] or None
        account = request["resource_account"] or arn.split(":")[4]
        allowed = local_check_authorization_full(
            subject, request["action"], request["resource"], request["context"], layers["resource"], account, scps, layers["session"]
        )
        return ALLOW if allowed else DENY


if __name__ == "__main__":
    main(PMapper())
